// References in HTML as browsers take them, where libxml2 keeps to the letter.
#include "Bridge.h"

/// What windows-1252 has in the place of each control character from U+0080 on.
static const uint16_t windows_1252[32] = {
    0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160,
    0x2039, 0x152,  0x8D,   0x17D,  0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0x9D,   0x17E,  0x178,
};

static int is_letter(xmlChar byte) { return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z'; }
static int is_digit(xmlChar byte) { return byte >= '0' && byte <= '9'; }

/// The character of the longest name, among those that need no semicolon, that some text starts with; 0 for none.
static unsigned int short_name(const xmlChar *text, size_t count, size_t *length) {
    xmlChar name[8];
    for (*length = count < 6 ? count : 6; *length >= 2; (*length)--) {
        memcpy(name, text, *length);
        name[*length] = 0;
        const htmlEntityDesc *known = htmlEntityLookup(name);
        // Those of Latin-1; `apos` came later.
        if (known && known->value < 0x100 && known->value != '\'') return known->value;
    }
    *length = 0;
    return 0;
}

/// Where the name of letters and digits starts that ends at the parser's place.
static const xmlChar *name_start(xmlParserInputPtr input) {
    const xmlChar *start = input->cur;
    while (start > input->base && input->cur - start < 64 && (is_letter(start[-1]) || is_digit(start[-1])))
        start--;
    return start;
}

/// Takes what the HTML parser reports when it stands for another character, and gives whether it did. Such are
/// `&#150;`, which means what windows-1252 has there, and `&copy 2020`, reported as `&` and then the name.
int bridge_take_reference(XMLBridgeParser *p, const xmlChar *bytes, size_t count) {
    xmlParserInputPtr input = p->context->input;
    if (!input || !input->base || input->cur <= input->base) return 0;
    xmlChar small[8];
    if (count == 2 && bytes[0] == 0xC2 && bytes[1] < 0xA0) {
        if (name_start(input) == input->cur && input->cur[-1] != ';') return 0;
        bridge_add_text(p, small, (size_t)xmlCopyCharMultiByte(small, windows_1252[bytes[1] & 0x1F]));
        return 1;
    }
    if (count != 1 || *bytes != '&') return 0;
    const xmlChar *place = input->cur, *start = name_start(input), *end = place;
    // A name that the input ends with has not been passed yet.
    if (start == end)
        while (end < input->end && (is_letter(*end) || is_digit(*end))) end++;
    if (place == start && end != input->end) return 0;
    if (start == input->base || start[-1] != '&' || start == end || !is_letter(*start)) return 0;
    p->reference_name = (size_t)(end - start);
    size_t length;
    unsigned int value = short_name(start, p->reference_name, &length);
    if (value) {
        // The character is that of the name alone, not of what is behind it.
        input->cur = start + length;
        bridge_add_text(p, small, (size_t)xmlCopyCharMultiByte(small, (int)value));
        input->cur = place;
        start += length;
    } else {
        start--;
    }
    if (start < end) bridge_add_text(p, start, (size_t)(end - start));
    return 1;
}
