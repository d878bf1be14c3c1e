#pragma once
// What the files of the bridge share.
#include "CXMLBridge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/HTMLparser.h>
#include <libxml/SAX2.h>
#include <libxml/entities.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>

enum {
    message_bytes = 512,
    most_names = 1 << 16,
    most_kept_entities = 1 << 14,
    defaults_per_attribute = 8,
    most_choices = 1 << 12,
};

typedef struct {
    const xmlChar *local, *prefix, *uri;
} NameKey;

struct XMLBridgeParser {
    XMLBridgeOptions options;
    xmlParserCtxtPtr context;
    xmlSAXHandler handler;
    xmlDocPtr kept;  // entities made up by the bridge, for references kept visible
    size_t kept_count;

    XMLBridgeEvent *events;
    size_t event_count, event_room;
    XMLBridgeAttribute *attributes;
    size_t attribute_count, attribute_room;
    uint8_t *data;
    size_t data_count, data_room;

    NameKey *names;
    size_t name_count, name_room;
    uint32_t *slots;  // open addressing: 0 or name index + 1
    size_t slot_count;
    size_t reference_name;  // bytes of a name that the HTML parser is about to report, and that were taken with its `&`

    uint8_t *source;  // the bytes from the latest event on, at the latest from `last_end`
    size_t source_count, source_room;
    uint64_t source_start;
    /// The latest reference: all that its entity holds is reported while the parser stands behind it.
    struct {
        uint64_t start, end;
        uint32_t line;
    } reference;
    uint64_t pushed, given, last_end, root_end;  // given: what of it libxml2 has
    uint32_t last_line, root_line, depth, limit;
    uint64_t *masks;  // offsets of bytes that stand for a `<`, ascending; those before `mask_next` have been reported
    size_t mask_count, mask_room, mask_next;
    int ends_in_return;  // `last_end` is the end of what was pushed, behind a CR that may start a CR LF
    uint64_t text_run;  // bytes of character data since the last tag
    uint64_t expanded, entity_references, parameter_references;
    uint64_t expanded_before, at_hand;  // before this push, and bytes that this push has to parse
    uint64_t warning_count;
    int finished, recovered, refused;
    int ended, halted;  // halted: libxml2 takes nothing more, though there is or may come more
    uint32_t defaults;  // attributes declared with a default
    /// The start tag that the parser waits for the end of: where it starts, what was seen of it.
    struct {
        int is_open;
        uint64_t start;
        uint32_t signs;  // `=` outside quotes
        uint8_t quote;   // the quotation mark that is open, or 0
        uint8_t before;  // the last byte that was no white space
        uint8_t latest;  // the last byte
        uint32_t words;  // stretches without white space outside quotes, but for values
    } tag;
    /// What stands before the root element, looked at byte by byte.
    struct {
        uint64_t seen;      // how far
        uint64_t start;     // of the document type
        uint64_t latest;    // the last eight bytes
        uint64_t length;    // bytes since a `<` opened what is at hand; 0: nothing is
        uint32_t choices;   // `|` since the last `(`
        uint8_t state;      // what the next byte stands in
        uint8_t below;      // what the comment or instruction at hand stands in
        uint8_t quote;      // the quotation mark that is open, or 0
        uint8_t has_blank;  // the instruction at hand is behind its name
        uint8_t is_over;    // the root element or what cannot be before it is reached, or the end of the document type
    } prolog;
    XMLBridgeError error, warning, latest;
    char error_message[message_bytes], warning_message[message_bytes], latest_message[message_bytes];
};

#pragma GCC visibility push(hidden)
/// The offset of a place in the parser's buffer. Never behind what was pushed: on bytes that are not UTF-8 the HTML
/// parser takes them for Latin-1, and its buffer is longer than its input.
uint64_t bridge_offset(const XMLBridgeParser *p, const xmlChar *place);
/// Where the parser stands, in bytes pushed.
uint64_t bridge_position(const XMLBridgeParser *p);
/// Whether some bytes stand in the parser's own buffer.
int bridge_holds(const XMLBridgeParser *p, const xmlChar *bytes, size_t count);
/// `count` bytes of the source from an offset on; NULL when they are not at hand.
const uint8_t *bridge_source(const XMLBridgeParser *p, uint64_t offset, size_t count);
/// The line of a place that is not before the latest event's end.
uint32_t bridge_line(const XMLBridgeParser *p, uint64_t offset);
/// Notes that everything up to an offset has been dealt with.
void bridge_move(XMLBridgeParser *p, uint64_t offset);
/// Keeps bytes that are about to be parsed, and lets go of those that have been dealt with.
int bridge_take_source(XMLBridgeParser *p, const uint8_t *bytes, size_t count);
/// Looks at what was pushed of the prolog, and says whether it ends inside a document type: libxml2 must wait.
int bridge_holds_back(XMLBridgeParser *p);
/// Whether what is being reported comes from a reference, which the parser has just passed: `reference` has its place.
int bridge_in_reference(XMLBridgeParser *p);
int bridge_reserve(void **buffer, size_t *room, size_t wanted, size_t stride);
/// Copies a message as one line of whole characters.
void bridge_copy_message(char *into, const char *message);
/// Counts bytes that the parser makes of nothing: of an entity, of a default. Stops it when they are too many.
int bridge_charge(XMLBridgeParser *p, uint64_t count);
/// Stops the parser for good because of a limit.
void bridge_stop(XMLBridgeParser *p, uint32_t limit);
int bridge_append_data(XMLBridgeParser *p, const xmlChar *bytes, size_t count, uint32_t *first);
XMLBridgeEvent *bridge_append_event(XMLBridgeParser *p, uint32_t kind);
uint32_t bridge_intern(XMLBridgeParser *p, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri);
/// Notes that everything up to the parser's place has been dealt with.
void bridge_pass(XMLBridgeParser *p);
void bridge_handle_content(xmlSAXHandler *handler, int html);
void bridge_handle_entities(xmlSAXHandler *handler);
void bridge_add_text(XMLBridgeParser *p, const xmlChar *bytes, size_t count);
int bridge_take_reference(XMLBridgeParser *p, const xmlChar *bytes, size_t count);
#pragma GCC visibility pop
