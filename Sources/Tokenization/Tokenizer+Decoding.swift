extension Tokenizer {
    /// The text of tokens; ids that no token has are passed over.
    ///
    /// - Parameters:
    ///   - ids: Any ids; bytes that make no character become U+FFFD.
    ///   - skippingSpecialTokens: Whether special tokens leave no trace.
    public func decode(_ ids: [Int32], skippingSpecialTokens: Bool) -> String {
        var stream = makeStreamDecoder(skippingSpecialTokens: skippingSpecialTokens)
        for id in ids { stream.add(id) }
        return stream.finish()
    }

    /// A decoder for tokens that come one at a time.
    public func makeStreamDecoder(skippingSpecialTokens: Bool) -> TokenStreamDecoder {
        TokenStreamDecoder(pipeline, skippingSpecialTokens: skippingSpecialTokens)
    }
}
