import BeaconModel

/// An answer whose text is whole and whose citations are yet to be found, which takes a while in a long document.
public struct EndedAnswer: Sendable {
    private let answer: Answer
    private let attention: [Int32: Float]
    private let basis: AnswerBasis
    /// Sentences to quote at most.
    private let citations: Int

    init(_ open: OpenAnswer, basis: AnswerBasis, citations: Int) {
        answer = open.answer
        attention = open.sequence.attentionByOrigin ?? [:]
        self.basis = basis
        self.citations = citations
    }

    /// The answer with what it rests on.
    public func complete() -> Answer {
        var answer = answer
        answer.citations = CitationFinder(limit: citations).citations(attention: attention, basis: basis)
        answer.attended = AttendedInterval.all(attention, basis: basis)
        answer.reusedTokens = basis.reusedTokens
        answer.promoted = basis.promoted
        var seen: Set<String> = []
        answer.documents = basis.documents.filter { seen.insert($0).inserted }
        return answer
    }
}
