public import Tokenization

/// Real text to hide needles in, between its sentences.
public struct Haystack: Sendable {
    private let tokenizer: Tokenizer
    private let bytes: [UInt8]
    private let starts: [Int32]

    /// - Parameters:
    ///   - text: repeated where it is shorter than needed.
    ///   - longest: tokens of the longest document to be made.
    /// - Throws: `EvaluationError` of code `badInput` for a text without tokens.
    public init(_ text: String, tokenizer: Tokenizer, longest: Int) throws {
        self.tokenizer = tokenizer
        // Rarely does a token take more than sixteen bytes; more text than that need not be tokenized.
        var bytes = Array(
            text.utf8.prefix(max(1 << 16, longest.multipliedReportingOverflow(by: 16).partialValue)))
        var encoding = tokenizer.encode(utf8: bytes, addingSpecialTokens: false)
        guard encoding.count > 0 else {
            throw EvaluationError(.badInput, "the haystack has no tokens; give a file with text")
        }
        if encoding.count < longest {
            let once = bytes + Array("\n\n".utf8)
            let copies = longest / encoding.count + 1
            bytes = []
            for _ in 0..<copies { bytes += once }
            encoding = tokenizer.encode(utf8: bytes, addingSpecialTokens: false)
        }
        self.bytes = bytes
        starts = encoding.starts
    }

    /// A document of about `length` tokens with `needles` at their depths, each between two sentences.
    ///
    /// - Parameter needles: with the percent of the document before each.
    /// - Throws: `EvaluationError` of code `badRequest` where the needles alone are longer.
    public func document(length: Int, needles: [(Needle, depth: Double)]) throws -> String {
        let needleLength = needles.reduce(0) {
            $0 + tokenizer.encode(" " + $1.0.text, addingSpecialTokens: false).count
        }
        let room = length - needleLength
        guard room > 0 else {
            throw EvaluationError(
                .badRequest, "a document of \(length) tokens has no room for needles of \(needleLength)",
                context: ["length": "\(length)"])
        }
        let end = byte(ofToken: room)
        var document: [UInt8] = []
        var done = 0
        for (needle, depth) in needles.sorted(by: { $0.depth < $1.depth }) {
            let place = max(
                done, sentenceStart(atOrBefore: byte(ofToken: Int(Double(room) * depth / 100)), end: end))
            document += bytes[done..<place]
            Self.separate(&document)
            document += Array(WordSplitting.trimmed(needle.text).utf8)
            if place < end { document.append(UInt8(ascii: " ")) }
            done = place
        }
        document += bytes[done..<end]
        return String(decoding: document, as: UTF8.self)
    }

    /// Where token `index` begins, moved back to the start of its character.
    private func byte(ofToken index: Int) -> Int {
        var byte = index < starts.count ? Int(starts[index]) : bytes.count
        while byte > 0, byte < bytes.count, bytes[byte] & 0xC0 == 0x80 { byte -= 1 }
        return byte
    }

    /// How far back a sentence may begin, in bytes: a needle stands at its depth in text without sentences too.
    private static let longestSentence = 400
    /// How far back a word may begin.
    private static let longestWord = 64
    /// What ends a sentence without a space after it: `。`, `！` and `？`.
    private static let wideEnds: [[UInt8]] = ["。", "！", "？"].map { Array($0.utf8) }

    /// The last start of a sentence or paragraph up to `byte`, else of a word, else `byte`; `end` counts as a start.
    private func sentenceStart(atOrBefore byte: Int, end: Int) -> Int {
        if byte >= end { return end }
        let first = max(0, byte - Self.longestSentence)
        var index = byte
        while index > first {
            if isSentenceStart(index) { return index }
            index -= 1
        }
        if index == 0 { return 0 }
        for index in stride(from: byte, to: max(0, byte - Self.longestWord), by: -1)
        where bytes[index - 1] == UInt8(ascii: " ") {
            return index
        }
        return byte
    }

    private func isSentenceStart(_ index: Int) -> Bool {
        let before = bytes[index - 1]
        if before == UInt8(ascii: "\n") { return true }
        if before == UInt8(ascii: " "), index > 1 {
            return [UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?")].contains(bytes[index - 2])
        }
        return before >= 0x80 && Self.wideEnds.contains { bytes[..<index].suffix(3).elementsEqual($0) }
    }

    private static func separate(_ document: inout [UInt8]) {
        guard let last = document.last, last != UInt8(ascii: " "), last != UInt8(ascii: "\n") else { return }
        document.append(UInt8(ascii: " "))
    }
}
