/// The records of a file of lines, one at a time: lines, or rows whose quoted fields may hold line ends.
struct LineRecords {
    struct Record {
        var bytes: [UInt8]
        /// Offset in the decoded bytes.
        var start: Int
        /// 1-based line on which it starts.
        var line: Int
        /// Whether it was longer than allowed; its bytes are gone.
        var isTooLong: Bool
    }

    private let input: DecodedInput
    private let quote: UInt8?
    private let limit: Int
    private var buffer: [UInt8] = []
    private var start = 0
    private var line = 1
    private var ended = false

    init(_ input: DecodedInput, quote: UInt8?, limit: Int) {
        self.input = input
        self.quote = quote
        self.limit = limit
    }

    /// The next record without its line end; `nil` at the end.
    mutating func next() throws -> Record? {
        var scanned = 0
        var isQuoted = false
        var skipped = 0
        while true {
            while scanned < buffer.count {
                let byte = buffer[scanned]
                scanned += 1
                if byte == quote { isQuoted.toggle() }
                if byte == 0x0A, !isQuoted { return take(scanned, skipped) }
            }
            if scanned > limit {
                // Too long to hold: only its line ends are of interest from here on.
                line += buffer.count { $0 == 0x0A }
                start += buffer.count
                skipped += buffer.count
                buffer = []
                scanned = 0
            }
            guard !ended, let chunk = try input.read(forgettingBefore: start - skipped) else {
                ended = true
                return buffer.isEmpty && skipped == 0 ? nil : take(buffer.count, skipped)
            }
            buffer += chunk
        }
    }

    private mutating func take(_ count: Int, _ skipped: Int) -> Record {
        var end = count
        if end > 0, buffer[end - 1] == 0x0A { end -= 1 }
        if end > 0, buffer[end - 1] == 0x0D { end -= 1 }
        let record = Record(
            bytes: skipped > 0 ? [] : Array(buffer[..<end]), start: start - skipped, line: line,
            isTooLong: skipped > 0)
        line += buffer[..<count].count { $0 == 0x0A }
        start += count
        buffer.removeFirst(count)
        return record
    }
}
