// The batch under construction, and the names in it.
#include "Bridge.h"

int bridge_reserve(void **buffer, size_t *room, size_t wanted, size_t stride) {
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

void bridge_copy_message(char *into, const char *message) {
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
void bridge_stop(XMLBridgeParser *p, uint32_t limit) {
    if (p->limit) return;
    p->limit = limit;
    p->error.code = -1;
    p->error.level = 3;
    p->error.line = bridge_line(p, bridge_position(p));
    p->error.column = p->context && p->context->input ? (uint32_t)p->context->input->col : 0;
    p->error.offset = bridge_position(p);
    p->error_message[0] = 0;
    if (p->context) xmlStopParser(p->context);
}

int bridge_append_data(XMLBridgeParser *p, const xmlChar *bytes, size_t count, uint32_t *first) {
    if (!bridge_reserve((void **)&p->data, &p->data_room, p->data_count + count + 1, 1)) {
        bridge_stop(p, XMLBridgeLimitMemory);
        return 0;
    }
    *first = (uint32_t)p->data_count;
    if (count) memcpy(p->data + p->data_count, bytes, count);
    p->data_count += count;
    return 1;
}

XMLBridgeEvent *bridge_append_event(XMLBridgeParser *p, uint32_t kind) {
    if (!bridge_reserve((void **)&p->events, &p->event_room, p->event_count + 1, sizeof(XMLBridgeEvent))) {
        bridge_stop(p, XMLBridgeLimitMemory);
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
uint32_t bridge_intern(XMLBridgeParser *p, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri) {
    NameKey key = {local, prefix, uri};
    if (p->name_count * 2 >= p->slot_count && !grow_slots(p)) {
        bridge_stop(p, XMLBridgeLimitMemory);
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
        bridge_stop(p, XMLBridgeLimitNameBytes);
        return 0;
    }
    if (p->name_count >= most_names) {
        bridge_stop(p, XMLBridgeLimitNames);
        return 0;
    }
    if (!bridge_reserve((void **)&p->names, &p->name_room, p->name_count + 1, sizeof(NameKey))) {
        bridge_stop(p, XMLBridgeLimitMemory);
        return 0;
    }
    p->names[p->name_count] = key;
    p->slots[at] = (uint32_t)++p->name_count;
    return (uint32_t)p->name_count - 1;
}
