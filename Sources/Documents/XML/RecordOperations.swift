/// What a record's text is made of, in order: stretches of character data, and edges of elements.
///
/// A record may have a million elements, so each operation is a few words of 32 bits rather than a value with room for
/// all there may be to say.
struct RecordOperations {
    enum Operation {
        case text(count: Int, origin: TextBuilder.Origin, line: Int, element: Int, preserved: Bool)
        /// An element starts or ends; `parent` is a number of `RecordText`, -1 for none.
        case edge(role: RecordRules.Role, parent: Int, isStart: Bool)
    }

    /// The lowest two bits of an operation's first word.
    private enum Kind {
        static let edge: UInt32 = 0
        static let linear: UInt32 = 1
        static let block: UInt32 = 2
        static let scaled: UInt32 = 3
        static let mask: UInt32 = 3
    }

    /// The third bit: the edge is a start, or the text is preserved.
    private static let flag: UInt32 = 4
    /// The fourth bit: the text has no source.
    private static let isAdded: UInt32 = 8
    private static let shift: UInt32 = 8

    private var words: [UInt32] = []

    mutating func removeAll() { words.removeAll(keepingCapacity: words.capacity < 1 << 18) }

    mutating func appendEdge(_ role: RecordRules.Role, parent: Int, isStart: Bool) {
        words.append(Kind.edge | (isStart ? Self.flag : 0) | UInt32(role.rawValue) << Self.shift)
        words.append(UInt32(truncatingIfNeeded: parent))
    }

    mutating func appendText(
        count: Int, origin: TextBuilder.Origin, line: Int, element: Int, preserved: Bool
    ) {
        let flags = preserved ? Self.flag : 0
        switch origin {
        case .linear(let source):
            append(Kind.linear | flags, count, line, element, source)
        case .scaled(let source, let text, let step):
            let steps = UInt32(truncatingIfNeeded: text) << 4 | UInt32(truncatingIfNeeded: step)
            append(Kind.scaled | flags | steps << Self.shift, count, line, element, source)
        case .block(let range):
            append(Kind.block | flags, count, line, element, range.lowerBound)
            appendWide(range.count)
        case .added:
            append(Kind.linear | flags | Self.isAdded, count, line, element, 0)
        }
    }

    private mutating func append(_ head: UInt32, _ count: Int, _ line: Int, _ element: Int, _ source: Int) {
        words.append(head)
        words.append(UInt32(truncatingIfNeeded: count))
        words.append(UInt32(truncatingIfNeeded: line))
        words.append(UInt32(truncatingIfNeeded: element))
        appendWide(source)
    }

    private mutating func appendWide(_ value: Int) {
        words.append(UInt32(truncatingIfNeeded: value))
        words.append(UInt32(truncatingIfNeeded: value >> 32))
    }

    /// Bytes that the operations take.
    var byteCount: Int { words.count * MemoryLayout<UInt32>.stride }
}

extension RecordOperations: Sequence {
    func makeIterator() -> Iterator { Iterator(words: words) }

    struct Iterator: IteratorProtocol {
        fileprivate let words: [UInt32]
        private var at = 0

        fileprivate init(words: [UInt32]) { self.words = words }

        private mutating func word() -> UInt32 {
            at += 1
            return words[at - 1]
        }

        private mutating func wide() -> Int {
            let low = Int(word())
            return low | Int(Int32(bitPattern: word())) << 32
        }

        mutating func next() -> Operation? {
            guard at < words.count else { return nil }
            let head = word()
            let isFlagged = head & RecordOperations.flag != 0
            guard head & Kind.mask != Kind.edge else {
                let role = RecordRules.Role(
                    rawValue: UInt16(truncatingIfNeeded: head >> RecordOperations.shift))
                return .edge(role: role, parent: Int(Int32(bitPattern: word())), isStart: isFlagged)
            }
            let (count, line, element) = (Int(word()), Int(word()), Int(word()))
            let source = wide()
            let origin: TextBuilder.Origin
            switch head & Kind.mask {
            case Kind.block: origin = .block(source..<source + wide())
            case Kind.scaled:
                let steps = Int(head >> RecordOperations.shift)
                origin = .scaled(source, text: steps >> 4, source: steps & 15)
            default: origin = head & RecordOperations.isAdded != 0 ? .added : .linear(source)
            }
            return .text(count: count, origin: origin, line: line, element: element, preserved: isFlagged)
        }
    }
}
