import ContextCaching

/// What one memory entry stands for, and how much an answer's tokens looked at it.
public struct AttendedInterval: Sendable, Hashable {
    public var document: String
    /// Bytes of the document's text.
    public var bytes: Range<Int>
    /// Share of the attention that the answer paid to documents.
    public var attention: Double

    public init(document: String, bytes: Range<Int>, attention: Double) {
        self.document = document
        self.bytes = bytes
        self.attention = attention
    }
}

extension AttendedInterval {
    /// The memory's entries in their order, with their shares of `attention`, which is given by entry number.
    static func all(_ attention: [Int32: Float], basis: AnswerBasis) -> [AttendedInterval] {
        // In order, or the last bits of the sum would differ from process to process.
        let total = attention.sorted { $0.key < $1.key }.reduce(0.0) { $0 + Double($1.value) }
        guard total > 0 else { return [] }
        return basis.entries.enumerated().compactMap { number, entry in
            guard !entry.interval.bytes.isEmpty else { return nil }
            let mass = Double(attention[Int32(number)] ?? 0)
            return AttendedInterval(
                document: basis.documents[entry.part], bytes: entry.interval.bytes, attention: mass / total)
        }
    }
}
