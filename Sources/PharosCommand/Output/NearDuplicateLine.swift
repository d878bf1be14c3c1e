import Documents

/// A document that is much like an earlier one, as `pharos extract` prints it.
struct NearDuplicateLine: Encodable, CustomStringConvertible {
    var id: String
    var original: String
    var similarity: Double

    init(id: String, _ found: NearDuplicate) {
        self.id = id
        original = found.original
        similarity = found.similarity
    }

    var description: String { "\(id) is like \(original), to \(Int((similarity * 100).rounded())) %" }
}
