/// One step of cutting text into the pieces that are tokenized alone.
enum PreTokenizer: Sendable {
    /// Cuts at the matches of a known regular expression.
    case words(WordScanner)
    /// Cuts at a text.
    case text([UInt8], SplitBehavior)
    /// Cuts around numbers, digit by digit or run by run.
    case digits(individually: Bool)
    /// Turns spaces into a visible character, puts one in front, and cuts before each.
    case metaspace(Metaspace)
    /// Puts a space in front, and may cut at words; the bytes become characters later.
    case byteLevel(addsPrefixSpace: Bool, words: WordScanner?)

    /// How a cut treats what it was made at.
    enum SplitBehavior: String, Sendable {
        case removed = "Removed"
        case isolated = "Isolated"
        case mergedWithPrevious = "MergedWithPrevious"
        case mergedWithNext = "MergedWithNext"
        case contiguous = "Contiguous"
    }

    /// The settings of a Metaspace step.
    struct Metaspace: Sendable, Hashable {
        /// When the visible character is put in front of text that has none.
        enum Prepending: String, Sendable {
            case always, first, never
        }

        let replacement: UInt32
        let prepending: Prepending
        let splits: Bool
    }

    /// Whether the pieces are spelt in the byte-level alphabet.
    var isByteLevel: Bool {
        if case .byteLevel = self { return true }
        return false
    }

    /// Whether what follows would see other characters than the text has.
    private var changesText: Bool {
        if case .metaspace = self { return true }
        return isByteLevel
    }

    /// Reads the `pre_tokenizer` member of a tokenizer, with nested sequences laid flat.
    static func read(_ node: JSONNode) throws -> [PreTokenizer] {
        let steps = try steps(node)
        if let place = steps.firstIndex(where: { $0.changesText }), place < steps.count - 1 {
            throw TokenizationError(
                .unsupportedComponent,
                "A pre-tokenizer follows ByteLevel or Metaspace; these can be read only as the last one.",
                context: ["component": node.path])
        }
        return steps
    }

    private static func steps(_ node: JSONNode) throws -> [PreTokenizer] {
        if node.isNull { return [] }
        let type = try node["type"].string()
        switch type {
        case "Sequence": return try node["pretokenizers"].array().flatMap { try steps($0) }
        case "Split": return [try split(node)]
        case "Digits": return [.digits(individually: try node["individual_digits"].bool(default: false))]
        case "Metaspace": return [.metaspace(try Metaspace(node))]
        case "ByteLevel":
            let prefix = try node["add_prefix_space"].bool(default: true)
            let words = try node["use_regex"].bool(default: true) ? WordScanner(.gpt2) : nil
            return [.byteLevel(addsPrefixSpace: prefix, words: words)]
        default:
            throw TokenizationError(
                .unsupportedComponent,
                "The pre-tokenizer \(type) is unknown; Split, ByteLevel, Metaspace, Digits and Sequence are known.",
                context: ["component": node.path])
        }
    }

    private static func split(_ node: JSONNode) throws -> PreTokenizer {
        let name = try node["behavior"].string()
        let inverts = try node["invert"].bool(default: false)
        guard let behavior = SplitBehavior(rawValue: name) else {
            throw TokenizationError(
                .invalidTokenizer, "\"\(name)\" is no behavior of a Split.",
                context: ["component": node["behavior"].path])
        }
        let pattern = node["pattern"]
        if !pattern["String"].isNull {
            let text = try pattern["String"].bytes()
            guard !inverts, !text.isEmpty else {
                throw TokenizationError(
                    .unsupportedComponent,
                    inverts ? "The Split at a text is inverted." : "The Split is at an empty text.",
                    context: ["component": node.path])
            }
            return .text(text, behavior)
        }
        let expression = try pattern["Regex"].string()
        guard let words = WordPattern(regularExpression: expression) else {
            throw TokenizationError(
                .unsupportedComponent,
                "The Split has a regular expression that is not one of those known: \(expression)",
                context: ["component": pattern.path])
        }
        // The known patterns leave nothing between their matches, so that keeping the matches is all one can do.
        guard behavior == .isolated && !inverts || behavior == .removed && inverts else {
            throw TokenizationError(
                .unsupportedComponent,
                "The Split uses behavior \(name)\(inverts ? ", inverted" : ""); only Isolated can be read.",
                context: ["component": node.path])
        }
        return .words(WordScanner(words))
    }
}

extension PreTokenizer.Metaspace {
    /// Reads a Metaspace step or decoder, in its present form or the older one with `add_prefix_space`.
    init(_ node: JSONNode) throws {
        let bytes = node["replacement"].isNull ? Array("▁".utf8) : try node["replacement"].bytes()
        let scheme = node["prepend_scheme"].isNull ? "always" : try node["prepend_scheme"].string()
        guard let scalar = bytes.onlyScalar, let prepending = Prepending(rawValue: scheme) else {
            throw TokenizationError(
                .invalidTokenizer,
                "A Metaspace needs one character as replacement, and always, first or never as prepend_scheme.",
                context: ["component": node.path])
        }
        replacement = scalar
        self.prepending = try node["add_prefix_space"].bool(default: true) ? prepending : .never
        splits = try node["split"].bool(default: true)
    }
}
