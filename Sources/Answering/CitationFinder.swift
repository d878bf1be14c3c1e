import ContextCaching

/// Turns the attention that an answer paid to memory entries into quoted sentences.
struct CitationFinder {
    /// Sentences quoted at most.
    var limit = 3
    /// Smallest share of attention that is still quoted.
    var threshold = 0.05

    /// - Parameter attention: attention by number of the memory's entries.
    func citations(attention: [Int32: Float], basis: AnswerBasis) -> [Citation] {
        var indexes: [String: SentenceIndex] = [:]
        for (document, text) in basis.texts { indexes[document] = SentenceIndex(text) }
        var shares: [Place: Double] = [:]
        var total = 0.0
        // In order, or the last bits of the sums would differ from process to process.
        for (number, mass) in attention.sorted(by: { $0.key < $1.key }) {
            let entry = basis.entries[Int(number)]
            let document = basis.documents[entry.part]
            guard let index = indexes[document], !entry.interval.bytes.isEmpty else { continue }
            total += Double(mass)
            // A unit that reaches over a sentence's end counts for each sentence by its bytes there.
            let bytes = entry.interval.bytes
            for sentence in index.sentence(at: bytes.lowerBound)...index.sentence(at: bytes.upperBound - 1) {
                let overlap = index.bytes(of: sentence).clamped(to: bytes).count
                shares[Place(document: document, sentence: sentence), default: 0] +=
                    Double(mass) * Double(overlap) / Double(bytes.count)
            }
        }
        guard total > 0 else { return [] }
        let ranked = shares.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return ranked.prefix(limit).compactMap { place, mass in
            guard mass / total >= threshold, let index = indexes[place.document] else { return nil }
            let bytes = index.bytes(of: place.sentence)
            return Citation(
                document: place.document, bytes: bytes, line: index.line(at: bytes.lowerBound),
                quote: String(decoding: index.text[bytes], as: UTF8.self), attention: mass / total)
        }
    }

    private struct Place: Hashable, Comparable {
        var document: String
        var sentence: Int

        static func < (a: Place, b: Place) -> Bool { (a.document, a.sentence) < (b.document, b.sentence) }
    }
}
