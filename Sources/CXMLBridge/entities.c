// The document type and entities: nothing is loaded, and what is expanded is counted.
#include "Bridge.h"

static void on_doctype(void *user, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id) {
    XMLBridgeParser *p = user;
    if (p->limit) return;
    if (!p->options.html) xmlSAX2InternalSubset(p->context, name, public_id, system_id);
    uint32_t first, next;
    const xmlChar *parts[3] = {name, public_id, system_id};
    if (!bridge_append_data(p, NULL, 0, &first)) return;
    for (int i = 0; i < 3; i++) {
        if (parts[i] && !bridge_append_data(p, parts[i], (size_t)xmlStrlen(parts[i]), &next)) return;
        if (!bridge_append_data(p, (const xmlChar *)"", 1, &next)) return;
    }
    XMLBridgeEvent *event = bridge_append_event(p, XMLBridgeEventDoctype);
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
    bridge_pass(user);
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
    bridge_pass(p);
}

static void on_entity_declaration(void *user, const xmlChar *name, int type, const xmlChar *public_id,
                                  const xmlChar *system_id, xmlChar *content) {
    XMLBridgeParser *p = user;
    if (p->limit) return;
    int parameter = type == XML_INTERNAL_PARAMETER_ENTITY || type == XML_EXTERNAL_PARAMETER_ENTITY;
    if (parameter && p->options.parameter_references == 0) {
        bridge_stop(p, XMLBridgeLimitParameterEntities);
        return;
    }
    xmlSAX2EntityDecl(p->context, name, type, public_id, system_id, content);
}

static void on_unparsed_entity(void *user, const xmlChar *name, const xmlChar *public_id,
                               const xmlChar *system_id, const xmlChar *notation) {
    XMLBridgeParser *p = user;
    if (!p->limit) xmlSAX2UnparsedEntityDecl(p->context, name, public_id, system_id, notation);
}

/// libxml2 leaves it to this handler to find that a notation has neither identifier; no notation is kept.
static void on_notation(void *user, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id) {
    XMLBridgeParser *p = user;
    if (!p->limit && !public_id && !system_id) xmlSAX2NotationDecl(p->context, name, NULL, NULL);
}

/// An entity whose replacement is its own reference, or the character that HTML gives the name.
static xmlEntityPtr keep_reference(XMLBridgeParser *p, const xmlChar *name) {
    if (!p->kept) {
        p->kept = xmlNewDoc(BAD_CAST "1.0");
        if (!p->kept || !xmlCreateIntSubset(p->kept, BAD_CAST "kept", NULL, NULL)) {
            bridge_stop(p, XMLBridgeLimitMemory);
            return NULL;
        }
    }
    const htmlEntityDesc *html = p->options.entities == XMLBridgeEntitiesHTML ? htmlEntityLookup(name) : NULL;
    int is_known = html && html->value < 0x10000 && html->value > 0x7F;
    if (!is_known) {
        XMLBridgeEvent *event = bridge_append_event(p, XMLBridgeEventUnresolved);
        if (event) event->line = bridge_line(p, bridge_position(p));
    }
    xmlEntityPtr known = xmlGetDocEntity(p->kept, name);
    if (known) return known;
    if (p->kept_count++ >= most_kept_entities) {
        bridge_stop(p, XMLBridgeLimitNames);
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
            bridge_stop(p, XMLBridgeLimitMemory);
            return NULL;
        }
    }
    xmlEntityPtr entity =
        xmlAddDocEntity(p->kept, name, XML_INTERNAL_GENERAL_ENTITY, NULL, NULL, content ? content : small);
    xmlFree(content);
    return entity;
}

int bridge_charge(XMLBridgeParser *p, uint64_t count) {
    p->expanded += 16 + count;
    // Over all that was read, and over what this push parses: a long harmless start earns nothing.
    uint64_t allowed = p->options.entity_floor + p->options.entity_factor * p->pushed;
    uint64_t allowed_now = p->expanded_before + p->options.entity_floor + p->options.entity_factor * p->at_hand;
    if (p->expanded > allowed || p->expanded > allowed_now) {
        bridge_stop(p, XMLBridgeLimitEntityExpansion);
        return 0;
    }
    return 1;
}

/// Counts what a reference expands to. After the limit every name is unknown, so nested references end at once.
static int charge(XMLBridgeParser *p, xmlEntityPtr entity) {
    p->entity_references++;
    return bridge_charge(p, entity && entity->length > 0 ? (uint64_t)entity->length : 0);
}

/// Counts the defaults of attributes: libxml2 compares each with all others of its element, in every tag.
static void on_attribute_declaration(void *user, const xmlChar *element, const xmlChar *name, int type,
                                     int kind, const xmlChar *value, xmlEnumerationPtr choices) {
    (void)element;
    (void)name;
    (void)type;
    (void)kind;
    XMLBridgeParser *p = user;
    xmlFreeEnumeration(choices);
    if (p->limit || !value) return;
    if (++p->defaults / defaults_per_attribute > p->options.attributes) bridge_stop(p, XMLBridgeLimitAttributes);
}

/// Ends the parse because of an entity that libxml2 would only warn of.
static xmlEntityPtr refuse(XMLBridgeParser *p, const xmlChar *name) {
    if (!p->error.code) {
        p->error.code = XML_WAR_UNDECLARED_ENTITY;
        p->error.level = 3;
        p->error.line = bridge_line(p, bridge_position(p));
        p->error.column = p->context->input ? (uint32_t)p->context->input->col : 0;
        p->error.offset = bridge_position(p);
        char message[message_bytes];
        snprintf(message, sizeof message, "Entity '%.100s' is declared nowhere that is read", (const char *)name);
        bridge_copy_message(p->error_message, message);
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
        bridge_stop(p, XMLBridgeLimitParameterEntities);
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

static void on_end_document(void *user) {
    XMLBridgeParser *p = user;
    p->ended = 1;
}

void bridge_handle_entities(xmlSAXHandler *handler) {
    handler->startDocument = on_start_document;
    handler->endDocument = on_end_document;
    handler->internalSubset = on_doctype;
    handler->externalSubset = on_external_subset;
    handler->resolveEntity = on_resolve;
    handler->entityDecl = on_entity_declaration;
    handler->unparsedEntityDecl = on_unparsed_entity;
    handler->notationDecl = on_notation;
    handler->attributeDecl = on_attribute_declaration;
    handler->getEntity = on_entity;
    handler->getParameterEntity = on_parameter_entity;
}
