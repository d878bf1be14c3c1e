// Character data, elements and attributes, with their places in the source.
#include "Bridge.h"

static uint32_t scalar_count(const xmlChar *bytes, size_t count) {
    uint32_t scalars = 0;
    for (size_t i = 0; i < count; i++) scalars += (bytes[i] & 0xC0) != 0x80;
    return scalars;
}

/// Reports text that stands in a range of the source: byte for byte when `flags` says exact.
static void put_text(XMLBridgeParser *p, const xmlChar *bytes, size_t count, uint64_t start, uint64_t end,
                     uint32_t line, uint32_t flags) {
    if (p->limit || count == 0) return;
    XMLBridgeEvent *previous = p->event_count ? &p->events[p->event_count - 1] : NULL;
    uint32_t first, exact = flags & XMLBridgeExact, scalars = scalar_count(bytes, count);
    if (!bridge_append_data(p, bytes, count, &first)) return;
    for (; p->mask_next < p->mask_count && p->masks[p->mask_next] < end; p->mask_next++)
        if (exact && p->masks[p->mask_next] >= start) p->data[first + (p->masks[p->mask_next] - start)] = '<';
    if (previous && previous->kind == XMLBridgeEventText && previous->flags == flags
        && previous->first + previous->count == first
        && (exact ? previous->end == start : previous->start == start && previous->end == end)) {
        previous->end = end;
        previous->count += (uint32_t)count;
        previous->characters += scalars;
    } else {
        XMLBridgeEvent *event = bridge_append_event(p, XMLBridgeEventText);
        if (!event) return;
        event->start = start;
        event->end = end;
        event->line = line;
        event->first = first;
        event->count = (uint32_t)count;
        event->flags = flags;
        event->characters = scalars;
    }
    bridge_move(p, end);
}

/// Reports text that ends at an offset, if it stands there as it is.
static int put_standing(XMLBridgeParser *p, const xmlChar *bytes, size_t count, uint64_t end, uint32_t flags) {
    if (end < p->last_end + count) return 0;
    const uint8_t *there = bridge_source(p, end - count, count);
    if (!there || memcmp(there, bytes, count) != 0) return 0;
    put_text(p, bytes, count, end - count, end, bridge_line(p, end - count), flags | XMLBridgeExact);
    return 1;
}

/// Reports text that follows the latest event, its line ends made line feeds. Gives how many of its bytes do.
static size_t put_following(XMLBridgeParser *p, const xmlChar *bytes, size_t count, uint32_t flags) {
    size_t done = 0, room = p->pushed > p->last_end ? (size_t)(p->pushed - p->last_end) : 0;
    const uint8_t *source = bridge_source(p, p->last_end, room);
    if (!source) return 0;
    size_t at = 0, from = 0;  // in the source, where the next and the first byte of the stretch at hand are
    size_t next = 0;          // in `bytes`
    uint64_t start = p->last_end;
    while (next < count && at < room) {
        if (source[at] == '\r' && bytes[next] == '\n' && at + 1 < room && source[at + 1] == '\n') {
            put_text(p, bytes + done, next - done, start + from, start + at, bridge_line(p, start + from),
                     flags | XMLBridgeExact);
            done = next;
            from = ++at;
        } else if (source[at] != bytes[next] && !(source[at] == '\r' && bytes[next] == '\n')) {
            break;
        }
        at++;
        next++;
    }
    put_text(p, bytes + done, next - done, start + from, start + at, bridge_line(p, start + from),
             flags | XMLBridgeExact);
    return next;
}

/// Reports text of which libxml2 gave a copy.
static void put_copy(XMLBridgeParser *p, const xmlChar *bytes, size_t count, uint32_t flags) {
    if (!(flags & XMLBridgeCharacterSection) && bridge_in_reference(p)) {
        uint64_t start = p->reference.start, end = p->reference.end;
        // One byte of a reference is no more "as it stands" than a longer replacement.
        const uint8_t *there = end - start == count ? bridge_source(p, start, count) : NULL;
        uint32_t exact = there && memcmp(there, bytes, count) == 0 ? XMLBridgeExact : 0;
        put_text(p, bytes, count, start, end, p->reference.line, flags | exact);
        return;
    }
    uint64_t here = bridge_position(p);
    if (p->options.html) {
        if (put_standing(p, bytes, count, here, flags)) return;
        // Reported, perhaps, before the last character was passed.
        const uint8_t *last = bridge_source(p, here, 1);
        uint64_t width = !last ? 0 : *last < 0x80 ? 1 : *last < 0xE0 ? 2 : *last < 0xF0 ? 3 : 4;
        if (width && put_standing(p, bytes, count, here + width, flags)) return;
    }
    size_t done = put_following(p, bytes, count, flags);
    if (done == count || (done == 0 && put_standing(p, bytes, count, here, flags))) return;
    uint64_t start = p->last_end, end = here > start ? here : start;
    put_text(p, bytes + done, count - done, start, end, p->last_line, flags);
}

static void add_text(XMLBridgeParser *p, const xmlChar *bytes, size_t count, uint32_t flags) {
    if (p->limit || count == 0) return;
    p->text_run += count;
    if (p->text_run > p->options.text_bytes) {
        bridge_stop(p, XMLBridgeLimitTextBytes);
        return;
    }
    if (!bridge_holds(p, bytes, count)) {
        put_copy(p, bytes, count, flags);
        return;
    }
    uint64_t start = bridge_offset(p, bytes), end = bridge_offset(p, bytes + count);
    put_text(p, bytes, count, start, end, bridge_line(p, start),
             flags | (end - start == count ? XMLBridgeExact : 0));
}

static void on_characters(void *user, const xmlChar *bytes, int count) {
    if (count > 0) add_text(user, bytes, (size_t)count, 0);
}

static void on_cdata(void *user, const xmlChar *bytes, int count) {
    XMLBridgeParser *p = user;
    if (count <= 0) return;
    add_text(p, bytes, (size_t)count, XMLBridgeCharacterSection);
    if (p->limit) return;
    // The end of the section is passed without a word.
    const uint8_t *next = bridge_source(p, p->last_end, 3);
    if (next && memcmp(next, "]]>", 3) == 0) bridge_move(p, p->last_end + 3);
}

static void on_comment(void *user, const xmlChar *text) {
    (void)text;
    bridge_pass(user);
}

static void on_instruction(void *user, const xmlChar *target, const xmlChar *text) {
    (void)target;
    (void)text;
    bridge_pass(user);
}

// MARK: Elements

/// Where a start tag stands.
typedef struct {
    uint64_t start, end;
    uint32_t line;
} TagPlace;

/// The place of the tag that is being reported: from the last `<` before the parser's place on, or the reference
/// whose entity it stands in.
static TagPlace tag_place(XMLBridgeParser *p) {
    if (!p->options.html && bridge_in_reference(p)) {
        TagPlace place = {p->reference.start, p->reference.end, p->reference.line};
        return place;
    }
    uint64_t end = bridge_position(p), start = p->last_end;
    const uint8_t *bytes = end > start ? bridge_source(p, start, (size_t)(end - start)) : NULL;
    size_t at = bytes ? (size_t)(end - start) : 0;
    while (at > 0 && bytes[--at] != '<') {}
    TagPlace place = {start + at, end > start ? end : start, bridge_line(p, start + at)};
    return place;
}

static int open_element(XMLBridgeParser *p) {
    if (p->limit) return 0;
    p->text_run = 0;
    if (++p->depth > p->options.depth) {
        bridge_stop(p, XMLBridgeLimitDepth);
        return 0;
    }
    return 1;
}

static int add_attribute(XMLBridgeParser *p, uint32_t name, const xmlChar *value, size_t count,
                         TagPlace tag, uint32_t flags) {
    // A stopped parser has let go of its buffer, and the value may stand there.
    if (p->limit) return 0;
    if (count > p->options.attribute_bytes) {
        bridge_stop(p, XMLBridgeLimitAttributeBytes);
        return 0;
    }
    if (!bridge_reserve((void **)&p->attributes, &p->attribute_room, p->attribute_count + 1,
                 sizeof(XMLBridgeAttribute))) {
        bridge_stop(p, XMLBridgeLimitMemory);
        return 0;
    }
    uint32_t first;
    if (!bridge_append_data(p, value, count, &first)) return 0;
    XMLBridgeAttribute *attribute = &p->attributes[p->attribute_count++];
    attribute->name = name;
    attribute->first = first;
    attribute->count = (uint32_t)count;
    attribute->flags = flags;
    attribute->start = tag.start;
    attribute->end = tag.end;
    if (bridge_holds(p, value, count)) {
        uint64_t start = bridge_offset(p, value), end = bridge_offset(p, value + count);
        if (end - start == count) {
            attribute->start = start;
            attribute->end = end;
            attribute->flags |= XMLBridgeExact;
        }
    }
    return 1;
}

static void close_start(XMLBridgeParser *p, uint32_t name, TagPlace tag, uint32_t first, uint32_t count) {
    XMLBridgeEvent *event = bridge_append_event(p, XMLBridgeEventStart);
    if (!event) return;
    event->start = tag.start;
    event->end = tag.end;
    event->line = tag.line;
    event->name = name;
    event->first = first;
    event->count = count;
    if (tag.end <= p->last_end) return;
    bridge_pass(p);
    // The tag is reported before its last character is passed.
    const uint8_t *opening = bridge_source(p, tag.start, 1), *next = bridge_source(p, tag.end, 1);
    if (opening && *opening == '<' && next && *next == '>' && p->last_end == tag.end) {
        bridge_move(p, tag.end + 1);
        event->end++;
    }
}

static void on_start(void *user, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri,
                     int namespace_count, const xmlChar **namespaces, int attribute_count,
                     int defaulted_count, const xmlChar **attributes) {
    XMLBridgeParser *p = user;
    if (!open_element(p)) return;
    if ((uint64_t)attribute_count + (uint64_t)namespace_count > p->options.attributes) {
        bridge_stop(p, XMLBridgeLimitAttributes);
        return;
    }
    TagPlace tag = tag_place(p);
    uint32_t name = bridge_intern(p, local, prefix, uri), first = (uint32_t)p->attribute_count;
    for (int i = 0; i < attribute_count && !p->limit; i++) {
        const xmlChar **a = attributes + 5 * i;
        uint32_t flags = i >= attribute_count - defaulted_count ? XMLBridgeDefaulted : 0;
        if (flags && !bridge_charge(p, (uint64_t)(a[4] - a[3]))) return;
        uint32_t attribute_name = bridge_intern(p, a[0], a[1], a[2]);
        if (!add_attribute(p, attribute_name, a[3], (size_t)(a[4] - a[3]), tag, flags)) return;
    }
    // Declarations with a default are not told apart from written ones, but the tag is too short for them.
    uint64_t declared = 0, written = tag.end - tag.start;
    for (int i = 0; i < namespace_count; i++)
        declared += 8 + (namespaces[2 * i + 1] ? (uint64_t)xmlStrlen(namespaces[2 * i + 1]) : 0);
    if (declared > written && !bridge_charge(p, declared - written)) return;
    for (int i = 0; i < namespace_count && !p->limit; i++) {
        const xmlChar *bound = namespaces[2 * i], *address = namespaces[2 * i + 1];
        uint32_t prefix_name = bound ? bridge_intern(p, bound, NULL, NULL) : UINT32_MAX;
        size_t length = address ? (size_t)xmlStrlen(address) : 0;
        if (!add_attribute(p, prefix_name, address, length, tag, 0)) return;
    }
    if (p->limit) return;
    close_start(p, name, tag, first, (uint32_t)attribute_count);
    if (!p->limit) p->events[p->event_count - 1].characters = (uint32_t)namespace_count;
}

static void close_element(XMLBridgeParser *p, uint32_t name, int written) {
    if (p->limit) return;
    p->text_run = 0;
    XMLBridgeEvent *event = bridge_append_event(p, XMLBridgeEventEnd);
    if (!event) return;
    int is_replacement = !p->options.html && bridge_in_reference(p);
    event->start = is_replacement ? p->reference.start : p->last_end;
    event->line = is_replacement ? p->reference.line : p->last_line;
    event->name = name;
    if (written) bridge_pass(p);
    event->end = p->last_end;
    if (p->depth > 0 && --p->depth == 0) {
        p->root_end = p->last_end;
        p->root_line = p->last_line;
    }
}

static void on_end(void *user, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri) {
    XMLBridgeParser *p = user;
    if (!p->limit) close_element(p, bridge_intern(p, local, prefix, uri), 1);
}

// MARK: HTML: the same events from tag soup

void bridge_add_text(XMLBridgeParser *p, const xmlChar *bytes, size_t count) { add_text(p, bytes, count, 0); }

static void on_html_characters(void *user, const xmlChar *bytes, int count) {
    XMLBridgeParser *p = user;
    if (p->limit || count <= 0) return;
    int is_taken = p->reference_name == (size_t)count;
    p->reference_name = 0;
    if (is_taken || (count <= 2 && bridge_take_reference(p, bytes, (size_t)count))) return;
    add_text(p, bytes, (size_t)count, 0);
}

/// A name from the HTML parser, whose strings need not come from the dictionary.
static uint32_t intern_html(XMLBridgeParser *p, const xmlChar *name) {
    const xmlChar *owned = xmlDictLookup(p->context->dict, name, -1);
    if (!owned) {
        bridge_stop(p, XMLBridgeLimitMemory);
        return 0;
    }
    return bridge_intern(p, owned, NULL, NULL);
}

/// Whether the tag of this name stands just before the parser's place. The HTML parser reports elements that no tag
/// opens or closes, and does so while it is inside other tags or text.
static int is_written(const XMLBridgeParser *p, const xmlChar *name, int closing) {
    xmlParserInputPtr input = p->context->input;
    if (!input || !input->cur || !input->base) return 0;
    if (closing && (input->cur == input->base || input->cur[-1] != '>')) return 0;
    const xmlChar *at = input->cur;
    uint64_t left = bridge_position(p) - p->last_end;
    if (closing && left == 2 && input->cur - input->base >= 2 && input->cur[-2] == '/') return 1;
    while (at > input->base && left > 0 && at[-1] != '<') {
        at--;
        left--;
    }
    if (at == input->base || (left == 0 && !closing)) return 0;
    if (closing && at[-1] == '<' && *at == '/') at++;
    size_t length = (size_t)xmlStrlen(name);
    if ((size_t)(input->end - at) < length) return 0;
    return at[-1] != 0 && xmlStrncasecmp(at, name, (int)length) == 0;
}

static void on_html_start(void *user, const xmlChar *local, const xmlChar **attributes) {
    XMLBridgeParser *p = user;
    if (!open_element(p)) return;
    int written = is_written(p, local, 0);
    TagPlace unwritten = {p->last_end, p->last_end, p->last_line}, tag = written ? tag_place(p) : unwritten;
    uint32_t name = intern_html(p, local), first = (uint32_t)p->attribute_count, count = 0;
    for (; attributes && attributes[2 * count] && !p->limit; count++) {
        if (count >= p->options.attributes) {
            bridge_stop(p, XMLBridgeLimitAttributes);
            return;
        }
        const xmlChar *value = attributes[2 * count + 1];
        uint32_t attribute_name = intern_html(p, attributes[2 * count]);
        if (!add_attribute(p, attribute_name, value, value ? (size_t)xmlStrlen(value) : 0, tag, 0))
            return;
    }
    if (!p->limit) close_start(p, name, tag, first, count);
}

static void on_html_end(void *user, const xmlChar *local) {
    XMLBridgeParser *p = user;
    if (!p->limit) close_element(p, intern_html(p, local), is_written(p, local, 1));
}

void bridge_handle_content(xmlSAXHandler *handler, int html) {
    handler->characters = on_characters;
    handler->ignorableWhitespace = on_characters;
    handler->cdataBlock = on_cdata;
    handler->comment = on_comment;
    handler->processingInstruction = on_instruction;
    if (html) {
        handler->characters = on_html_characters;
        handler->startElement = on_html_start;
        handler->endElement = on_html_end;
    } else {
        handler->startElementNs = on_start;
        handler->endElementNs = on_end;
    }
}
