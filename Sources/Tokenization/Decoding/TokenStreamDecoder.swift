/// Turns tokens into text as they come, one at a time.
///
/// Text is given out when no later token can change it: a character whose bytes are spread over several tokens
/// appears with its last byte, and a run of byte tokens (`<0xE2>` …) with the first token after it. The pieces put
/// together, with what `finish()` gives, are what ``Tokenizer/decode(_:skippingSpecialTokens:)`` makes of all tokens.
public struct TokenStreamDecoder: Sendable {
    private let pipeline: TokenizerPipeline
    private let skipsSpecialTokens: Bool
    private var chain: DecodingChain

    init(_ pipeline: TokenizerPipeline, skippingSpecialTokens: Bool) {
        self.pipeline = pipeline
        skipsSpecialTokens = skippingSpecialTokens
        chain = DecodingChain(pipeline.decoders)
    }

    /// Takes the next token and returns the text that has become final, which may be empty.
    ///
    /// An id that no token has is passed over.
    public mutating func append(_ id: Int32) -> String {
        add(id)
        return chain.takeText()
    }

    /// Returns what was withheld; bytes that make no character become U+FFFD.
    public mutating func finish() -> String {
        chain.finish()
        return chain.takeText()
    }

    /// Takes a token without asking for text.
    mutating func add(_ id: Int32) {
        guard let token = pipeline.token(id) else { return }
        if skipsSpecialTokens, pipeline.added.isSpecial(token) { return }
        chain.append(token)
    }
}
