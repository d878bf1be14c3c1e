// The life of a parser, and what it is asked for.
#include "Bridge.h"

static void note(const XMLBridgeParser *p, XMLBridgeError *into, char *message, const xmlError *error) {
    into->code = error->code;
    into->level = (int32_t)error->level;
    into->line = bridge_line(p, bridge_position(p));
    into->column = error->int2 > 0 ? (uint32_t)error->int2 : 0;
    into->offset = bridge_position(p);
    bridge_copy_message(message, error->message);
}

static void on_error(void *user, xmlErrorPtr error) {
    if (!error) return;
    // What concerns validity alone comes with libxml2's context in place of ours.
    xmlParserCtxtPtr context = error->ctxt;
    XMLBridgeParser *p = context && user == context ? context->userData : user;
    if (!p || p->limit) return;
    int harmless = error->level < XML_ERR_FATAL || error->domain == XML_FROM_NAMESPACE
        || (p->options.html && error->domain == XML_FROM_HTML);
    if (harmless) {
        p->warning_count++;
        if (!p->warning.code) note(p, &p->warning, p->warning_message, error);
        return;
    }
    if (p->options.recover) p->recovered = 1;
    note(p, &p->latest, p->latest_message, error);
    if (!p->error.code) note(p, &p->error, p->error_message, error);
}

/// Counts the attributes of a start tag over the bytes that follow. libxml2 parses a tag when it has all of it, and
/// compares every attribute with all others before it says that there are too many.
static void scan_tag(XMLBridgeParser *p, const uint8_t *bytes, size_t count) {
    uint8_t quote = p->tag.quote, before = p->tag.before, latest = p->tag.latest;
    uint32_t signs = p->tag.signs, words = p->tag.words, most = p->options.attributes;
    size_t at = 0;
    for (; at < count && signs <= most && words <= most; at++) {
        uint8_t byte = bytes[at];
        if (p->options.html && !quote && byte > ' ' && latest <= ' ' && byte != '=' && before != '='
            && byte != '>' && byte != '/')
            words++;
        if (quote) {
            if (byte == quote) quote = 0;
        } else if (byte == '=') {
            signs++;
        } else if ((byte == '"' || byte == '\'') && before == '=') {
            quote = byte;
        } else if (byte == '>') {
            break;
        }
        if (byte > ' ') before = byte;
        latest = byte;
    }
    p->tag.is_open = at == count;
    p->tag.quote = quote;
    p->tag.before = before;
    p->tag.signs = signs;
    p->tag.latest = latest;
    p->tag.words = words;
    if (signs > most || words > most) bridge_stop(p, XMLBridgeLimitAttributes);
}

/// Looks at the start tag that the parser waits for the end of, once.
static void scan_waiting(XMLBridgeParser *p) {
    xmlParserInputPtr input = p->context->input;
    p->tag.is_open = p->tag.is_open && p->tag.start == bridge_position(p);
    if (p->tag.is_open || !input || !input->cur || input->end - input->cur < 2 || *input->cur != '<') return;
    xmlChar next = input->cur[1];
    if (next == '!' || next == '?' || next == '/') return;
    if (p->options.html && ((next | 0x20) < 'a' || (next | 0x20) > 'z')) return;
    p->tag.start = bridge_position(p);
    p->tag.signs = p->tag.words = 0;
    p->tag.quote = p->tag.before = 0;
    p->tag.latest = '<';
    scan_tag(p, input->cur + 1, (size_t)(input->end - input->cur) - 1);
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

static void fill_handler(XMLBridgeParser *p) {
    memset(&p->handler, 0, sizeof p->handler);
    p->handler.initialized = XML_SAX2_MAGIC;
    p->handler.serror = on_error;
    bridge_handle_entities(&p->handler);
    bridge_handle_content(&p->handler, p->options.html != 0);
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
    p->prolog.is_over = options->html != 0;
    p->error.message = p->error_message;
    p->latest.message = p->latest_message;
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
    free(p->source);
    free(p->masks);
    free(p->events);
    free(p->attributes);
    free(p->data);
    free(p->names);
    free(p->slots);
    free(p);
}

void xml_bridge_mask(XMLBridgeParser *p, uint64_t offset) {
    if (p->mask_next == p->mask_count) p->mask_next = p->mask_count = 0;
    if (!bridge_reserve((void **)&p->masks, &p->mask_room, p->mask_count + 1, sizeof *p->masks)) {
        bridge_stop(p, XMLBridgeLimitMemory);
        return;
    }
    p->masks[p->mask_count++] = offset;
}

int xml_bridge_push(XMLBridgeParser *p, const uint8_t *bytes, size_t count, int last) {
    p->event_count = p->attribute_count = p->data_count = 0;
    if (p->limit) return XMLBridgeLimited;
    if (p->refused) return XMLBridgeMalformed;
    if (p->finished) return p->error.code && !p->options.recover ? XMLBridgeMalformed : XMLBridgeGoesOn;
    p->at_hand = p->pushed - bridge_position(p) + count;
    p->expanded_before = p->expanded;
    if (!bridge_take_source(p, bytes, count)) return XMLBridgeLimited;
    p->pushed += count;
    if (p->tag.is_open && count) scan_tag(p, bytes, count);
    int holds_back = bridge_holds_back(p);
    if (p->limit) return XMLBridgeLimited;
    if (holds_back && !last) return XMLBridgeGoesOn;
    size_t left = (size_t)(p->pushed - p->given);
    const char *rest = (const char *)bridge_source(p, p->given, left);
    int size = left > (1 << 30) ? (1 << 30) : (int)left;
    p->given = p->pushed;
    int code = p->options.html ? htmlParseChunk(p->context, rest, size, last)
                               : xmlParseChunk(p->context, rest, size, last);
    if (p->limit) return XMLBridgeLimited;
    if (!p->options.html && (last ? !p->ended : p->context->instate == XML_PARSER_EOF)) p->halted = 1;
    if (!last && !p->halted) scan_waiting(p);
    if (p->limit) return XMLBridgeLimited;
    uint64_t waiting = p->halted ? 0 : p->pushed - (bridge_position(p) < p->pushed ? bridge_position(p) : p->pushed);
    if (!last && waiting > p->options.token_bytes) bridge_stop(p, XMLBridgeLimitToken);
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
            p->error.line = bridge_line(p, bridge_position(p));
            p->error.offset = bridge_position(p);
            bridge_copy_message(p->error_message, "the document is not well-formed");
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
                            p->event_count, p->attribute_count, p->data_count,
                            p->source,      p->source_start,    p->source_count};
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
XMLBridgeError xml_bridge_latest_error(const XMLBridgeParser *p) { return p->latest; }
int xml_bridge_halted(const XMLBridgeParser *p) { return p->halted; }
XMLBridgeError xml_bridge_warning(const XMLBridgeParser *p) { return p->warning; }
int xml_bridge_limit(const XMLBridgeParser *p) { return (int)p->limit; }
int xml_bridge_recovered(const XMLBridgeParser *p) { return p->recovered; }
uint64_t xml_bridge_root_end(const XMLBridgeParser *p) { return p->root_end; }
uint32_t xml_bridge_root_line(const XMLBridgeParser *p) { return p->root_line; }
uint64_t xml_bridge_warning_count(const XMLBridgeParser *p) { return p->warning_count; }
