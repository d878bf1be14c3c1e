/// Finds the most frequent pair of neighbouring tokens, merges it everywhere, and so on.
///
/// Counts are kept up to date: a merge visits only the words that contain its pair, and changes only the counts of
/// the pairs beside it. The heap may hold outdated counts, which are never too low; they are put right when they
/// come up.
struct MergeLearner {
    /// The tokens of all words, one after another; a word shrinks within its place.
    private var symbols: [Int32] = []
    private var wordStarts: [Int32] = []
    private var wordLengths: [Int32] = []
    private let wordCounts: [Int]

    /// The number of each pair met so far, and by that number its ids, its count and the words it may be in.
    private var numbers = PairTable(capacity: 1 << 12)
    private var pairs: [(left: Int32, right: Int32)] = []
    private var counts: [Int] = []
    private var places: [[Int32]] = []
    private var heap = PairHeap()
    private var nextID: Int32

    /// Starts with every word spelt in bytes.
    init(_ words: WordCounts, idOfByte: [Int32], firstID: Int) throws {
        guard !words.isFull else {
            throw TokenizationError(
                .invalidTraining, "The distinct words have 2 GiB or more; train on fewer texts.")
        }
        wordCounts = words.counts
        nextID = Int32(firstID)
        symbols.reserveCapacity(words.byteCount)
        for index in 0..<words.count {
            let start = symbols.count
            for byte in words.word(index) { symbols.append(idOfByte[Int(byte)]) }
            wordStarts.append(Int32(start))
            wordLengths.append(Int32(symbols.count - start))
            for place in start..<max(start, symbols.count - 1) {
                change(symbols[place], symbols[place + 1], by: wordCounts[index], word: index)
            }
        }
        for number in pairs.indices {
            heap.insert(PairHeap.Entry(count: counts[number], pair: pairs[number]))
        }
    }

    /// The next pair to merge, after it has been merged; nil if no pair is frequent enough.
    mutating func next(minimumFrequency: Int) -> (left: Int32, right: Int32)? {
        while let top = heap.popFirst() {
            let number = Int(numbers[top.left, top.right])
            if counts[number] < minimumFrequency { continue }
            if counts[number] < top.count {
                heap.insert(PairHeap.Entry(count: counts[number], pair: pairs[number]))
                continue
            }
            merge(number)
            return (top.left, top.right)
        }
        return nil
    }

    private mutating func merge(_ number: Int) {
        let pair = pairs[number]
        let words = places[number]
        let firstNew = pairs.count
        places[number] = []
        var last: Int32 = -1
        for word in words where word != last {
            last = word
            rewrite(Int(word), pair)
        }
        counts[number] = 0
        nextID += 1
        // All pairs with the new token are new.
        for new in firstNew..<pairs.count where counts[new] > 0 {
            heap.insert(PairHeap.Entry(count: counts[new], pair: pairs[new]))
        }
    }

    /// Merges a pair within a word and changes the counts of its neighbours.
    private mutating func rewrite(_ word: Int, _ pair: (left: Int32, right: Int32)) {
        let start = Int(wordStarts[word])
        let end = start + Int(wordLengths[word])
        let count = wordCounts[word]
        var read = start
        var write = start
        while read < end {
            if symbols[read] == pair.left, read + 1 < end, symbols[read + 1] == pair.right {
                if write > start {
                    change(symbols[write - 1], pair.left, by: -count, word: word)
                    change(symbols[write - 1], nextID, by: count, word: word)
                }
                if read + 2 < end {
                    change(pair.right, symbols[read + 2], by: -count, word: word)
                    change(nextID, symbols[read + 2], by: count, word: word)
                }
                symbols[write] = nextID
                read += 2
            } else {
                symbols[write] = symbols[read]
                read += 1
            }
            write += 1
        }
        wordLengths[word] = Int32(write - start)
    }

    private mutating func change(_ left: Int32, _ right: Int32, by amount: Int, word: Int) {
        var number = numbers[left, right]
        if number == PairTable.absent {
            number = UInt32(pairs.count)
            numbers[left, right] = number
            pairs.append((left, right))
            counts.append(0)
            places.append([])
        }
        counts[Int(number)] += amount
        if amount > 0, places[Int(number)].last != Int32(word) { places[Int(number)].append(Int32(word)) }
    }
}

/// Pairs by count, the most frequent first, and of equals the one with the smaller ids.
private struct PairHeap {
    struct Entry {
        let count: Int
        let left: Int32
        let right: Int32

        init(count: Int, pair: (left: Int32, right: Int32)) {
            self.count = count
            left = pair.left
            right = pair.right
        }

        func precedes(_ other: Entry) -> Bool {
            if count != other.count { return count > other.count }
            return left != other.left ? left < other.left : right < other.right
        }
    }

    private var entries: [Entry] = []

    mutating func insert(_ entry: Entry) {
        var place = entries.count
        entries.append(entry)
        while place > 0, entry.precedes(entries[(place - 1) / 2]) {
            entries[place] = entries[(place - 1) / 2]
            place = (place - 1) / 2
        }
        entries[place] = entry
    }

    mutating func popFirst() -> Entry? {
        guard let first = entries.first, let moving = entries.popLast() else { return nil }
        if entries.isEmpty { return first }
        var place = 0
        while true {
            var child = 2 * place + 1
            if child >= entries.count { break }
            if child + 1 < entries.count, entries[child + 1].precedes(entries[child]) { child += 1 }
            if !entries[child].precedes(moving) { break }
            entries[place] = entries[child]
            place = child
        }
        entries[place] = moving
        return first
    }
}
