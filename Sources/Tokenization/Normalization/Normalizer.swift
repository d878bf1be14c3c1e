/// One step of normalisation.
enum Normalizer: Sendable, Hashable {
    /// Canonical composition.
    case composed
    /// Canonical decomposition.
    case decomposed
    /// Puts text before every stretch that is not empty.
    case prepend([UInt8])
    /// Replaces every occurrence of a text.
    case replace(pattern: [UInt8], content: [UInt8])
    /// Lower case, scalar by scalar.
    case lowercase
    /// Removes white space from the ends.
    case strip(left: Bool, right: Bool)

    /// Reads the `normalizer` member of a tokenizer, with nested sequences laid flat.
    static func read(_ node: JSONNode) throws -> [Normalizer] {
        if node.isNull { return [] }
        let type = try node["type"].string()
        switch type {
        case "Sequence": return try node["normalizers"].array().flatMap { try read($0) }
        case "NFC": return [.composed]
        case "NFD": return [.decomposed]
        case "Lowercase": return [.lowercase]
        case "Prepend": return [.prepend(try node["prepend"].bytes())]
        case "Strip":
            let left = try node["strip_left"].bool(default: true)
            return [.strip(left: left, right: try node["strip_right"].bool(default: true))]
        case "Replace":
            let pattern = node["pattern"]["String"]
            guard !pattern.isNull else {
                throw TokenizationError(
                    .unsupportedComponent,
                    "A Replace normalizer has a regular expression; only plain text can be replaced.",
                    context: ["component": node["pattern"].path])
            }
            let bytes = try pattern.bytes()
            guard !bytes.isEmpty else {
                throw TokenizationError(
                    .unsupportedComponent, "A Replace normalizer has an empty pattern.",
                    context: ["component": pattern.path])
            }
            return [.replace(pattern: bytes, content: try node["content"].bytes())]
        default:
            throw TokenizationError(
                .unsupportedComponent,
                "The normalizer \(type) is unknown; NFC, NFD, Lowercase, Prepend, Replace, Strip and Sequence are known.",
                context: ["component": node.path])
        }
    }

    /// Refuses steps that together make a text many times as long, as replacements of replacements can.
    static func refuseGrowth(_ normalizers: [Normalizer]) throws {
        var growth = 1.0
        for normalizer in normalizers {
            switch normalizer {
            case .replace(let pattern, let content) where !pattern.isEmpty:
                growth *= Self.growth(pattern, content)
            case .prepend(let text) where text.count > 256: growth = .infinity
            default: break
            }
        }
        guard growth <= 256 else {
            throw TokenizationError(
                .invalidTokenizer,
                "The normalizers can make a text more than 256 times as long; that is more than any of the known models.",
                context: ["component": "normalizer"])
        }
    }

    /// How many times as long a replacement makes a text at most.
    static func growth(_ pattern: [UInt8], _ content: [UInt8]) -> Double {
        max(1, Double(content.count) / Double(max(1, pattern.count)))
    }

    /// The normalised form of a range of a text, or nil if it is the same.
    func apply(to text: Span<UInt8>, _ range: Range<Int>) -> NormalizedText? {
        switch self {
        case .composed: CanonicalForms.shared.normalize(text, range, composing: true)
        case .decomposed: CanonicalForms.shared.normalize(text, range, composing: false)
        case .prepend(let prefix): Self.prepend(prefix, to: text, range)
        case .replace(let pattern, let content): Self.replace(pattern, with: content, in: text, range)
        case .lowercase: Self.lowercase(text, range)
        case .strip(let left, let right): Self.strip(text, range, left: left, right: right)
        }
    }

    private static func prepend(
        _ prefix: [UInt8], to text: Span<UInt8>, _ range: Range<Int>
    ) -> NormalizedText? {
        if range.isEmpty || prefix.isEmpty { return nil }
        var editor = TextEditor(range)
        editor.replace(range.lowerBound..<range.lowerBound, in: text, with: prefix)
        return editor.finish(text, end: range.upperBound)
    }

    private static func replace(
        _ pattern: [UInt8], with content: [UInt8], in text: Span<UInt8>, _ range: Range<Int>
    ) -> NormalizedText? {
        guard let first = pattern.first else { return nil }
        var editor = TextEditor(range)
        var index = range.lowerBound
        while index < range.upperBound {
            if text[index] == first, text.matches(pattern, at: index, end: range.upperBound) {
                editor.replace(index..<index + pattern.count, in: text, with: content)
                index += pattern.count
            } else {
                index += 1
            }
        }
        return editor.finish(text, end: range.upperBound)
    }

    private static func lowercase(_ text: Span<UInt8>, _ range: Range<Int>) -> NormalizedText? {
        var editor = TextEditor(range)
        var index = range.lowerBound
        while index < range.upperBound {
            let (value, length) = text.scalar(at: index)
            if let scalar = Unicode.Scalar(value), value >= 0x80 || (value >= 0x41 && value <= 0x5A) {
                let lower = Array(scalar.properties.lowercaseMapping.utf8)
                if !text.matches(lower, at: index, end: index + length) || lower.count != length {
                    editor.replace(index..<index + length, in: text, with: lower)
                }
            }
            index += length
        }
        return editor.finish(text, end: range.upperBound)
    }

    private static func strip(
        _ text: Span<UInt8>, _ range: Range<Int>, left: Bool, right: Bool
    ) -> NormalizedText? {
        let properties = ScalarProperties.shared
        var start = range.lowerBound
        var end = range.upperBound
        while left, start < end {
            let (scalar, length) = text.scalar(at: start)
            if properties[scalar] & ScalarProperties.space == 0 { break }
            start += length
        }
        while right, end > start {
            let last = text.scalarStart(before: end)
            if properties[text.scalar(at: last).value] & ScalarProperties.space == 0 { break }
            end = last
        }
        var editor = TextEditor(range)
        if start > range.lowerBound { editor.replace(range.lowerBound..<start, in: text, with: []) }
        if end < range.upperBound { editor.replace(end..<range.upperBound, in: text, with: []) }
        return editor.finish(text, end: range.upperBound)
    }
}
