/// One kind of batch that a training stage mixes.
public struct BatchKind: Sendable, Hashable {
    /// What the sequences are.
    public enum Content: String, Sendable, Hashable, CaseIterable {
        /// Made documents with questions.
        case questions
        /// Made or real documents followed by a repeated part: dense supervision of copying.
        case repetition
        /// Real text, every token predicted.
        case text
        /// Rows of the user's files, whole, in epochs: texts with every token predicted, conversations with their
        /// answers; batches have equal window counts. `windows` does not matter.
        case sequences
    }

    public var content: Content
    /// Share of this kind among the stage's batches, relative to the others.
    public var share: Double
    /// Full windows of the document; drawn per sequence, short ones more often.
    public var windows: ClosedRange<Int>
    /// Ratios to draw from; empty = no beacons at all.
    public var ratios: [Int]
    /// Weight of the tokens that are neither answer nor repeated part.
    public var textWeight: Float
    /// Factor of the loss: kinds whose loss stays high would otherwise drown the others.
    public var lossWeight: Float
    /// Share of sequences whose memory starts afresh every few windows.
    public var freshShare: Double

    public init(
        _ content: Content, share: Double, windows: ClosedRange<Int>, ratios: [Int] = [],
        textWeight: Float = 0,
        freshShare: Double = 0, lossWeight: Float = 1
    ) {
        self.content = content
        self.share = share
        self.windows = windows
        self.ratios = ratios
        self.textWeight = textWeight
        self.freshShare = freshShare
        self.lossWeight = lossWeight
    }

    /// How logs name it, as `questions 1-4 x2,4`.
    public var label: String {
        let span =
            windows.lowerBound == windows.upperBound
            ? "\(windows.lowerBound)" : "\(windows.lowerBound)-\(windows.upperBound)"
        return "\(content.rawValue) \(span)"
            + (ratios.isEmpty ? "" : " x" + ratios.map(String.init).joined(separator: ","))
    }
}
