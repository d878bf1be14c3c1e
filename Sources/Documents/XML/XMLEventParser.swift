import CXMLBridge

/// libxml2's push parser behind the C bridge: bytes in, batches of events out.
///
/// This file and ``XMLRecordReader`` are the only ones that touch the bridge's memory.
final class XMLEventParser {
    private let parser: OpaquePointer
    private(set) var names: [ElementName] = []

    init(html: Bool, recover: Bool, entities: EntityPolicy, limits: DocumentLimits) throws {
        var options = XMLBridgeOptions()
        options.recover = recover ? 1 : 0
        options.html = html ? 1 : 0
        options.entities =
            switch entities {
            case .keep: UInt32(XMLBridgeEntitiesKeep)
            case .keepAll: UInt32(XMLBridgeEntitiesKeepAll)
            case .html: UInt32(XMLBridgeEntitiesHTML)
            case .refuse: UInt32(XMLBridgeEntitiesRefuse)
            }
        options.depth = UInt32(clamping: limits.depth)
        options.attributes = UInt32(clamping: limits.attributes)
        options.attribute_bytes = UInt64(clamping: limits.attributeBytes)
        options.text_bytes = UInt64(clamping: limits.textNodeBytes)
        options.name_bytes = UInt64(clamping: limits.nameBytes)
        options.token_bytes = UInt64(clamping: limits.attributeBytes) + (1 << 20)
        options.doctype_bytes = UInt64(clamping: limits.doctypeBytes)
        options.entity_factor = UInt64(clamping: limits.entityExpansion)
        options.entity_floor = UInt64(clamping: limits.entityFloor)
        options.parameter_references = UInt64(clamping: limits.parameterEntities)
        guard let parser = xml_bridge_create(&options) else {
            throw DocumentFailure(.unreadable, "libxml2 cannot start a parser: out of memory")
        }
        self.parser = parser
    }

    deinit { xml_bridge_free(parser) }

    /// Parses more bytes and hands the events over. Returns false when the parser cannot go on.
    func push(
        _ bytes: UnsafeBufferPointer<UInt8>, last: Bool, _ body: (XMLBridgeBatch) throws -> Void
    ) rethrows -> Bool {
        let status = xml_bridge_push(parser, bytes.baseAddress, bytes.count, last ? 1 : 0)
        learnNames()
        try body(xml_bridge_batch(parser))
        return status == XMLBridgeGoesOn
    }

    /// Says which of the bytes that are pushed next stand for a `<` of the text.
    func mask(_ offsets: [Int]) {
        for offset in offsets { xml_bridge_mask(parser, UInt64(clamping: offset)) }
    }

    private func learnNames() {
        let count = xml_bridge_name_count(parser)
        while names.count < count {
            let name = xml_bridge_name(parser, names.count)
            names.append(
                ElementName(
                    local: String(cString: name.local),
                    prefix: name.prefix.map { String(cString: $0) },
                    uri: name.uri.map { String(cString: $0) }))
        }
    }

    /// Offset behind the root element's end tag, 0 while it is open.
    var rootEnd: Int { Int(clamping: xml_bridge_root_end(parser)) }
    var isRecovered: Bool { xml_bridge_recovered(parser) != 0 }

    /// libxml2's first warning, in words.
    var warning: String? {
        let warning = xml_bridge_warning(parser)
        guard warning.code != 0 else { return nil }
        return "line \(warning.line): \(String(cString: warning.message))"
    }

    /// Whether a limit stopped the parser.
    var isLimited: Bool { Int(xml_bridge_limit(parser)) != XMLBridgeLimitNone }

    /// libxml2's number of the error that ended the parse.
    var errorCode: Int { Int(xml_bridge_error(parser).code) }

    /// Whether libxml2 takes nothing more, well or ill.
    var isHalted: Bool { xml_bridge_halted(parser) != 0 }

    /// Whether it went on behind errors and then left the rest: that could not be mended, or is behind the root element.
    var leavesRest: Bool { isRecovered && (isHalted || rootEnd > 0 && latestErrorCode == 5) }

    private var latestErrorCode: Int { Int(xml_bridge_latest_error(parser).code) }

    /// Line ends up to the root element's end.
    var linesToRootEnd: Int { Int(xml_bridge_root_line(parser)) - 1 }

    /// Whether the parser stopped at something behind the root element.
    var endsAtSecondRoot: Bool {
        // XML_ERR_DOCUMENT_EMPTY, XML_ERR_DOCUMENT_END, XML_ERR_RESERVED_XML_NAME
        rootEnd > 0 && (leavesRest || [4, 5, 64].contains(errorCode))
    }

    /// Whether the bytes ended before the root element did.
    var endsTooEarly: Bool { rootEnd == 0 && !isLimited && errorCode == 5 }

    /// Why the parser cannot go on: the first error, or, where it went on behind errors, the last.
    func failure(limits: DocumentLimits) -> DocumentFailure {
        let error = leavesRest && !isLimited ? xml_bridge_latest_error(parser) : xml_bridge_error(parser)
        var failure = DocumentFailure(.malformed, "not well-formed: " + String(cString: error.message))
        if let limit = limitMessage(limits) { failure = DocumentFailure(.limit, limit) }
        failure.line = Int(error.line)
        failure.column = error.column > 0 ? Int(error.column) : nil
        failure.byteOffset = Int(clamping: error.offset)
        return failure
    }

    private func limitMessage(_ limits: DocumentLimits) -> String? {
        switch Int(xml_bridge_limit(parser)) {
        case XMLBridgeLimitNone: nil
        case XMLBridgeLimitDepth: "elements nest deeper than \(limits.depth) (limit depth)"
        case XMLBridgeLimitAttributes:
            "more than \(limits.attributes) attributes in one tag (limit attributes)"
        case XMLBridgeLimitAttributeBytes:
            "an attribute value of more than \(limits.attributeBytes) bytes (limit attribute-bytes)"
        case XMLBridgeLimitTextBytes:
            "a text node of more than \(limits.textNodeBytes) bytes (limit text-node-bytes)"
        case XMLBridgeLimitNameBytes: "a name of more than \(limits.nameBytes) bytes (limit name-bytes)"
        case XMLBridgeLimitEntityExpansion:
            "entities and defaults of attributes expand to more than \(limits.entityExpansion) times the input (limit entity-expansion)"
        case XMLBridgeLimitParameterEntities:
            "more than \(limits.parameterEntities) references to parameter entities (limit parameter-entities)"
        case XMLBridgeLimitToken:
            "a tag, comment or instruction of more than \(limits.attributeBytes) bytes (limit attribute-bytes)"
        case XMLBridgeLimitDoctype:
            "a document type declaration of more than \(limits.doctypeBytes) bytes (limit doctype-bytes)"
        case XMLBridgeLimitChoices: "a list of more choices than a real document type has (4096)"
        case XMLBridgeLimitNames: "more distinct names than a real document has (65536)"
        default: "out of memory while parsing"
        }
    }
}
