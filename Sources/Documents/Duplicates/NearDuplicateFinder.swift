/// Finds documents that are much like an earlier one, by MinHash and locality-sensitive hashing, one text at a time.
///
/// Texts are not kept: an original takes about 1 KiB, a document that is like one nothing. A document is compared only
/// with originals that agree with it in a whole band of their signatures, which is near certain at the similarity that
/// is asked for and unlikely far below it.
public struct NearDuplicateFinder: Sendable {
    /// The least similarity that is reported, above 0 and at most 1.
    public let threshold: Double
    /// Values of a signature in a band.
    private let rows: Int
    private var originals: [(id: String, signature: TextSignature)] = []
    /// The first original with the values of a band.
    private var bands: [UInt64: Int32] = [:]

    /// - Throws: ``DocumentFailure`` of code `definition` where the threshold is not above 0 and at most 1.
    public init(threshold: Double) throws {
        guard threshold > 0, threshold <= 1 else {
            throw DocumentFailure(
                .definition, "the similarity of near duplicates is \(threshold); it is above 0 and at most 1")
        }
        self.threshold = threshold
        // A band of r values agrees with probability sʳ, and one of 128 / r bands with 1 - (1 - sʳ)^(128 / r).
        rows = threshold >= 0.7 ? 4 : threshold >= 0.4 ? 2 : 1
    }

    /// Notes a document, and says which earlier one it is like, if it is like one.
    public mutating func add(_ text: String, id: String) -> NearDuplicate? {
        guard let signature = TextSignature(text) else { return nil }
        let keys = stride(from: 0, to: TextSignature.count, by: rows).map { key(signature, $0) }
        var best: NearDuplicate?
        for original in Set(keys.compactMap { bands[$0] }).sorted() {
            let (id, other) = originals[Int(original)]
            let similarity = signature.similarity(to: other)
            if similarity >= threshold, similarity > best?.similarity ?? 0 {
                best = NearDuplicate(original: id, similarity: similarity)
            }
        }
        if best == nil, originals.count < Int32.max {
            for key in keys where bands[key] == nil { bands[key] = Int32(originals.count) }
            originals.append((id, signature))
        }
        return best
    }

    /// The values of a band with its place.
    private func key(_ signature: TextSignature, _ start: Int) -> UInt64 {
        var key = UInt64(start)
        for value in signature.values[start..<start + rows] {
            key = (key ^ UInt64(value)) &* 0x9E37_79B9_7F4A_7C15
            key ^= key >> 29
        }
        return key
    }
}
