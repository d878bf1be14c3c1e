// What stands before the root element. A document type is handed to libxml2 only as a whole: it looks for the end of
// one before it parses it, takes quotation marks and brackets in comments and instructions for those of declarations,
// and `>` in an identifier for the end, so the same file was well-formed or not by where its pieces ended.
#include "Bridge.h"

enum { outside, comment, instruction, doctype, subset, declaration };

/// Whether the latest bytes are those of a short text.
static int ends_with(const XMLBridgeParser *p, const char *text, size_t count) {
    uint64_t wanted = 0;
    for (size_t i = 0; i < count; i++) wanted = wanted << 8 | (uint8_t)text[i];
    return (p->prolog.latest & (count < 8 ? (1ull << 8 * count) - 1 : UINT64_MAX)) == wanted;
}

/// Notes what a `<` before the root element or in the internal subset opens, as soon as it shows.
static void note_opening(XMLBridgeParser *p, uint64_t offset) {
    uint8_t state = p->prolog.state;
    uint64_t length = p->prolog.length;
    if (length == 2 && ends_with(p, "<?", 2)) {
        p->prolog.state = instruction;
    } else if (length == 4 && ends_with(p, "<!--", 4)) {
        p->prolog.state = comment;
    } else if (state == outside && length == 9 && ends_with(p, "!DOCTYPE", 8)) {
        p->prolog.state = doctype;
        p->prolog.start = offset - 8;
        return;
    } else if (state == outside && length == 2 && !ends_with(p, "<!", 2)) {
        p->prolog.is_over = 1;
    } else if (state == subset && length == 3 && !ends_with(p, "<!-", 3)) {
        p->prolog.state = declaration;
        p->prolog.choices = 0;
        return;
    } else {
        return;
    }
    p->prolog.below = state;
    p->prolog.has_blank = 0;
}

/// Looks at a byte inside a document type, but in no comment or instruction.
static void look_inside(XMLBridgeParser *p, uint8_t byte) {
    switch (byte) {
    case '"':
    case '\'':
        if (p->prolog.state != subset) p->prolog.quote = byte;
        break;
    case '[':
        if (p->prolog.state == doctype) p->prolog.state = subset;
        break;
    case ']':
        if (p->prolog.state == subset) p->prolog.state = doctype;
        break;
    case '>':
        if (p->prolog.state == doctype) p->prolog.is_over = 1;
        if (p->prolog.state == declaration) p->prolog.state = subset;
        break;
    // libxml2 compares each choice of a list with all others.
    case '(': p->prolog.choices = 0; break;
    case '|':
        if (++p->prolog.choices > most_choices) bridge_stop(p, XMLBridgeLimitChoices);
        break;
    default: break;
    }
}

static void look(XMLBridgeParser *p, uint8_t *byte, uint64_t offset) {
    p->prolog.latest = p->prolog.latest << 8 | *byte;
    if (p->prolog.length) p->prolog.length++;
    if (p->prolog.quote) {
        if (*byte == p->prolog.quote) p->prolog.quote = 0;
        return;
    }
    if (p->prolog.state == comment || p->prolog.state == instruction) {
        int is_comment = p->prolog.state == comment;
        if (is_comment ? p->prolog.length > 6 && ends_with(p, "-->", 3)
                       : p->prolog.length > 3 && ends_with(p, "?>", 2)) {
            p->prolog.state = p->prolog.below;
            p->prolog.length = 0;
        } else if (*byte <= ' ') {
            p->prolog.has_blank = 1;
        } else if (p->prolog.below == subset && (is_comment || p->prolog.has_blank)
                   && (*byte == '"' || *byte == '\'' || *byte == '<' || *byte == ']')) {
            // Nobody reads it, and libxml2 would take it for one of a declaration.
            *byte = '.';
        }
        return;
    }
    if (*byte == '<') p->prolog.length = 1;
    if (p->prolog.state == outside || p->prolog.state == subset) note_opening(p, offset);
    if (p->prolog.state >= doctype) look_inside(p, *byte);
}

int bridge_holds_back(XMLBridgeParser *p) {
    if (p->prolog.is_over) return 0;
    uint64_t at = p->prolog.seen > p->source_start ? p->prolog.seen : p->source_start;
    uint8_t *bytes = p->source + (at - p->source_start);
    for (; at < p->pushed && !p->prolog.is_over && !p->limit; at++) look(p, bytes++, at);
    p->prolog.seen = at;
    int is_apart = p->prolog.state == comment || p->prolog.state == instruction;
    int is_inside = !p->prolog.is_over && (is_apart ? p->prolog.below : p->prolog.state) != outside;
    if (is_inside && p->pushed - p->prolog.start > p->options.doctype_bytes) bridge_stop(p, XMLBridgeLimitDoctype);
    return is_inside;
}
