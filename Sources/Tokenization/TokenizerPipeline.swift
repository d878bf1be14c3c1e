/// All stages of a tokenizer, read and checked.
struct TokenizerPipeline: Sendable {
    let model: BytePairModel
    let added: AddedTokens
    /// The normalizers that have to rewrite the text.
    let normalizers: [Normalizer]
    let preTokenizers: [PreTokenizer]
    /// Text put before every stretch, where nothing cuts it.
    let prefix: [UInt8]
    let postProcessor: PostProcessor
    let decoders: [TokenDecoder]

    /// Reads a `tokenizer.json`.
    ///
    /// `truncation` and `padding` are settings of a use, not of the tokenizer, and are not read.
    init(_ root: JSONNode) throws {
        let steps = try PreTokenizer.read(root["pre_tokenizer"])
        let normalizers = try Normalizer.read(root["normalizer"])
        try Self.refuseLongChains([normalizers.count, steps.count])
        try Normalizer.refuseGrowth(normalizers)
        let isByteLevel = steps.last?.isByteLevel ?? false
        try BytePairModel.checkSupport(of: root["model"])
        let vocabulary = try Vocabulary(root["model"]["vocab"])
        let added = try AddedTokens(root["added_tokens"], vocabulary: vocabulary, normalizers: normalizers)
        var aliases: [BytePairModel.UnitAlias] = []
        if case .metaspace(let metaspace) = steps.last {
            aliases = [.init(scalar: 0x20, standsFor: metaspace.replacement)]
        }
        if steps.isEmpty, added.normalizedMatcher.isEmpty, let plan = UnitRewriting(normalizers) {
            aliases = plan.aliases
            prefix = plan.prefix
            self.normalizers = []
        } else {
            prefix = []
            self.normalizers = normalizers
        }
        // Byte-level units without words of their own need no step: the model reads bytes.
        if case .byteLevel(addsPrefixSpace: false, words: nil) = steps.last {
            preTokenizers = Array(steps.dropLast())
        } else {
            preTokenizers = steps
        }
        self.added = added
        model = try BytePairModel(
            root["model"], vocabulary: vocabulary, isByteLevel: isByteLevel, aliases: aliases)
        postProcessor = try PostProcessor(root["post_processor"])
        decoders = try TokenDecoder.read(root["decoder"])
        try Self.refuseLongChains([decoders.count])
        try TokenDecoder.refuseGrowth(decoders)
        for id in postProcessor.prefix + postProcessor.suffix where token(id) == nil {
            throw TokenizationError(
                .invalidTokenizer, "The template adds the id \(id), which no token has.",
                context: ["component": "post_processor"])
        }
    }

    /// Steps are taken one inside the other, so their number is limited.
    private static func refuseLongChains(_ counts: [Int]) throws {
        for count in counts where count > 64 {
            throw TokenizationError(
                .invalidTokenizer, "The tokenizer has \(count) steps of one kind; 64 are the limit.")
        }
    }

    /// Whether a space, or the character that stands for one, is put before the first word of a text.
    var putsSpaceInFront: Bool {
        if !prefix.isEmpty { return true }
        for case .prepend(let text) in normalizers where !text.isEmpty { return true }
        switch preTokenizers.last {
        case .metaspace(let metaspace): return metaspace.prepending != .never
        case .byteLevel(let addsPrefixSpace, _): return addsPrefixSpace
        default: return false
        }
    }

    /// The bytes of the token with an id, added or not, or nil.
    func token(_ id: Int32) -> [UInt8]? {
        added.surface(id) ?? model.vocabulary.token(id).map { Array($0) }
    }

    /// How many characters of white space a token begins and ends with.
    func spaces(around id: Int32) -> (leading: Int, trailing: Int) {
        guard let token = token(id) else { return (0, 0) }
        func isSpace(_ scalar: Unicode.Scalar) -> Bool {
            scalar.value == ByteLevelAlphabet.scalars[0x20]
                || ScalarProperties.shared[scalar.value] & ScalarProperties.space != 0
        }
        let scalars = String(decoding: token, as: UTF8.self).unicodeScalars
        return (scalars.prefix(while: isSpace).count, scalars.reversed().prefix(while: isSpace).count)
    }
}

/// Normalizers that only put text in front and replace single characters by others, so that the model can read
/// the original text with other eyes.
private struct UnitRewriting {
    var prefix: [UInt8] = []
    var aliases: [BytePairModel.UnitAlias] = []

    /// Nil if some normalizer does more.
    init?(_ normalizers: [Normalizer]) {
        for normalizer in normalizers {
            switch normalizer {
            case .prepend(let text):
                // What is put in front after a replacement is not replaced.
                guard !aliases.contains(where: { Self.contains($0.scalar, text) }) else { return nil }
                prefix = text + prefix
            case .replace(let pattern, let content):
                guard let old = pattern.onlyScalar, let new = content.onlyScalar else { return nil }
                replace(old, with: new)
            case .composed, .decomposed, .lowercase, .strip: return nil
            }
        }
    }

    private static func contains(_ scalar: UInt32, _ text: [UInt8]) -> Bool {
        var index = 0
        while index < text.count {
            let (found, length) = text.span.scalar(at: index)
            if found == scalar { return true }
            index += length
        }
        return false
    }

    private mutating func replace(_ old: UInt32, with new: UInt32) {
        var replaced: [UInt8] = []
        var index = 0
        while index < prefix.count {
            let (scalar, length) = prefix.span.scalar(at: index)
            replaced.append(scalar: scalar == old ? new : scalar)
            index += length
        }
        prefix = replaced
        aliases = aliases.map { $0.standsFor == old ? .init(scalar: $0.scalar, standsFor: new) : $0 }
        if !aliases.contains(where: { $0.scalar == old }) {
            aliases.append(.init(scalar: old, standsFor: new))
        }
    }
}
