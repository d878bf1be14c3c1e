/// What belongs to some places in a text, each of which has one value. Looked up faster than in a dictionary, where
/// numbers are hashed against attack.
struct PlaceTable {
    struct Entry {
        var place: Int
        var value: Int
    }

    private let entries: [Entry]

    /// Takes entries in any order.
    init(_ entries: [Entry]) { self.entries = entries.sorted { $0.place < $1.place } }

    subscript(place: Int) -> Int? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].place < place { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].place == place ? entries[low].value : nil
    }
}
