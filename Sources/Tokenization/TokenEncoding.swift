/// The tokens of a text and the bytes each of them stands for.
///
/// The ranges count bytes of the input. Where the text is taken as it is, the ranges of consecutive tokens tile it:
/// a token that is part of a character covers exactly its own bytes. Exceptions:
/// - tokens that a template adds (begin of text and the like) have the range `0..<0`;
/// - a token that stands only for text that was inserted (a leading "▁") has an empty range where it stands;
/// - text that normalisation changed belongs as a whole to every token made from a part of it: both halves of a
///   composed "é" cover the letter and its accent;
/// - an added token that takes the white space beside it covers that too.
public struct TokenEncoding: Sendable, Hashable {
    /// The ids, in order.
    public var ids: [Int32]
    /// Where each token begins in the input, in bytes.
    public var starts: [Int32]
    /// Where each token ends in the input, in bytes.
    public var ends: [Int32]

    /// Creates an encoding; the three arrays are equally long.
    public init(ids: [Int32] = [], starts: [Int32] = [], ends: [Int32] = []) {
        self.ids = ids
        self.starts = starts
        self.ends = ends
    }

    /// How many tokens there are.
    public var count: Int { ids.count }

    /// The bytes of the input that the token at `index` stands for.
    public func offsets(_ index: Int) -> Range<Int> { Int(starts[index])..<Int(ends[index]) }
}
