// Character data, elements and attributes, with their places in the source.
#include "Bridge.h"

static uint32_t scalar_count(const xmlChar *bytes, size_t count) {
    uint32_t scalars = 0;
    for (size_t i = 0; i < count; i++) scalars += (bytes[i] & 0xC0) != 0x80;
    return scalars;
}

/// Whether bytes stand at an offset, as far as the parser still has what stood there.
static int stands_there(const XMLBridgeParser *p, uint64_t start, const xmlChar *bytes, size_t count) {
    xmlParserInputPtr input = p->context->input;
    uint64_t base = (uint64_t)input->consumed, held = (uint64_t)(input->end - input->base);
    if (start < base || start + count > base + held) return !p->options.html;
    return memcmp(input->base + (start - base), bytes, count) == 0;
}

/// The source range of `count` bytes that libxml2 just reported; sets `*exact` when they stand there as they are.
static void locate(XMLBridgeParser *p, const xmlChar *bytes, size_t count, uint64_t *start, uint64_t *end,
                   int *exact) {
    xmlParserInputPtr input = p->context->input;
    *exact = 0;
    if (input && input->base && bytes >= input->base && bytes + count <= input->end) {
        *start = bridge_offset(p, bytes);
        *end = bridge_offset(p, bytes + count);
        *exact = *end - *start == count;
        return;
    }
    *start = p->last_end;
    *end = bridge_position(p);
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
    if (*exact) *exact = stands_there(p, *start, bytes, count);
}

static void add_text(XMLBridgeParser *p, const xmlChar *bytes, size_t count, uint32_t flags) {
    if (p->limit || count == 0) return;
    uint64_t start, end;
    int exact;
    locate(p, bytes, count, &start, &end, &exact);
    p->text_run += count;
    if (p->text_run > p->options.text_bytes) {
        bridge_stop(p, XMLBridgeLimitTextBytes);
        return;
    }
    // One byte of a reference is no more "as it stands" than a longer replacement.
    if (exact && (end - start) != count) exact = 0;
    XMLBridgeEvent *previous = p->event_count ? &p->events[p->event_count - 1] : NULL;
    uint32_t first;
    if (!bridge_append_data(p, bytes, count, &first)) return;
    uint32_t scalars = scalar_count(bytes, count);
    flags |= exact ? XMLBridgeExact : 0;
    if (exact && previous && previous->kind == XMLBridgeEventText && previous->flags == flags
        && previous->end == start && previous->first + previous->count == first) {
        previous->end = end;
        previous->count += (uint32_t)count;
        previous->characters += scalars;
    } else {
        XMLBridgeEvent *event = bridge_append_event(p, XMLBridgeEventText);
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
    p->last_line = bridge_line(p);
}

static void on_characters(void *user, const xmlChar *bytes, int count) {
    if (count > 0) add_text(user, bytes, (size_t)count, 0);
}

static void on_cdata(void *user, const xmlChar *bytes, int count) {
    XMLBridgeParser *p = user;
    if (count <= 0) return;
    add_text(p, bytes, (size_t)count, XMLBridgeCharacterSection);
    if (p->limit) return;
    xmlParserInputPtr input = p->context->input;
    if (!input || !input->base || bytes < input->base || bytes + count + 3 > input->end) return;
    // The end of the section is passed without a word.
    if (memcmp(bytes + count, "]]>", 3) == 0 && p->last_end + 3 <= p->pushed) p->last_end += 3;
}

/// Markup that yields no event still moves the place where the next one starts.
void bridge_pass(XMLBridgeParser *p) {
    uint64_t here = bridge_position(p);
    if (here > p->last_end) p->last_end = here;
    p->last_line = bridge_line(p);
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

/// Where the tag that is being reported starts: the last `<` before the parser's place, and its line.
static uint64_t tag_start(XMLBridgeParser *p) {
    xmlParserInputPtr input = p->context->input;
    if (!input || !input->cur || !input->base) return p->last_end;
    const xmlChar *at = input->cur;
    uint64_t here = bridge_position(p), floor = p->last_end;
    uint32_t line = bridge_line(p);
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
        bridge_stop(p, XMLBridgeLimitDepth);
        return 0;
    }
    return 1;
}

static int add_attribute(XMLBridgeParser *p, uint32_t name, const xmlChar *value, size_t count,
                         uint64_t tag, uint64_t tag_end, uint32_t flags) {
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
    xmlParserInputPtr input = p->context->input;
    XMLBridgeAttribute *attribute = &p->attributes[p->attribute_count++];
    attribute->name = name;
    attribute->first = first;
    attribute->count = (uint32_t)count;
    attribute->flags = flags;
    attribute->start = tag;
    attribute->end = tag_end;
    if (input && input->base && value && value >= input->base && value + count <= input->end) {
        uint64_t start = bridge_offset(p, value), end = bridge_offset(p, value + count);
        if (end - start == count) {
            attribute->start = start;
            attribute->end = end;
            attribute->flags |= XMLBridgeExact;
        }
    }
    return 1;
}

static void close_start(XMLBridgeParser *p, uint32_t name, uint64_t start, uint64_t end, uint32_t first,
                        uint32_t count) {
    XMLBridgeEvent *event = bridge_append_event(p, XMLBridgeEventStart);
    if (!event) return;
    event->start = start;
    event->end = end > start ? end : start;
    event->line = p->last_line;
    event->name = name;
    event->first = first;
    event->count = count;
    if (end <= p->last_end) return;
    bridge_pass(p);
    // The tag is reported before its last character is passed.
    xmlParserInputPtr input = p->context->input;
    if (input && input->cur && input->cur < input->end && *input->cur == '>' && p->last_end == end
        && end < p->pushed) {
        p->last_end++;
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
    uint64_t start = tag_start(p), end = bridge_position(p);
    uint32_t name = bridge_intern(p, local, prefix, uri), first = (uint32_t)p->attribute_count;
    for (int i = 0; i < attribute_count && !p->limit; i++) {
        const xmlChar **a = attributes + 5 * i;
        uint32_t flags = i >= attribute_count - defaulted_count ? XMLBridgeDefaulted : 0;
        if (flags && !bridge_charge(p, (uint64_t)(a[4] - a[3]))) return;
        uint32_t attribute_name = bridge_intern(p, a[0], a[1], a[2]);
        if (!add_attribute(p, attribute_name, a[3], (size_t)(a[4] - a[3]), start, end, flags)) return;
    }
    // Declarations with a default are not told apart from written ones, but the tag is too short for them.
    uint64_t declared = 0, written = end > start ? end - start : 0;
    for (int i = 0; i < namespace_count; i++)
        declared += 8 + (namespaces[2 * i + 1] ? (uint64_t)xmlStrlen(namespaces[2 * i + 1]) : 0);
    if (declared > written && !bridge_charge(p, declared - written)) return;
    for (int i = 0; i < namespace_count && !p->limit; i++) {
        const xmlChar *bound = namespaces[2 * i], *address = namespaces[2 * i + 1];
        uint32_t prefix_name = bound ? bridge_intern(p, bound, NULL, NULL) : UINT32_MAX;
        size_t length = address ? (size_t)xmlStrlen(address) : 0;
        if (!add_attribute(p, prefix_name, address, length, start, end, 0)) return;
    }
    if (p->limit) return;
    close_start(p, name, start, end, first, (uint32_t)attribute_count);
    if (!p->limit) p->events[p->event_count - 1].characters = (uint32_t)namespace_count;
}

static void close_element(XMLBridgeParser *p, uint32_t name, int written) {
    if (p->limit) return;
    p->text_run = 0;
    XMLBridgeEvent *event = bridge_append_event(p, XMLBridgeEventEnd);
    if (!event) return;
    event->start = p->last_end;
    event->line = p->last_line;
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
    uint64_t start = written ? tag_start(p) : p->last_end, end = written ? bridge_position(p) : p->last_end;
    uint32_t name = intern_html(p, local), first = (uint32_t)p->attribute_count, count = 0;
    for (; attributes && attributes[2 * count] && !p->limit; count++) {
        if (count >= p->options.attributes) {
            bridge_stop(p, XMLBridgeLimitAttributes);
            return;
        }
        const xmlChar *value = attributes[2 * count + 1];
        uint32_t attribute_name = intern_html(p, attributes[2 * count]);
        if (!add_attribute(p, attribute_name, value, value ? (size_t)xmlStrlen(value) : 0, start, end, 0))
            return;
    }
    if (!p->limit) close_start(p, name, start, end, first, count);
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
