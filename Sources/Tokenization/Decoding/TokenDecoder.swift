/// One step from tokens back to text.
enum TokenDecoder: Sendable, Hashable {
    /// Reads the byte-level alphabet, and joins all tokens.
    case byteLevel
    /// Reads tokens like `<0x0A>` as bytes.
    case byteFallback
    /// Joins all tokens.
    case fuse
    /// Replaces text within every token.
    case replace(pattern: [UInt8], content: [UInt8])
    /// Removes a character from the ends of every token, at most so many times.
    case strip(content: [UInt8], start: Int, stop: Int)
    /// Reads the visible space as a space; drops it from the first token.
    case metaspace(replacement: [UInt8], dropsFirst: Bool)
    /// Puts a space between tokens; stands for a missing decoder.
    case spaced

    /// Reads the `decoder` member of a tokenizer, with nested sequences laid flat.
    static func read(_ node: JSONNode) throws -> [TokenDecoder] { node.isNull ? [.spaced] : try steps(node) }

    /// Refuses steps that together make a token many times as long.
    static func refuseGrowth(_ decoders: [TokenDecoder]) throws {
        var growth = 1.0
        for case .replace(let pattern, let content) in decoders {
            growth *= Normalizer.growth(pattern, content)
        }
        guard growth <= 256 else {
            throw TokenizationError(
                .invalidTokenizer, "The decoders can make a token more than 256 times as long.",
                context: ["component": "decoder"])
        }
    }

    private static func steps(_ node: JSONNode) throws -> [TokenDecoder] {
        let type = try node["type"].string()
        switch type {
        case "Sequence": return try node["decoders"].array().flatMap { try steps($0) }
        case "ByteLevel": return [.byteLevel]
        case "ByteFallback": return [.byteFallback]
        case "Fuse": return [.fuse]
        case "Replace":
            guard !node["pattern"]["String"].isNull else {
                throw TokenizationError(
                    .unsupportedComponent,
                    "A Replace decoder has a regular expression; only plain text can be replaced.",
                    context: ["component": node["pattern"].path])
            }
            let pattern = try node["pattern"]["String"].bytes()
            return [.replace(pattern: pattern, content: try node["content"].bytes())]
        case "Strip":
            let content = try node["content"].bytes()
            guard content.onlyScalar != nil else {
                throw TokenizationError(
                    .invalidTokenizer, "A Strip decoder needs one character as content.",
                    context: ["component": node["content"].path])
            }
            let start = try node["start"].integer(in: 0..<Int(Int32.max))
            return [
                .strip(content: content, start: start, stop: try node["stop"].integer(in: 0..<Int(Int32.max)))
            ]
        case "Metaspace":
            let metaspace = try PreTokenizer.Metaspace(node)
            var replacement: [UInt8] = []
            replacement.append(scalar: metaspace.replacement)
            return [.metaspace(replacement: replacement, dropsFirst: metaspace.prepending != .never)]
        default:
            throw TokenizationError(
                .unsupportedComponent,
                "The decoder \(type) is unknown; ByteLevel, ByteFallback, Fuse, Replace, Strip, Metaspace and Sequence are known.",
                context: ["component": node.path])
        }
    }
}
