/// The records of a file of lines, one at a time: lines, or rows whose quoted values may hold line ends.
///
/// A line ends with a line feed, a carriage return, or one behind the other.
struct LineRecords {
    struct Record {
        var bytes: [UInt8]
        /// Offset in the decoded bytes.
        var start: Int
        /// 1-based line on which it starts.
        var line: Int
        /// Whether it was longer than allowed; its bytes are gone.
        var isTooLong: Bool
        /// Whether the file ended inside a quoted value.
        var isOpen: Bool
    }

    /// Where in a row a byte stands.
    private enum State {
        case valueStart, plain, quoted
        /// Behind a quotation mark inside a quoted value: its end, or the first of two that stand for one.
        case quote
    }

    private let input: DecodedInput
    private let limit: Int
    /// What separates the values of a row, each of which may start with a quotation mark; none in lines without.
    var separators: [UInt8]
    private var buffer: [UInt8] = []
    /// Bytes of `buffer` that are behind us.
    private var used = 0
    private var start = 0
    private var line = 1
    private var ended = false
    private var endedWithReturn = false

    init(_ input: DecodedInput, separators: [UInt8], limit: Int) {
        self.input = input
        self.separators = separators
        self.limit = limit
    }

    /// The next record without its line end; `nil` at the end.
    mutating func next() throws -> Record? {
        var scanned = used
        var state = separators.isEmpty ? State.plain : .valueStart
        var skipped = 0
        while true {
            if endedWithReturn, used < buffer.count {
                endedWithReturn = false
                if buffer[used] == 0x0A {
                    used += 1
                    start += 1
                    scanned = used
                }
            }
            if let end = findEnd(&scanned, &state) { return take(end, skipped, isOpen: false) }
            if scanned - used > limit {
                // Too long to hold: only its line ends are of interest from here on.
                // A CR may be half of a line end.
                let end = buffer.last == 0x0D ? buffer.count - 1 : buffer.count
                line += lineEnds(buffer[used..<end])
                start += end - used
                skipped += end - used
                used = end
            }
            buffer.removeFirst(used)
            scanned -= used
            used = 0
            guard !ended, let chunk = try input.read(forgettingBefore: start - skipped) else {
                ended = true
                if buffer.isEmpty, skipped == 0 { return nil }
                return take(buffer.count, skipped, isOpen: state == .quoted)
            }
            buffer += chunk
        }
    }

    /// The end of the line that ends the record, if the buffer has it. `scanned` and `state` go on from call to call.
    private func findEnd(_ scanned: inout Int, _ state: inout State) -> Int? {
        let separator = separators.first ?? 0
        let isKnown = separators.count == 1
        return buffer.withUnsafeBufferPointer { bytes in
            var at = scanned
            defer { scanned = at }
            if separators.isEmpty {
                while at < bytes.count, bytes[at] != 0x0A, bytes[at] != 0x0D { at += 1 }
                return at < bytes.count ? at : nil
            }
            while at < bytes.count {
                let byte = bytes[at]
                switch state {
                case .quoted:
                    if byte == 0x22 { state = .quote }
                case .quote where byte == 0x22:
                    state = .quoted
                case .valueStart where byte == 0x22:
                    state = .quoted
                case .valueStart, .plain, .quote:
                    if byte == 0x0A || byte == 0x0D { return at }
                    let separates = byte == separator || !isKnown && separators.contains(byte)
                    state = separates ? .valueStart : .plain
                }
                at += 1
            }
            return nil
        }
    }

    private mutating func take(_ end: Int, _ skipped: Int, isOpen: Bool) -> Record {
        let bytes = buffer[used..<end]
        let record = Record(
            bytes: skipped > 0 ? [] : Array(bytes), start: start - skipped, line: line,
            isTooLong: skipped > 0, isOpen: isOpen)
        line += lineEnds(bytes)
        start += bytes.count
        used = end
        if end < buffer.count {
            endedWithReturn = buffer[end] == 0x0D
            line += 1
            start += 1
            used += 1
        }
        return record
    }
}
