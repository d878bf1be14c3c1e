/// Distinct words and how often each occurs.
struct WordCounts: Sendable {
    private var table = ByteStringTable()
    private(set) var counts: [Int] = []

    /// Whether a word was left out because the distinct words would have 2 GiB or more.
    private(set) var isFull = false

    /// How many distinct words there are.
    var count: Int { counts.count }

    /// The bytes of a word.
    func word(_ index: Int) -> ArraySlice<UInt8> { table[index] }

    /// How many bytes the distinct words have together.
    var byteCount: Int { table.byteCount }

    mutating func add(_ text: Span<UInt8>, _ range: Range<Int>) {
        if let index = table.index(of: text, range) {
            counts[index] += 1
        } else if byteCount + range.count >= Int(Int32.max) {
            isFull = true
        } else if table.insert(text.array(range)) {
            counts.append(1)
        }
    }
}
