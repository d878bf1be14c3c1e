// Where in the source things stand: the bytes at hand, the lines, and the references that text came from.
//
// libxml2 hands over much of the text as a copy, with its line ends made one, and counts line feeds alone. So the
// bytes from the latest event on are kept, and what it hands over is found among them.
#include "Bridge.h"

enum { most_unreported = 1 << 16 };

static xmlParserInputPtr file_input(const XMLBridgeParser *p) {
    if (!p->context) return NULL;
    // Above it may stand the replacement of a parameter entity.
    return p->context->inputNr > 1 ? p->context->inputTab[0] : p->context->input;
}

uint64_t bridge_offset(const XMLBridgeParser *p, const xmlChar *place) {
    xmlParserInputPtr input = file_input(p);
    uint64_t offset = (uint64_t)input->consumed + (uint64_t)(place - input->base);
    return offset < p->pushed ? offset : p->pushed;
}

uint64_t bridge_position(const XMLBridgeParser *p) {
    xmlParserInputPtr input = file_input(p);
    if (!input || !input->cur || !input->base) return p->last_end;
    return bridge_offset(p, input->cur);
}

int bridge_holds(const XMLBridgeParser *p, const xmlChar *bytes, size_t count) {
    xmlParserInputPtr input = file_input(p);
    return input && input->base && bytes && bytes >= input->base && bytes + count <= input->end;
}

const uint8_t *bridge_source(const XMLBridgeParser *p, uint64_t offset, size_t count) {
    if (offset < p->source_start || offset + count > p->source_start + p->source_count) return NULL;
    return p->source + (offset - p->source_start);
}

// MARK: Lines

/// Line ends among some bytes, at LF, CR LF and CR; `next` is the byte behind them, -1 when it is not known yet.
static uint32_t line_ends(const uint8_t *bytes, size_t count, int next) {
    uint32_t ends = 0;
    uint8_t returns = 0;
    for (size_t i = 0; i < count; i++) {
        ends += bytes[i] == '\n';
        returns |= bytes[i] == '\r';
    }
    if (!returns) return ends;
    for (size_t i = 0; i + 1 < count; i++) ends += bytes[i] == '\r' && bytes[i + 1] != '\n';
    return ends + (bytes[count - 1] == '\r' && next >= 0 && next != '\n');
}

uint32_t bridge_line(const XMLBridgeParser *p, uint64_t offset) {
    if (offset > p->pushed) offset = p->pushed;
    if (offset <= p->last_end) return p->last_line;
    size_t count = (size_t)(offset - p->last_end);
    const uint8_t *bytes = bridge_source(p, p->last_end, count), *next = bridge_source(p, offset, 1);
    return bytes ? p->last_line + line_ends(bytes, count, next ? *next : -1) : p->last_line;
}

void bridge_move(XMLBridgeParser *p, uint64_t offset) {
    if (offset > p->pushed) offset = p->pushed;
    if (offset <= p->last_end) return;
    p->last_line = bridge_line(p, offset);
    p->last_end = offset;
    const uint8_t *last = offset == p->pushed ? bridge_source(p, offset - 1, 1) : NULL;
    p->ends_in_return = last && *last == '\r';
}

int bridge_take_source(XMLBridgeParser *p, const uint8_t *bytes, size_t count) {
    // Blanks outside the root element are passed without a word.
    if (bridge_position(p) > p->last_end + most_unreported) bridge_move(p, bridge_position(p));
    if (p->ends_in_return && count) {
        if (*bytes != '\n') p->last_line++;
        p->ends_in_return = 0;
    }
    size_t passed = (size_t)(p->last_end - p->source_start);
    if (passed) memmove(p->source, p->source + passed, p->source_count - passed);
    p->source_start += passed;
    p->source_count -= passed;
    if (!bridge_reserve((void **)&p->source, &p->source_room, p->source_count + count, 1)) {
        bridge_stop(p, XMLBridgeLimitMemory);
        return 0;
    }
    if (count) memcpy(p->source + p->source_count, bytes, count);
    p->source_count += count;
    return 1;
}

// MARK: References

int bridge_in_reference(XMLBridgeParser *p) {
    uint64_t here = bridge_position(p);
    if (p->reference.end && p->reference.end == here) return 1;
    const uint8_t *bytes = here > p->last_end ? bridge_source(p, p->last_end, (size_t)(here - p->last_end)) : NULL;
    if (!bytes || *bytes != '&') return 0;
    if (!p->options.html) {
        size_t at = 1, count = (size_t)(here - p->last_end);
        while (at < count && bytes[at] != ';' && bytes[at] > ' ' && bytes[at] != '<' && bytes[at] != '&') at++;
        if (at + 1 != count || bytes[at] != ';') return 0;
    }
    p->reference.start = p->last_end;
    p->reference.end = here;
    p->reference.line = p->last_line;
    return 1;
}

/// Markup that yields no event still moves the place where the next one starts.
void bridge_pass(XMLBridgeParser *p) {
    bridge_in_reference(p);
    bridge_move(p, bridge_position(p));
}
