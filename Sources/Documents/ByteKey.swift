/// A text as a key of its bytes: ids are equal when they are spelt with the same bytes, while Swift's `String` takes two
/// spellings of one letter to be equal.
public struct ByteKey: Sendable, Hashable {
    private let bytes: [UInt8]

    public init(_ text: String) { bytes = Array(text.utf8) }
}
