/// One piece of a long text whose perplexity is measured with a fresh memory (reference §14).
public struct PerplexitySegment: Sendable, Hashable {
    /// Tokens of the text.
    public var tokens: Range<Int>
    /// Whether a begin-of-text token stands in front of them.
    public var hasBeginOfText: Bool
    /// Index of the first input token that counts as a label; earlier ones belong to the segment before.
    public var firstLabel: Int

    public init(tokens: Range<Int>, hasBeginOfText: Bool, firstLabel: Int) {
        self.tokens = tokens
        self.hasBeginOfText = hasBeginOfText
        self.firstLabel = firstLabel
    }

    /// Input tokens, the begin-of-text token included.
    public var length: Int { tokens.count + (hasBeginOfText ? 1 : 0) }

    /// Input tokens that count as labels; the one at index 0 counts although nothing predicts it, as published.
    public var labelCount: Int { length - firstLabel }

    /// Cuts a text into segments that overlap, so that every token is a label once.
    ///
    /// - Parameters:
    ///   - count: tokens of the text.
    ///   - maxLength: input tokens of a segment, the begin-of-text token included.
    ///   - stride: tokens from one segment's start to the next one's; 0 = the first segment only.
    ///   - minLength: texts with fewer tokens give no segments.
    /// - Throws: `EvaluationError` of code `badRequest` for lengths that leave no room.
    public static func segments(
        of count: Int, maxLength: Int, stride: Int, hasBeginOfText: Bool = false, minLength: Int = 0
    ) throws -> [PerplexitySegment] {
        let begin = hasBeginOfText ? 1 : 0
        guard maxLength > begin, stride >= 0 else {
            throw EvaluationError(
                .badRequest,
                "segments of \(maxLength) tokens at steps of \(stride) hold nothing; "
                    + "expected a length from \(begin + 1) and a step from 0")
        }
        guard count > 0, count >= minLength else { return [] }
        let room = maxLength - begin
        var segments: [PerplexitySegment] = []
        var start = 0
        var covered = 0
        while start < count {
            let end = count - start > room ? start + room : count
            segments.append(
                PerplexitySegment(
                    tokens: start..<end, hasBeginOfText: hasBeginOfText,
                    firstLabel: max(0, covered - start) + begin))
            covered = end
            guard end < count, stride > 0 else { break }
            start += stride
        }
        return segments
    }
}
