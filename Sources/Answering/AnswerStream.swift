import Tokenization

/// Turns generated tokens into answer text as they come: no leading white space, and for some layouts no
/// more than a line.
struct AnswerStream {
    private var decoder: TokenStreamDecoder
    private let stopsAtLineEnd: Bool
    private var pendingSpace = ""
    private(set) var text = ""

    init(_ tokenizer: Tokenizer, stopsAtLineEnd: Bool) {
        decoder = tokenizer.makeStreamDecoder(skippingSpecialTokens: true)
        self.stopsAtLineEnd = stopsAtLineEnd
    }

    /// - Returns: what the token adds to the answer, and whether the answer goes on.
    mutating func push(_ token: Int32) -> (text: String, goesOn: Bool) {
        let piece = decoder.append(token)
        if stopsAtLineEnd, let end = piece.firstIndex(where: { $0 == "\n" || $0 == "\r\n" }) {
            return (take(String(piece[..<end])), false)
        }
        return (take(piece), true)
    }

    mutating func finish() -> String { take(decoder.finish()) }

    /// White space is held back until something follows it, so that an answer neither begins nor ends with it.
    private mutating func take(_ piece: String) -> String {
        pendingSpace += piece
        guard let last = pendingSpace.lastIndex(where: { !$0.isWhitespace }) else {
            if text.isEmpty { pendingSpace = "" }
            return ""
        }
        var ready = String(pendingSpace[...last])
        pendingSpace = String(pendingSpace[pendingSpace.index(after: last)...])
        if text.isEmpty { ready = String(ready.drop { $0.isWhitespace }) }
        text += ready
        return ready
    }
}
