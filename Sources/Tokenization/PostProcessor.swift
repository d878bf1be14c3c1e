/// What is done to the tokens of a text at last: special tokens around it, and offsets without white space.
struct PostProcessor: Sendable {
    /// Special tokens before and after the text.
    private(set) var prefix: [Int32] = []
    private(set) var suffix: [Int32] = []
    /// Whether offsets leave out white space at the ends of tokens; then, whether a leading space was added.
    private(set) var trimming: Trimming?

    /// How offsets are trimmed.
    struct Trimming: Sendable {
        let addsPrefixSpace: Bool
    }

    /// Reads the `post_processor` member of a tokenizer.
    init(_ node: JSONNode) throws { try read(node) }

    private mutating func read(_ node: JSONNode) throws {
        if node.isNull { return }
        let type = try node["type"].string()
        switch type {
        case "Sequence":
            for processor in try node["processors"].array() { try read(processor) }
        case "ByteLevel":
            if try node["trim_offsets"].bool(default: true) {
                trimming = Trimming(addsPrefixSpace: try node["add_prefix_space"].bool(default: true))
            }
        case "TemplateProcessing":
            try readTemplate(node)
        default:
            throw TokenizationError(
                .unsupportedComponent,
                "The post-processor \(type) is unknown; TemplateProcessing, ByteLevel and Sequence are known.",
                context: ["component": node.path])
        }
    }

    private mutating func readTemplate(_ node: JSONNode) throws {
        var before: [Int32] = []
        var after: [Int32] = []
        var texts = 0
        for piece in try node["single"].array() {
            if !piece["Sequence"].isNull {
                texts += 1
                continue
            }
            let name = try piece["SpecialToken"]["id"].string()
            let ids = try node["special_tokens"][name]["ids"].array().map {
                Int32(try $0.integer(in: 0..<Vocabulary.idLimit))
            }
            if texts == 0 { before += ids } else { after += ids }
        }
        guard texts == 1 else {
            throw TokenizationError(
                .unsupportedComponent, "The template names the text \(texts) times; once is expected.",
                context: ["component": node["single"].path])
        }
        prefix = before + prefix
        suffix += after
    }

    /// Takes white space at the ends of tokens out of their offsets.
    func trimOffsets(_ sink: inout TokenSink, spaces: (Int32) -> (leading: Int, trailing: Int)) {
        guard let trimming else { return }
        for index in sink.ids.indices {
            var (leading, trailing) = spaces(sink.ids[index])
            if leading == 0 && trailing == 0 { continue }
            let isFirst = index == 0 || sink.starts[index] == 0
            if isFirst, trimming.addsPrefixSpace, leading == 1 { leading = 0 }
            sink.starts[index] = min(sink.starts[index] + Int32(leading), sink.ends[index])
            trailing = min(trailing, Int(sink.ends[index]))
            sink.ends[index] = max(sink.ends[index] - Int32(trailing), sink.starts[index])
        }
    }
}
