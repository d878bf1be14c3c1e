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

enum { message_bytes = 512, most_names = 1 << 16, most_kept_entities = 1 << 14 };

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

    uint64_t pushed, last_end, root_end;
    uint32_t last_line, root_line, depth, limit;
    uint64_t text_run;  // bytes of character data since the last tag
    uint64_t expanded, entity_references, parameter_references;
    uint64_t expanded_before, at_hand;  // before this push, and bytes that this push has to parse
    uint64_t warning_count;
    int in_doctype, finished, recovered, refused;
    XMLBridgeError error, warning;
    char error_message[message_bytes], warning_message[message_bytes];
};

// MARK: Buffers

static int reserve(void **buffer, size_t *room, size_t wanted, size_t stride) {
    if (wanted <= *room) return 1;
    size_t next = *room < 64 ? 64 : *room;
    while (next < wanted) next += next / 2;
    if (next > UINT32_MAX) return 0;
    void *grown = realloc(*buffer, next * stride);
    if (!grown) return 0;
    *buffer = grown;
    *room = next;
    return 1;
}

/// The offset of a place in the parser's buffer. Never behind what was pushed: on bytes that are not UTF-8 the HTML
/// parser takes them for Latin-1, and its buffer is longer than its input.
static uint64_t offset_of(const XMLBridgeParser *p, const xmlChar *place) {
    xmlParserInputPtr input = p->context->input;
    uint64_t offset = (uint64_t)input->consumed + (uint64_t)(place - input->base);
    return offset < p->pushed ? offset : p->pushed;
}

/// Where the parser stands, in bytes pushed.
static uint64_t position(const XMLBridgeParser *p) {
    xmlParserInputPtr input = p->context ? p->context->input : NULL;
    if (!input || !input->cur || !input->base) return p->last_end;
    return offset_of(p, input->cur);
}

static uint32_t line_now(const XMLBridgeParser *p) {
    xmlParserInputPtr input = p->context ? p->context->input : NULL;
    return input && input->line > 0 ? (uint32_t)input->line : p->last_line;
}

static void copy_message(char *into, const char *message) {
    size_t count = message ? strlen(message) : 0;
    if (count >= message_bytes) count = message_bytes - 1;
    while (count && (message[count - 1] == '\n' || message[count - 1] == ' ')) count--;
    for (size_t i = 0; i < count; i++) into[i] = (unsigned char)message[i] < 0x20 ? ' ' : message[i];
    // Cutting must not leave half a character behind.
    if (count == message_bytes - 1) {
        while (count && ((unsigned char)into[count - 1] & 0xC0) == 0x80) count--;
        if (count && (unsigned char)into[count - 1] >= 0xC0) count--;
    }
    into[count] = 0;
}

/// Stops for good. Halting libxml2 leaves its document "well-formed", so the flag is ours.
static void stop(XMLBridgeParser *p, uint32_t limit) {
    if (p->limit) return;
    p->limit = limit;
    p->error.code = -1;
    p->error.level = 3;
    p->error.line = line_now(p);
    p->error.column = p->context && p->context->input ? (uint32_t)p->context->input->col : 0;
    p->error.offset = position(p);
    p->error_message[0] = 0;
    if (p->context) xmlStopParser(p->context);
}

static int append_data(XMLBridgeParser *p, const xmlChar *bytes, size_t count, uint32_t *first) {
    if (!reserve((void **)&p->data, &p->data_room, p->data_count + count + 1, 1)) {
        stop(p, XMLBridgeLimitMemory);
        return 0;
    }
    *first = (uint32_t)p->data_count;
    if (count) memcpy(p->data + p->data_count, bytes, count);
    p->data_count += count;
    return 1;
}

static XMLBridgeEvent *append_event(XMLBridgeParser *p, uint32_t kind) {
    if (!reserve((void **)&p->events, &p->event_room, p->event_count + 1, sizeof(XMLBridgeEvent))) {
        stop(p, XMLBridgeLimitMemory);
        return NULL;
    }
    XMLBridgeEvent *event = &p->events[p->event_count++];
    memset(event, 0, sizeof *event);
    event->kind = kind;
    return event;
}

// MARK: Names

static size_t hash_key(NameKey key) {
    uint64_t h = (uint64_t)(uintptr_t)key.local * 0x9E3779B97F4A7C15u;
    h ^= (uint64_t)(uintptr_t)key.prefix * 0xC2B2AE3D27D4EB4Fu;
    h ^= (uint64_t)(uintptr_t)key.uri * 0x165667B19E3779F9u;
    return (size_t)(h ^ (h >> 29));
}

static int grow_slots(XMLBridgeParser *p) {
    size_t count = p->slot_count ? p->slot_count * 2 : 256;
    uint32_t *slots = calloc(count, sizeof *slots);
    if (!slots) return 0;
    for (size_t i = 0; i < p->name_count; i++) {
        size_t at = hash_key(p->names[i]) & (count - 1);
        while (slots[at]) at = (at + 1) & (count - 1);
        slots[at] = (uint32_t)i + 1;
    }
    free(p->slots);
    p->slots = slots;
    p->slot_count = count;
    return 1;
}

/// The index of a name. Its three parts come from the parser's dictionary, so equal names are equal pointers.
static uint32_t intern(XMLBridgeParser *p, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri) {
    NameKey key = {local, prefix, uri};
    if (p->name_count * 2 >= p->slot_count && !grow_slots(p)) {
        stop(p, XMLBridgeLimitMemory);
        return 0;
    }
    size_t at = hash_key(key) & (p->slot_count - 1);
    for (; p->slots[at]; at = (at + 1) & (p->slot_count - 1)) {
        NameKey *other = &p->names[p->slots[at] - 1];
        if (other->local == local && other->prefix == prefix && other->uri == uri) return p->slots[at] - 1;
    }
    if ((uint64_t)xmlStrlen(local) > p->options.name_bytes
        || (uint64_t)xmlStrlen(prefix) > p->options.name_bytes
        || (uint64_t)xmlStrlen(uri) > p->options.attribute_bytes) {
        stop(p, XMLBridgeLimitNameBytes);
        return 0;
    }
    if (p->name_count >= most_names) {
        stop(p, XMLBridgeLimitNames);
        return 0;
    }
    if (!reserve((void **)&p->names, &p->name_room, p->name_count + 1, sizeof(NameKey))) {
        stop(p, XMLBridgeLimitMemory);
        return 0;
    }
    p->names[p->name_count] = key;
    p->slots[at] = (uint32_t)++p->name_count;
    return (uint32_t)p->name_count - 1;
}

// MARK: Character data

static uint32_t scalar_count(const xmlChar *bytes, size_t count) {
    uint32_t scalars = 0;
    for (size_t i = 0; i < count; i++) scalars += (bytes[i] & 0xC0) != 0x80;
    return scalars;
}

/// The source range of `count` bytes that libxml2 just reported; sets `*exact` when they stand there as they are.
static void locate(XMLBridgeParser *p, const xmlChar *bytes, size_t count, uint64_t *start, uint64_t *end,
                   int *exact) {
    xmlParserInputPtr input = p->context->input;
    *exact = 0;
    if (input && input->base && bytes >= input->base && bytes + count <= input->end) {
        *start = offset_of(p, bytes);
        *end = offset_of(p, bytes + count);
        *exact = *end - *start == count;
        return;
    }
    *start = p->last_end;
    *end = position(p);
    if (*end - *start == count) {
        *exact = 1;
    } else if (input && input->cur && input->cur < input->end) {
        // Reported before the last character was passed.
        xmlChar lead = *input->cur;
        uint64_t width = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if (*end + width - *start == count && *end + width <= p->pushed) {
            *end += width;
            *exact = 1;
        }
    }
    if (*end < *start) *end = *start;
}

static void add_text(XMLBridgeParser *p, const xmlChar *bytes, size_t count, uint32_t flags) {
    if (p->limit || count == 0) return;
    uint64_t start, end;
    int exact;
    locate(p, bytes, count, &start, &end, &exact);
    p->text_run += count;
    if (p->text_run > p->options.text_bytes) {
        stop(p, XMLBridgeLimitTextBytes);
        return;
    }
    // One byte of a reference is no more "as it stands" than a longer replacement.
    if (exact && (end - start) != count) exact = 0;
    XMLBridgeEvent *previous = p->event_count ? &p->events[p->event_count - 1] : NULL;
    uint32_t first;
    if (!append_data(p, bytes, count, &first)) return;
    uint32_t scalars = scalar_count(bytes, count);
    flags |= exact ? XMLBridgeExact : 0;
    if (exact && previous && previous->kind == XMLBridgeEventText && previous->flags == flags
        && previous->end == start && previous->first + previous->count == first) {
        previous->end = end;
        previous->count += (uint32_t)count;
        previous->characters += scalars;
    } else {
        XMLBridgeEvent *event = append_event(p, XMLBridgeEventText);
        if (!event) return;
        event->start = start;
        event->end = end;
        event->line = p->last_line;
        event->first = first;
        event->count = (uint32_t)count;
        event->flags = flags;
        event->characters = scalars;
    }
    if (end > p->last_end) p->last_end = end;
    p->last_line = line_now(p);
}

static void on_characters(void *user, const xmlChar *bytes, int count) {
    if (count > 0) add_text(user, bytes, (size_t)count, 0);
}

static void on_cdata(void *user, const xmlChar *bytes, int count) {
    XMLBridgeParser *p = user;
    if (count > 0) add_text(p, bytes, (size_t)count, XMLBridgeCharacterSection);
}

/// Markup that yields no event still moves the place where the next one starts.
static void pass(XMLBridgeParser *p) {
    uint64_t here = position(p);
    if (here > p->last_end) p->last_end = here;
    p->last_line = line_now(p);
}

static void on_comment(void *user, const xmlChar *text) {
    (void)text;
    pass(user);
}

static void on_instruction(void *user, const xmlChar *target, const xmlChar *text) {
    (void)target;
    (void)text;
    pass(user);
}

// MARK: Elements

/// Where the tag that is being reported starts: the last `<` before the parser's place, and its line.
static uint64_t tag_start(XMLBridgeParser *p) {
    xmlParserInputPtr input = p->context->input;
    if (!input || !input->cur || !input->base) return p->last_end;
    const xmlChar *at = input->cur;
    uint64_t here = position(p), floor = p->last_end;
    uint32_t line = line_now(p);
    while (at > input->base && here > floor) {
        at--;
        here--;
        if (*at == '\n' && line > 1) line--;
        if (*at == '<') break;
    }
    p->last_line = line;
    return here;
}

static int open_element(XMLBridgeParser *p) {
    if (p->limit) return 0;
    p->in_doctype = 0;
    p->text_run = 0;
    if (++p->depth > p->options.depth) {
        stop(p, XMLBridgeLimitDepth);
        return 0;
    }
    return 1;
}

static int add_attribute(XMLBridgeParser *p, uint32_t name, const xmlChar *value, size_t count,
                         uint64_t tag, uint64_t tag_end, uint32_t flags) {
    if (count > p->options.attribute_bytes) {
        stop(p, XMLBridgeLimitAttributeBytes);
        return 0;
    }
    if (!reserve((void **)&p->attributes, &p->attribute_room, p->attribute_count + 1,
                 sizeof(XMLBridgeAttribute))) {
        stop(p, XMLBridgeLimitMemory);
        return 0;
    }
    uint32_t first;
    if (!append_data(p, value, count, &first)) return 0;
    xmlParserInputPtr input = p->context->input;
    XMLBridgeAttribute *attribute = &p->attributes[p->attribute_count++];
    attribute->name = name;
    attribute->first = first;
    attribute->count = (uint32_t)count;
    attribute->flags = flags;
    attribute->start = tag;
    attribute->end = tag_end;
    if (input && input->base && value && value >= input->base && value + count <= input->end) {
        uint64_t start = offset_of(p, value), end = offset_of(p, value + count);
        if (end - start == count) {
            attribute->start = start;
            attribute->end = end;
            attribute->flags |= XMLBridgeExact;
        }
    }
    return 1;
}

static void close_start(XMLBridgeParser *p, uint32_t name, uint64_t start, uint32_t first, uint32_t count) {
    XMLBridgeEvent *event = append_event(p, XMLBridgeEventStart);
    if (!event) return;
    event->start = start;
    event->end = position(p) > start ? position(p) : start;
    event->line = p->last_line;
    event->name = name;
    event->first = first;
    event->count = count;
    pass(p);
}

static void on_start(void *user, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri,
                     int namespace_count, const xmlChar **namespaces, int attribute_count,
                     int defaulted_count, const xmlChar **attributes) {
    XMLBridgeParser *p = user;
    if (!open_element(p)) return;
    if ((uint64_t)attribute_count + (uint64_t)namespace_count > p->options.attributes) {
        stop(p, XMLBridgeLimitAttributes);
        return;
    }
    uint64_t start = tag_start(p), end = position(p);
    uint32_t name = intern(p, local, prefix, uri), first = (uint32_t)p->attribute_count;
    for (int i = 0; i < attribute_count && !p->limit; i++) {
        const xmlChar **a = attributes + 5 * i;
        uint32_t flags = i >= attribute_count - defaulted_count ? XMLBridgeDefaulted : 0;
        uint32_t attribute_name = intern(p, a[0], a[1], a[2]);
        if (!add_attribute(p, attribute_name, a[3], (size_t)(a[4] - a[3]), start, end, flags)) return;
    }
    for (int i = 0; i < namespace_count && !p->limit; i++) {
        const xmlChar *bound = namespaces[2 * i], *address = namespaces[2 * i + 1];
        uint32_t prefix_name = bound ? intern(p, bound, NULL, NULL) : UINT32_MAX;
        size_t length = address ? (size_t)xmlStrlen(address) : 0;
        if (!add_attribute(p, prefix_name, address, length, start, end, 0)) return;
    }
    if (p->limit) return;
    close_start(p, name, start, first, (uint32_t)attribute_count);
    if (!p->limit) p->events[p->event_count - 1].characters = (uint32_t)namespace_count;
}

static void close_element(XMLBridgeParser *p, uint32_t name) {
    if (p->limit) return;
    p->text_run = 0;
    XMLBridgeEvent *event = append_event(p, XMLBridgeEventEnd);
    if (!event) return;
    event->start = p->last_end;
    event->line = p->last_line;
    event->name = name;
    pass(p);
    event->end = p->last_end;
    if (p->depth > 0 && --p->depth == 0) {
        p->root_end = p->last_end;
        p->root_line = p->last_line;
    }
}

static void on_end(void *user, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri) {
    XMLBridgeParser *p = user;
    if (!p->limit) close_element(p, intern(p, local, prefix, uri));
}

// MARK: HTML: the same events from tag soup

/// A name from the HTML parser, whose strings need not come from the dictionary.
static uint32_t intern_html(XMLBridgeParser *p, const xmlChar *name) {
    const xmlChar *owned = xmlDictLookup(p->context->dict, name, -1);
    if (!owned) {
        stop(p, XMLBridgeLimitMemory);
        return 0;
    }
    return intern(p, owned, NULL, NULL);
}

static void on_html_start(void *user, const xmlChar *local, const xmlChar **attributes) {
    XMLBridgeParser *p = user;
    if (!open_element(p)) return;
    uint64_t start = tag_start(p), end = position(p);
    uint32_t name = intern_html(p, local), first = (uint32_t)p->attribute_count, count = 0;
    for (; attributes && attributes[2 * count] && !p->limit; count++) {
        if (count >= p->options.attributes) {
            stop(p, XMLBridgeLimitAttributes);
            return;
        }
        const xmlChar *value = attributes[2 * count + 1];
        uint32_t attribute_name = intern_html(p, attributes[2 * count]);
        if (!add_attribute(p, attribute_name, value, value ? (size_t)xmlStrlen(value) : 0, start, end, 0))
            return;
    }
    if (!p->limit) close_start(p, name, start, first, count);
}

static void on_html_end(void *user, const xmlChar *local) {
    XMLBridgeParser *p = user;
    if (!p->limit) close_element(p, intern_html(p, local));
}

// MARK: Document type and entities

static void on_doctype(void *user, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id) {
    XMLBridgeParser *p = user;
    if (p->limit) return;
    p->in_doctype = 1;
    if (!p->options.html) xmlSAX2InternalSubset(p->context, name, public_id, system_id);
    uint32_t first, next;
    const xmlChar *parts[3] = {name, public_id, system_id};
    if (!append_data(p, NULL, 0, &first)) return;
    for (int i = 0; i < 3; i++) {
        if (parts[i] && !append_data(p, parts[i], (size_t)xmlStrlen(parts[i]), &next)) return;
        if (!append_data(p, (const xmlChar *)"", 1, &next)) return;
    }
    XMLBridgeEvent *event = append_event(p, XMLBridgeEventDoctype);
    if (!event) return;
    event->first = first;
    event->count = (uint32_t)(p->data_count - first);
    event->line = p->last_line;
    event->start = p->last_end;
    event->end = p->last_end;
}

static void on_external_subset(void *user, const xmlChar *name, const xmlChar *public_id,
                               const xmlChar *system_id) {
    (void)name;
    (void)public_id;
    (void)system_id;
    XMLBridgeParser *p = user;
    p->in_doctype = 0;
    pass(p);
}

static xmlParserInputPtr on_resolve(void *user, const xmlChar *public_id, const xmlChar *system_id) {
    (void)user;
    (void)public_id;
    (void)system_id;
    return NULL;
}

static void on_start_document(void *user) {
    XMLBridgeParser *p = user;
    if (!p->options.html) xmlSAX2StartDocument(p->context);
    pass(p);
}

static void on_entity_declaration(void *user, const xmlChar *name, int type, const xmlChar *public_id,
                                  const xmlChar *system_id, xmlChar *content) {
    XMLBridgeParser *p = user;
    if (p->limit) return;
    int parameter = type == XML_INTERNAL_PARAMETER_ENTITY || type == XML_EXTERNAL_PARAMETER_ENTITY;
    if (parameter && p->options.parameter_references == 0) {
        stop(p, XMLBridgeLimitParameterEntities);
        return;
    }
    xmlSAX2EntityDecl(p->context, name, type, public_id, system_id, content);
}

static void on_unparsed_entity(void *user, const xmlChar *name, const xmlChar *public_id,
                               const xmlChar *system_id, const xmlChar *notation) {
    XMLBridgeParser *p = user;
    if (!p->limit) xmlSAX2UnparsedEntityDecl(p->context, name, public_id, system_id, notation);
}

/// An entity whose replacement is its own reference, or the character that HTML gives the name.
static xmlEntityPtr keep_reference(XMLBridgeParser *p, const xmlChar *name) {
    if (!p->kept) {
        p->kept = xmlNewDoc(BAD_CAST "1.0");
        if (!p->kept || !xmlCreateIntSubset(p->kept, BAD_CAST "kept", NULL, NULL)) {
            stop(p, XMLBridgeLimitMemory);
            return NULL;
        }
    }
    const htmlEntityDesc *html = p->options.entities == XMLBridgeEntitiesHTML ? htmlEntityLookup(name) : NULL;
    int is_known = html && html->value < 0x10000 && html->value > 0x7F;
    if (!is_known) {
        XMLBridgeEvent *event = append_event(p, XMLBridgeEventUnresolved);
        if (event) event->line = line_now(p);
    }
    xmlEntityPtr known = xmlGetDocEntity(p->kept, name);
    if (known) return known;
    if (p->kept_count++ >= most_kept_entities) {
        stop(p, XMLBridgeLimitNames);
        return NULL;
    }
    xmlChar small[16];
    xmlChar *content = NULL;
    if (is_known) {
        int length = xmlCopyCharMultiByte(small, (int)html->value);
        small[length] = 0;
    } else {
        content = xmlStrncatNew(BAD_CAST "&amp;", name, -1);
        content = content ? xmlStrcat(content, BAD_CAST ";") : NULL;
        if (!content) {
            stop(p, XMLBridgeLimitMemory);
            return NULL;
        }
    }
    xmlEntityPtr entity =
        xmlAddDocEntity(p->kept, name, XML_INTERNAL_GENERAL_ENTITY, NULL, NULL, content ? content : small);
    xmlFree(content);
    return entity;
}

/// Counts what a reference expands to. After the limit every name is unknown, so nested references end at once.
static int charge(XMLBridgeParser *p, xmlEntityPtr entity) {
    p->entity_references++;
    p->expanded += 16 + (entity && entity->length > 0 ? (uint64_t)entity->length : 0);
    // Over all that was read, and over what this push parses: a long harmless start earns nothing.
    uint64_t allowed = p->options.entity_floor + p->options.entity_factor * p->pushed;
    uint64_t allowed_now = p->expanded_before + p->options.entity_floor + p->options.entity_factor * p->at_hand;
    if (p->expanded > allowed || p->expanded > allowed_now) {
        stop(p, XMLBridgeLimitEntityExpansion);
        return 0;
    }
    return 1;
}

/// Ends the parse because of an entity that libxml2 would only warn of.
static xmlEntityPtr refuse(XMLBridgeParser *p, const xmlChar *name) {
    if (!p->error.code) {
        p->error.code = XML_WAR_UNDECLARED_ENTITY;
        p->error.level = 3;
        p->error.line = line_now(p);
        p->error.column = p->context->input ? (uint32_t)p->context->input->col : 0;
        p->error.offset = position(p);
        char message[message_bytes];
        snprintf(message, sizeof message, "Entity '%.100s' is declared nowhere that is read", (const char *)name);
        copy_message(p->error_message, message);
    }
    p->refused = 1;
    xmlStopParser(p->context);
    return NULL;
}

static xmlEntityPtr on_entity(void *user, const xmlChar *name) {
    XMLBridgeParser *p = user;
    if (p->limit) return NULL;
    xmlParserCtxtPtr context = p->context;
    xmlEntityPtr entity = context->myDoc ? xmlGetDocEntity(context->myDoc, name) : NULL;
    if (!charge(p, entity)) return NULL;
    if (entity && entity->etype == XML_EXTERNAL_GENERAL_PARSED_ENTITY) {
        // Not allowed in attribute values: libxml2 says so, and does not read it to do that.
        if (context->instate == XML_PARSER_ATTRIBUTE_VALUE) return entity;
        return p->options.entities == XMLBridgeEntitiesRefuse ? refuse(p, name) : keep_reference(p, name);
    }
    if (entity) return entity;
    switch (p->options.entities) {
    case XMLBridgeEntitiesKeepAll:
    case XMLBridgeEntitiesHTML:
        return keep_reference(p, name);
    case XMLBridgeEntitiesKeep:
        // Declared, perhaps, in what is not read: not an error by the standard (WFC: Entity Declared).
        if ((context->hasExternalSubset || context->hasPErefs) && context->standalone != 1)
            return keep_reference(p, name);
        return NULL;
    default:
        return refuse(p, name);
    }
}

static xmlEntityPtr on_parameter_entity(void *user, const xmlChar *name) {
    XMLBridgeParser *p = user;
    if (p->limit) return NULL;
    if (++p->parameter_references > p->options.parameter_references) {
        stop(p, XMLBridgeLimitParameterEntities);
        return NULL;
    }
    xmlEntityPtr entity = p->context->myDoc ? xmlGetParameterEntity(p->context->myDoc, name) : NULL;
    if (!charge(p, entity)) return NULL;
    if (entity && entity->etype == XML_EXTERNAL_PARAMETER_ENTITY) {
        // Declared, but never read: what it would have declared is unknown from here on, which is no error.
        p->context->hasPErefs = 1;
        return NULL;
    }
    return entity;
}

// MARK: Errors

static void on_error(void *user, xmlErrorPtr error) {
    XMLBridgeParser *p = user;
    if (!p || !error || p->limit) return;
    int harmless = error->level < XML_ERR_FATAL || error->domain == XML_FROM_NAMESPACE
        || (p->options.html && error->domain == XML_FROM_HTML);
    XMLBridgeError *kept = harmless ? &p->warning : &p->error;
    if (harmless) p->warning_count++;
    if (!harmless && p->options.recover) p->recovered = 1;
    if (kept->code) return;
    kept->code = error->code;
    kept->level = (int32_t)error->level;
    kept->line = error->line > 0 ? (uint32_t)error->line : 0;
    kept->column = error->int2 > 0 ? (uint32_t)error->int2 : 0;
    kept->offset = position(p);
    copy_message(harmless ? p->warning_message : p->error_message, error->message);
}

static void be_silent(void *context, const char *message, ...) {
    (void)context;
    (void)message;
}

static void be_silent_structured(void *context, xmlErrorPtr error) {
    (void)context;
    (void)error;
}

static xmlParserInputPtr load_nothing(const char *url, const char *id, xmlParserCtxtPtr context) {
    (void)url;
    (void)id;
    (void)context;
    return NULL;
}

// MARK: Life

static void fill_handler(XMLBridgeParser *p) {
    xmlSAXHandler *h = &p->handler;
    memset(h, 0, sizeof *h);
    h->initialized = XML_SAX2_MAGIC;
    h->startDocument = on_start_document;
    h->internalSubset = on_doctype;
    h->externalSubset = on_external_subset;
    h->resolveEntity = on_resolve;
    h->entityDecl = on_entity_declaration;
    h->unparsedEntityDecl = on_unparsed_entity;
    h->getEntity = on_entity;
    h->getParameterEntity = on_parameter_entity;
    h->characters = on_characters;
    h->ignorableWhitespace = on_characters;
    h->cdataBlock = on_cdata;
    h->comment = on_comment;
    h->processingInstruction = on_instruction;
    h->serror = on_error;
    if (p->options.html) {
        h->startElement = on_html_start;
        h->endElement = on_html_end;
    } else {
        h->startElementNs = on_start;
        h->endElementNs = on_end;
    }
}

XMLBridgeParser *xml_bridge_create(const XMLBridgeOptions *options) {
    xmlInitParser();
    xmlSetExternalEntityLoader(load_nothing);
    xmlSetGenericErrorFunc(NULL, be_silent);
    xmlSetStructuredErrorFunc(NULL, be_silent_structured);
    XMLBridgeParser *p = calloc(1, sizeof *p);
    if (!p) return NULL;
    p->options = *options;
    p->last_line = 1;
    p->error.message = p->error_message;
    p->warning.message = p->warning_message;
    fill_handler(p);
    if (options->html) {
        p->context = htmlCreatePushParserCtxt(&p->handler, p, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
    } else {
        p->context = xmlCreatePushParserCtxt(&p->handler, p, NULL, 0, NULL);
    }
    if (!p->context) {
        free(p);
        return NULL;
    }
    if (options->html) {
        htmlCtxtUseOptions(p->context, HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
    } else {
        int flags = XML_PARSE_NOENT | XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_IGNORE_ENC;
        xmlCtxtUseOptions(p->context, flags | (options->recover ? XML_PARSE_RECOVER : 0));
        xmlSwitchEncoding(p->context, XML_CHAR_ENCODING_UTF8);
    }
    return p;
}

void xml_bridge_free(XMLBridgeParser *p) {
    if (!p) return;
    if (p->context) {
        if (p->context->myDoc) xmlFreeDoc(p->context->myDoc);
        p->context->myDoc = NULL;
        if (p->options.html) htmlFreeParserCtxt(p->context);
        else xmlFreeParserCtxt(p->context);
    }
    if (p->kept) xmlFreeDoc(p->kept);
    free(p->events);
    free(p->attributes);
    free(p->data);
    free(p->names);
    free(p->slots);
    free(p);
}

int xml_bridge_push(XMLBridgeParser *p, const uint8_t *bytes, size_t count, int last) {
    p->event_count = p->attribute_count = p->data_count = 0;
    if (p->limit) return XMLBridgeLimited;
    if (p->refused) return XMLBridgeMalformed;
    if (p->finished) return p->error.code && !p->options.recover ? XMLBridgeMalformed : XMLBridgeGoesOn;
    p->at_hand = p->pushed - position(p) + count;
    p->expanded_before = p->expanded;
    p->pushed += count;
    int size = count > (1 << 30) ? (1 << 30) : (int)count;
    int code = p->options.html ? htmlParseChunk(p->context, (const char *)bytes, size, last)
                               : xmlParseChunk(p->context, (const char *)bytes, size, last);
    if (p->limit) return XMLBridgeLimited;
    uint64_t waiting = p->pushed - (position(p) < p->pushed ? position(p) : p->pushed);
    if (!last && p->in_doctype && waiting > p->options.doctype_bytes) stop(p, XMLBridgeLimitDoctype);
    if (!last && waiting > p->options.token_bytes) stop(p, XMLBridgeLimitToken);
    if (p->limit) return XMLBridgeLimited;
    if (last) p->finished = 1;
    if (p->options.html) return XMLBridgeGoesOn;
    if (p->refused) {
        p->finished = 1;
        return XMLBridgeMalformed;
    }
    if (!p->context->wellFormed) {
        if (!p->error.code) {
            p->error.code = code ? code : XML_ERR_INTERNAL_ERROR;
            p->error.level = 3;
            p->error.line = line_now(p);
            p->error.offset = position(p);
            copy_message(p->error_message, "the document is not well-formed");
        }
        if (!p->options.recover) {
            p->finished = 1;
            return XMLBridgeMalformed;
        }
        p->recovered = 1;
    }
    return XMLBridgeGoesOn;
}

XMLBridgeBatch xml_bridge_batch(const XMLBridgeParser *p) {
    XMLBridgeBatch batch = {p->events,      p->attributes,      p->data,
                            p->event_count, p->attribute_count, p->data_count};
    return batch;
}

size_t xml_bridge_name_count(const XMLBridgeParser *p) { return p->name_count; }

XMLBridgeName xml_bridge_name(const XMLBridgeParser *p, size_t index) {
    XMLBridgeName name = {"", NULL, NULL};
    if (index >= p->name_count) return name;
    name.local = (const char *)p->names[index].local;
    name.prefix = (const char *)p->names[index].prefix;
    name.uri = (const char *)p->names[index].uri;
    return name;
}

XMLBridgeError xml_bridge_error(const XMLBridgeParser *p) { return p->error; }
XMLBridgeError xml_bridge_warning(const XMLBridgeParser *p) { return p->warning; }
int xml_bridge_limit(const XMLBridgeParser *p) { return (int)p->limit; }
int xml_bridge_recovered(const XMLBridgeParser *p) { return p->recovered; }
uint64_t xml_bridge_root_end(const XMLBridgeParser *p) { return p->root_end; }
uint32_t xml_bridge_root_line(const XMLBridgeParser *p) { return p->root_line; }
uint64_t xml_bridge_warning_count(const XMLBridgeParser *p) { return p->warning_count; }
