#pragma once
#include <stddef.h>
#include <stdint.h>

// An opaque push parser over libxml2's SAX2 interface.
//
// The caller reads the bytes itself and pushes them as UTF-8; the bridge collects what libxml2 reports
// in one batch of plain records, which the caller walks after each push. No libxml2 type, no callback
// and no file name crosses this header. Nothing is ever loaded: no DTD, no entity, no URL. Nothing is
// ever printed.

/// A parser: owns every batch it hands out.
typedef struct XMLBridgeParser XMLBridgeParser;

enum {
    XMLBridgeEventStart = 1,   // start tag: `name`, attributes [first, first + count)
    XMLBridgeEventEnd = 2,     // end tag: `name`
    XMLBridgeEventText = 3,    // character data: bytes [first, first + count) of the data buffer
    XMLBridgeEventUnresolved = 5, // a reference without a declaration is kept as it is written
    XMLBridgeEventDoctype = 4, // document type: name, public and system id, each ended by a zero byte
};

enum {
    /// The bytes of the event stand in the source as they are, at [start, end).
    XMLBridgeExact = 1,
    /// Character data that came from a CDATA section.
    XMLBridgeCharacterSection = 2,
    /// The attribute was not written in the tag but declared with a default.
    XMLBridgeDefaulted = 8,
};

/// One thing the parser saw. Offsets count the bytes pushed since the parser was made.
typedef struct XMLBridgeEvent {
    uint64_t start;
    uint64_t end;
    uint32_t line;  // 1-based, where the event starts
    uint32_t name;
    uint32_t first;
    uint32_t count;
    uint32_t kind;
    uint32_t flags;
    uint32_t characters;  // text: Unicode scalars among the bytes; start tag: declarations of namespaces,
                          // which follow the attributes, named for the prefix, UINT32_MAX without one
} XMLBridgeEvent;

/// One attribute of a start tag; its value is bytes [first, first + count) of the data buffer.
typedef struct XMLBridgeAttribute {
    uint64_t start;  // source bytes of the value when `flags` says exact, of the whole tag otherwise
    uint64_t end;
    uint32_t name;
    uint32_t first;
    uint32_t count;
    uint32_t flags;
} XMLBridgeAttribute;

/// What the parser reported since the last push. Valid until the next push.
typedef struct XMLBridgeBatch {
    const XMLBridgeEvent *events;
    const XMLBridgeAttribute *attributes;
    const uint8_t *data;
    size_t event_count;
    size_t attribute_count;
    size_t data_count;
    const uint8_t *source;  // the bytes that the events stand in
    uint64_t source_start;
    size_t source_count;
} XMLBridgeBatch;

/// A name in a document; all three end in a zero byte and live as long as the parser.
typedef struct XMLBridgeName {
    const char *local;
    const char *prefix;  // NULL: none
    const char *uri;     // NULL: none
} XMLBridgeName;

enum {
    XMLBridgeLimitNone = 0,
    XMLBridgeLimitDepth = 1,
    XMLBridgeLimitAttributes = 2,
    XMLBridgeLimitAttributeBytes = 3,
    XMLBridgeLimitTextBytes = 4,
    XMLBridgeLimitNameBytes = 5,
    XMLBridgeLimitEntityExpansion = 6,
    XMLBridgeLimitParameterEntities = 7,
    XMLBridgeLimitToken = 8,
    XMLBridgeLimitDoctype = 9,
    XMLBridgeLimitNames = 10,
    XMLBridgeLimitMemory = 11,
    XMLBridgeLimitChoices = 12,
};

enum {
    XMLBridgeEntitiesKeep = 0,     // visible where the standard allows an unread declaration
    XMLBridgeEntitiesKeepAll = 1,  // visible everywhere
    XMLBridgeEntitiesHTML = 2,     // as keep-all, but names that HTML declares become characters
    XMLBridgeEntitiesRefuse = 3,   // an error everywhere
};

typedef struct XMLBridgeOptions {
    uint32_t recover;   // 1: go on after an error
    uint32_t entities;  // XMLBridgeEntities…
    uint32_t html;      // 1: tag soup, by libxml2's HTML parser
    uint32_t depth;
    uint32_t attributes;
    uint64_t attribute_bytes;
    uint64_t text_bytes;
    uint64_t name_bytes;
    uint64_t token_bytes;
    uint64_t doctype_bytes;
    uint64_t entity_factor;        // bytes of entities and defaults allowed per byte read …
    uint64_t entity_floor;         // … but always so many
    uint64_t parameter_references; // references to parameter entities allowed in a document
} XMLBridgeOptions;

/// The first error that made the document unreadable, or the latest warning.
typedef struct XMLBridgeError {
    int32_t code;  // libxml2's number; 0: none
    int32_t level; // 1 warning, 2 error, 3 fatal
    uint32_t line;
    uint32_t column;
    uint64_t offset;
    const char *message;  // one line, no line end
} XMLBridgeError;

enum { XMLBridgeGoesOn = 0, XMLBridgeMalformed = 1, XMLBridgeLimited = 2 };

XMLBridgeParser *xml_bridge_create(const XMLBridgeOptions *options);
void xml_bridge_free(XMLBridgeParser *parser);
/// Says that the byte at an offset, which is pushed next, stands for a `<` that opens no tag: it is reported as one.
void xml_bridge_mask(XMLBridgeParser *parser, uint64_t offset);
/// Parses `count` more bytes; `last` ends the document. Returns `XMLBridgeGoesOn`, `…Malformed` or `…Limited`.
int xml_bridge_push(XMLBridgeParser *parser, const uint8_t *bytes, size_t count, int last);
XMLBridgeBatch xml_bridge_batch(const XMLBridgeParser *parser);
size_t xml_bridge_name_count(const XMLBridgeParser *parser);
XMLBridgeName xml_bridge_name(const XMLBridgeParser *parser, size_t index);
XMLBridgeError xml_bridge_error(const XMLBridgeParser *parser);
/// The last error so far that was no mere warning: what the parser could not go on behind, when it has halted.
XMLBridgeError xml_bridge_latest_error(const XMLBridgeParser *parser);
/// 1 when libxml2 stopped before the end of the bytes, or takes no more, whatever follows.
int xml_bridge_halted(const XMLBridgeParser *parser);
XMLBridgeError xml_bridge_warning(const XMLBridgeParser *parser);
/// Which limit stopped the parser, `XMLBridgeLimit…`; where, in `line` and `offset` of the error.
int xml_bridge_limit(const XMLBridgeParser *parser);
/// 1 once something was skipped to go on (option `recover`), or tag soup was mended.
int xml_bridge_recovered(const XMLBridgeParser *parser);
/// Offset behind the end tag of the root element; 0 while it is open.
uint64_t xml_bridge_root_end(const XMLBridgeParser *parser);
/// The line of that end tag's end.
uint32_t xml_bridge_root_line(const XMLBridgeParser *parser);
/// Number of warnings.
uint64_t xml_bridge_warning_count(const XMLBridgeParser *parser);
