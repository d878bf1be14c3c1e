extension Tokenizer {
    /// The tokens of a text.
    ///
    /// Takes time proportional to the length of the text, and memory for the tokens and little else.
    ///
    /// - Parameters:
    ///   - text: Any text of less than 2 GiB.
    ///   - addingSpecialTokens: Whether to add what the file's template adds, such as a begin-of-text token.
    ///   - continuing: Whether the text goes on from one before it, so that no space is put in front of it.
    public func encode(_ text: String, addingSpecialTokens: Bool, continuing: Bool = false) -> TokenEncoding {
        encode(text.utf8Span.span, addingSpecialTokens: addingSpecialTokens, continuing: continuing)
    }

    /// The tokens of a text given as UTF-8.
    ///
    /// Malformed sequences are read as U+FFFD; offsets count the bytes as given.
    public func encode(
        utf8 bytes: [UInt8], addingSpecialTokens: Bool, continuing: Bool = false
    ) -> TokenEncoding {
        if bytes.span.firstMalformedByte() == nil {
            return encode(bytes.span, addingSpecialTokens: addingSpecialTokens, continuing: continuing)
        }
        let repaired = repairUTF8(bytes)
        return encode(
            repaired.bytes.span, addingSpecialTokens: addingSpecialTokens, continuing: continuing,
            repairs: repaired.edits)
    }

    /// The pieces of a text that are tokenized alone, spelt as in the vocabulary.
    package func pieces(of text: String) -> [String] {
        var run = EncodingRun(pipeline)
        run.pieces = []
        run.encode(text.utf8Span.span)
        return (run.pieces ?? []).map { String(decoding: $0, as: UTF8.self) }
    }

    private func encode(
        _ text: Span<UInt8>, addingSpecialTokens: Bool, continuing: Bool = false, repairs: TextEdits? = nil
    ) -> TokenEncoding {
        precondition(text.count <= Int32.max, "A text of 2 GiB or more cannot be encoded at once.")
        var run = EncodingRun(pipeline)
        run.isContinuing = continuing
        run.encode(text)
        run.trimOffsets()
        if let repairs { run.mapBack(through: repairs) }
        var encoding = TokenEncoding(ids: run.sink.ids, starts: run.sink.starts, ends: run.sink.ends)
        if addingSpecialTokens {
            encoding.add(pipeline.postProcessor.prefix, at: 0)
            encoding.add(pipeline.postProcessor.suffix, at: encoding.count)
        }
        return encoding
    }
}

extension TokenEncoding {
    /// Inserts tokens that stand for no text.
    fileprivate mutating func add(_ special: [Int32], at index: Int) {
        if special.isEmpty { return }
        let zeros = [Int32](repeating: 0, count: special.count)
        ids.insert(contentsOf: special, at: index)
        starts.insert(contentsOf: zeros, at: index)
        ends.insert(contentsOf: zeros, at: index)
    }
}
