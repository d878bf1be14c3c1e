/// Makes a byte-level vocabulary from texts, and a `tokenizer.json` of the Qwen2 kind from it.
///
/// Texts are cut into words as the tokenizer will cut them (single digits, words with the space before them), the
/// words are counted, and the pair of neighbouring tokens that occurs most often becomes a token, again and again
/// (Sennrich et al., 2016). Of equally frequent pairs the one with the smaller ids comes first, so the vocabulary
/// depends on the words and their counts alone: not on the order of the texts, nor on the machine.
///
/// Ids: special tokens in the order given, the 256 bytes in the order of their characters, then the merged tokens.
///
///     var trainer = try BytePairTrainer(vocabularySize: 2048, specialTokens: ["<|endoftext|>"])
///     for text in texts { trainer.add(text) }
///     let json = try trainer.train()
public struct BytePairTrainer: Sendable {
    /// How many tokens the vocabulary has at most, special ones included.
    public let vocabularySize: Int
    /// Tokens that are found in text before anything else, and skipped in decoding.
    public let specialTokens: [String]
    /// Rarer pairs are not merged.
    public let minimumFrequency: Int
    /// Whether text is brought into canonical composition (NFC), in training and later in use.
    public let composesText: Bool

    private var words = WordCounts()
    private static let scanner = WordScanner(.chat(digits: 1))

    /// Creates a trainer without texts.
    ///
    /// - Throws: ``TokenizationError`` if the size has no room for the bytes and the special tokens, or if a special
    ///   token is empty, given twice, or one character of the byte alphabet.
    public init(
        vocabularySize: Int, specialTokens: [String], minimumFrequency: Int = 2, composesText: Bool = false
    ) throws {
        self.vocabularySize = vocabularySize
        self.specialTokens = specialTokens
        self.minimumFrequency = max(1, minimumFrequency)
        self.composesText = composesText
        var seen = Set<[UInt8]>(ByteLevelAlphabet.encoded)
        for token in specialTokens where token.isEmpty || !seen.insert(Array(token.utf8)).inserted {
            throw TokenizationError(
                .invalidTraining,
                "The special token \"\(token)\" is empty, given twice, or a character of the byte alphabet.")
        }
        let needed = 256 + specialTokens.count
        guard vocabularySize >= needed, vocabularySize <= Vocabulary.idLimit else {
            throw TokenizationError(
                .invalidTraining,
                "A vocabulary of \(vocabularySize) tokens is not possible; from \(needed) to \(Vocabulary.idLimit) are."
            )
        }
    }

    /// Counts the words of a text.
    public mutating func add(_ text: String) {
        let span = text.utf8Span.span
        if composesText, let composed = Normalizer.composed.apply(to: span, 0..<span.count) {
            count(composed.bytes.span)
        } else {
            count(span)
        }
    }

    private mutating func count(_ text: Span<UInt8>) {
        var start = 0
        while start < text.count {
            let end = Self.scanner.matchEnd(in: text, from: start, end: text.count)
            words.add(text, start..<end)
            start = end
        }
    }

    /// Learns the merges and returns the bytes of a `tokenizer.json`.
    ///
    /// The vocabulary stays smaller than asked for if no pair is frequent enough.
    ///
    /// - Parameter progress: Called with the number of tokens so far, now and then.
    /// - Throws: ``TokenizationError`` if the texts have more distinct words than can be held (2 GiB).
    public func train(progress: ((Int) -> Void)? = nil) throws -> [UInt8] {
        let order = (0..<256).sorted { ByteLevelAlphabet.scalars[$0] < ByteLevelAlphabet.scalars[$1] }
        var idOfByte = [Int32](repeating: 0, count: 256)
        for (place, byte) in order.enumerated() { idOfByte[byte] = Int32(specialTokens.count + place) }
        var learner = try MergeLearner(words, idOfByte: idOfByte, firstID: specialTokens.count + 256)
        var names = specialTokens.map { Array($0.utf8) } + order.map { ByteLevelAlphabet.encoded[$0] }
        var pairs: [(left: Int32, right: Int32)] = []
        while names.count < vocabularySize, let pair = learner.next(minimumFrequency: minimumFrequency) {
            names.append(names[Int(pair.left)] + names[Int(pair.right)])
            pairs.append(pair)
            if names.count.isMultiple(of: 256) { progress?(names.count) }
        }
        return TokenizerWriter(
            tokens: names, merges: pairs, specialCount: specialTokens.count, composesText: composesText
        ).json()
    }
}
