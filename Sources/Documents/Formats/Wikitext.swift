/// MediaWiki markup as readable text: what a reader of the page sees, without what templates would make.
///
/// Time is linear in the text: brackets are paired once, beforehand.
struct Wikitext {
    let bytes: [UInt8]
    /// For each opening bracket, comment and tag without wikitext inside, the place behind what closes it.
    private let closing: PlaceTable
    private var depth = 0
    /// Whether the line at hand is a list item, which ends where the line does.
    private var inItem = false
    /// Whether line ends count: inside a poem.
    var keepsLines = false

    static func read(_ bytes: [UInt8], into output: inout FragmentOutput) {
        var wikitext = Wikitext(bytes)
        wikitext.read(0..<bytes.count, &output)
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        closing = PlaceTable(bytes.withUnsafeBufferPointer(Self.pairs))
    }

    // MARK: Reading

    mutating func read(_ range: Range<Int>, _ output: inout FragmentOutput) {
        let outer = inItem
        depth += 1
        inItem = false
        defer {
            depth -= 1
            inItem = outer
        }
        var at = range.lowerBound
        var start = at
        while at < range.upperBound {
            if at > 0, bytes[at - 1] != 0x0A { at = nextMark(at, range.upperBound) }
            guard at < range.upperBound else { break }
            let next = step(at, range, start, &output)
            if next > at {
                at = next
                start = next
            } else {
                at += 1
            }
        }
        output.keep(start..<range.upperBound)
        if inItem { output.edge(.line) }
    }

    /// The next byte that may be markup anywhere in a line, or that ends one.
    private func nextMark(_ from: Int, _ limit: Int) -> Int {
        bytes.withUnsafeBufferPointer { bytes in
            var at = from
            while at < limit {
                switch bytes[at] {
                case 0x0A, 0x7B, 0x5B, 0x27, 0x3C, 0x26, 0x5F: return at
                default: at += 1
                }
            }
            return limit
        }
    }

    /// Deals with markup at a place, after keeping what stands before; gives the place behind it, or the same place.
    private mutating func step(
        _ at: Int, _ range: Range<Int>, _ start: Int, _ output: inout FragmentOutput
    ) -> Int {
        let byte = bytes[at]
        if at == 0 || bytes[at - 1] == 0x0A, let next = lineStart(at, range, start, &output) { return next }
        switch byte {
        case 0x0A:
            return lineEnd(at, range, start, &output)
        case 0x7B, 0x5B:
            if let end = closing[at], end <= range.upperBound, depth < 64 {
                output.keep(start..<at)
                bracket(at, end, &output)
                return end
            }
            return byte == 0x5B ? externalLink(at, range, start, &output) : at
        case 0x27:
            let quotes = bytes[at..<range.upperBound].prefix { $0 == 0x27 }.count
            guard quotes > 1 else { return at }
            output.keep(start..<at)
            return at + quotes
        case 0x3C:
            if let end = closing[at] { return region(at..<end, range, start, &output) }
            return tag(at, range, start, &output)
        case 0x26:
            return reference(at, range, start, preserved: false, &output)
        case 0x5F:
            guard starts("__", at),
                let end = find("__", from: at + 2, before: min(at + 40, range.upperBound)),
                end > at + 2, bytes[at + 2..<end].allSatisfy({ (0x41...0x5A).contains($0) })
            else { return at }
            output.keep(start..<at)
            return end + 2
        default:
            return at
        }
    }

    /// The end of a line, where it means more than a space.
    private mutating func lineEnd(
        _ at: Int, _ range: Range<Int>, _ start: Int, _ output: inout FragmentOutput
    ) -> Int {
        let next = bytes[at + 1..<range.upperBound].firstIndex { $0 != 0x20 && $0 != 0x09 }
        let isBlank = next.map { bytes[$0] == 0x0A } ?? false
        guard isBlank || inItem || keepsLines else { return at }
        inItem = false
        output.keep(start..<at)
        output.edge(isBlank ? .block : .line)
        return at + 1
    }

    /// Markup that counts only at the start of a line.
    private mutating func lineStart(
        _ at: Int, _ range: Range<Int>, _ start: Int, _ output: inout FragmentOutput
    ) -> Int? {
        switch bytes[at] {
        case 0x3D:
            return heading(at, range, start, &output)
        case 0x2A, 0x23, 0x3A, 0x3B:
            let marks = bytes[at..<range.upperBound].prefix { [0x2A, 0x23, 0x3A, 0x3B].contains($0) }.count
            if bytes[at] == 0x23, starts("#REDIRECT", at) || starts("#redirect", at) { return nil }
            output.keep(start..<at)
            output.edge(.line)
            inItem = true
            return at + marks
        case 0x2D where starts("----", at):
            output.keep(start..<at)
            output.edge(.block)
            return at + bytes[at..<range.upperBound].prefix { $0 == 0x2D }.count
        default:
            return nil
        }
    }

    /// `== Heading ==`, with nothing but comments and spaces behind it.
    private mutating func heading(
        _ at: Int, _ range: Range<Int>, _ start: Int, _ output: inout FragmentOutput
    ) -> Int? {
        var end = at
        var contentEnd = at
        while end < range.upperBound, bytes[end] != 0x0A {
            let next = min(after(end), range.upperBound)
            if !isSpace(bytes[end]), !starts("<!--", end) { contentEnd = next }
            end = next
        }
        let line = bytes[at..<contentEnd]
        let bounds = min(line.prefix { $0 == 0x3D }.count, line.reversed().prefix { $0 == 0x3D }.count)
        guard bounds > 0, line.count > 2 * bounds else { return nil }
        output.keep(start..<at)
        output.edge(.block)
        read(at + bounds..<contentEnd - bounds, &output)
        output.edge(.block)
        read(contentEnd..<end, &output)
        return end
    }

    private mutating func bracket(_ at: Int, _ end: Int, _ output: inout FragmentOutput) {
        if starts("{{", at) {
            output.drop(at..<end, as: "(template)")
        } else if starts("{|", at) {
            table(at + 2..<end - 2, &output)
        } else {
            link(at + 2..<end - 2, &output)
        }
    }

    // MARK: Bytes

    /// The place behind what stands here: a byte, or the whole of a bracket, comment or tag without wikitext inside.
    func after(_ at: Int) -> Int {
        switch bytes[at] {
        case 0x3C, 0x5B, 0x7B: closing[at] ?? at + 1
        default: at + 1
        }
    }

    func starts(_ text: StaticString, _ at: Int) -> Bool {
        let count = text.utf8CodeUnitCount
        guard at + count <= bytes.count else { return false }
        for k in 0..<count where bytes[at + k] != text.utf8Start[k] { return false }
        return true
    }

    private func find(_ text: String, from start: Int, before limit: Int) -> Int? {
        let wanted = Array(text.utf8)
        var at = start
        while at + wanted.count <= limit {
            if bytes[at] == wanted[0], bytes[at..<at + wanted.count].elementsEqual(wanted) { return at }
            at += 1
        }
        return nil
    }
}
