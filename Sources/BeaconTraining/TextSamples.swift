/// Tokenized texts to take passages from.
public struct TextSamples: Sendable {
    /// All tokens, text after text, in as many bytes as a vocabulary below 65,536 needs.
    private var tokens: [Int32] = []
    private var starts: [Int] = []

    /// No text.
    public init() {}

    /// - Parameter texts: tokens of each text.
    public init(_ texts: some Sequence<[Int32]>) {
        for text in texts where text.count > 1 {
            starts.append(tokens.count)
            tokens += text
        }
    }

    public var count: Int { tokens.count }

    /// `length` tokens of one text, starting anywhere in it; nil where no long enough text was found.
    func tokens(_ length: Int, _ random: inout SeededRandom) -> [Int32]? {
        guard tokens.count > length else { return nil }
        for _ in 0..<64 {
            let start = random.below(tokens.count - length)
            // The text that holds `start`.
            var lower = 0
            var upper = starts.count
            while upper - lower > 1 {
                let middle = (lower + upper) / 2
                if starts[middle] <= start { lower = middle } else { upper = middle }
            }
            let end = upper < starts.count ? starts[upper] : tokens.count
            if start + length <= end { return Array(tokens[start..<start + length]) }
        }
        return nil
    }
}
