/// Cuts HTML where its parser can bear it, and shows it the page as browsers see it.
///
/// libxml2 loses what stands behind `</body>` or `</html>`, and all that follows a push that ends inside an end tag of
/// a script; it takes tags in `<textarea>` and `<title>`, where there are none, for tags; and it compares each
/// attribute of a tag with all others before it can be told that there are too many. The bytes that come out are as
/// many as go in.
struct HTMLChunks {
    /// Bytes to push at once.
    struct Part {
        var bytes: [UInt8]
        /// Offsets, among all bytes, of those that stand for a `<` which opens no tag.
        var masked: [Int] = []

        /// What stands for a `<` that opens no tag.
        static let mask: UInt8 = 0x7F
    }

    /// An end of the bytes so far that is not understood before more is seen.
    private var held: [UInt8] = []
    /// Bytes given out.
    private var passed = 0
    private var state = State.text
    private static let mostHeld = 64 << 10
    /// A tag is cut behind so many bytes, so that its attributes are counted before they are parsed.
    private static let longTag = 1 << 10

    private enum State {
        case text, comment
        case tag(TagScan)
        /// Inside an element whose text holds no tag but its own end.
        case raw(String)
    }

    /// What to push for a further chunk.
    mutating func take(_ chunk: ArraySlice<UInt8>) -> [Part] { parts(of: held + chunk, isLast: false) }

    /// What to push before the end.
    mutating func rest() -> [Part] { parts(of: held, isLast: true) }

    /// What to push for a whole page.
    static func parts(of bytes: [UInt8]) -> [Part] {
        var chunks = HTMLChunks()
        var parts: [Part] = []
        for start in stride(from: 0, to: bytes.count, by: chunkBytes) {
            parts += chunks.take(bytes[start..<min(start + chunkBytes, bytes.count)])
        }
        return parts + chunks.rest()
    }

    private mutating func parts(of bytes: [UInt8], isLast: Bool) -> [Part] {
        var page = Page(bytes: bytes, isLast: isLast)
        var at = 0
        var end = bytes.count
        scan: while at < bytes.count {
            switch state {
            case .text:
                at = page.next(0x3C, from: at)
                guard at < bytes.count else { break scan }
                switch page.markup(at: at) {
                case .none: at += 1
                case .comment:
                    state = .comment
                    at += 4
                case .tag:
                    var tag = TagScan()
                    if let close = tag.end(bytes, from: at + 1) {
                        let name = page.name(at)
                        if close - at > Self.longTag { page.cuts.append(at + Self.longTag) }
                        if bytes[at + 1] == 0x2F {
                            if name == "body" || name == "html" { page.blank(at...close) }
                        } else if name == "script" || name == "style" {
                            state = .raw(name)
                        } else if name == "textarea" || name == "title", bytes[close - 1] != 0x2F {
                            if let inner = page.closing(name, from: close + 1) {
                                page.mask(close + 1..<inner)
                                at = inner
                                continue
                            }
                            if !isLast, bytes.count - at <= Self.mostHeld {
                                state = .text
                                end = at
                                break scan
                            }
                        }
                        at = close + 1
                    } else if !isLast, bytes.count - at <= Self.mostHeld {
                        end = at
                        break scan
                    } else {
                        page.cuts.append(min(at + Self.longTag, bytes.count))
                        state = .tag(tag)
                        break scan
                    }
                case .unknown:
                    end = at
                    break scan
                }
            case .tag(var tag):
                guard let close = tag.end(bytes, from: at) else {
                    state = .tag(tag)
                    break scan
                }
                state = .text
                at = close + 1
            case .comment:
                guard let close = page.commentEnd(from: at) else {
                    if !isLast { end = max(at, bytes.count - 2) }
                    break scan
                }
                state = .text
                at = close
            case .raw(let name):
                guard let close = page.closing(name, from: at) else {
                    // Its end tag may have begun.
                    let last = bytes[max(at, bytes.count - name.utf8.count - 2)...].lastIndex(of: 0x3C)
                    if !isLast, let last { end = last }
                    break scan
                }
                state = .text
                at = close
            }
        }
        held = Array(bytes[end...])
        defer { passed += end }
        return page.parts(upTo: end, from: passed)
    }
}

extension HTMLChunks {
    /// How far a tag has been looked at.
    struct TagScan {
        /// The quotation mark that is open, or 0.
        private var quote: UInt8 = 0
        /// The last byte that was no white space.
        private var before: UInt8 = 0

        /// Where the tag's `>` is, if it is among the bytes from a place on.
        mutating func end(_ bytes: [UInt8], from start: Int) -> Int? {
            for at in start..<bytes.count {
                let byte = bytes[at]
                if quote != 0 {
                    if byte == quote { quote = 0 }
                } else if byte == 0x3E {
                    return at
                } else if byte == 0x22 || byte == 0x27, before == 0x3D {
                    quote = byte
                }
                if byte > 0x20 { before = byte }
            }
            return nil
        }
    }

    /// Bytes that are looked through, and what is to be done about them.
    private struct Page {
        var bytes: [UInt8]
        let isLast: Bool
        var cuts: [Int] = []
        private var masked: [Int] = []
        /// Elements of which no end tag follows any more, as no place is looked through twice for it.
        private var unclosed: Set<String> = []

        init(bytes: [UInt8], isLast: Bool) {
            self.bytes = bytes
            self.isLast = isLast
        }

        enum Markup { case none, tag, comment, unknown }

        func next(_ byte: UInt8, from start: Int) -> Int {
            bytes.withUnsafeBufferPointer { bytes in
                var at = start
                while at < bytes.count, bytes[at] != byte { at += 1 }
                return at
            }
        }

        /// What the `<` at a place opens; unknown when more must be seen first.
        func markup(at: Int) -> Markup {
            func byte(_ offset: Int) -> UInt8? { at + offset < bytes.count ? bytes[at + offset] : nil }
            func isLetter(_ byte: UInt8) -> Bool { 0x61...0x7A ~= byte | 0x20 }
            guard let first = byte(1) else { return isLast ? .none : .unknown }
            if isLetter(first) || first == 0x3F { return .tag }
            if first == 0x2F {
                guard let second = byte(2) else { return isLast ? .none : .unknown }
                return isLetter(second) ? .tag : .none
            }
            guard first == 0x21 else { return .none }
            if byte(2) == 0x2D, byte(3) == 0x2D { return .comment }
            return byte(3) == nil && !isLast ? .unknown : .tag
        }

        /// The name of the tag at a place, in lower case.
        func name(_ at: Int) -> String {
            let start = at + (bytes[at + 1] == 0x2F ? 2 : 1)
            let name = bytes[start...].prefix(16).prefix { !isSpace($0) && $0 != 0x2F && $0 != 0x3E }
            return String(decoding: name.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }, as: UTF8.self)
        }

        /// Where the end tag of an element starts, as far as libxml2 looks at it.
        mutating func closing(_ name: String, from start: Int) -> Int? {
            if unclosed.contains(name) { return nil }
            var at = next(0x3C, from: start)
            let wanted = Array(name.utf8)
            while at + 1 + wanted.count < bytes.count {
                if bytes[at + 1] == 0x2F,
                    bytes[at + 2..<at + 2 + wanted.count].elementsEqual(wanted, by: { $0 | 0x20 == $1 })
                {
                    return at
                }
                at = next(0x3C, from: at + 1)
            }
            unclosed.insert(name)
            return nil
        }

        /// The place behind the end of a comment.
        func commentEnd(from start: Int) -> Int? {
            var at = next(0x3E, from: start)
            while at < bytes.count {
                if at >= start + 2, bytes[at - 1] == 0x2D, bytes[at - 2] == 0x2D { return at + 1 }
                at = next(0x3E, from: at + 1)
            }
            return nil
        }

        mutating func blank(_ range: ClosedRange<Int>) {
            for at in range where !isSpace(bytes[at]) { bytes[at] = 0x20 }
        }

        mutating func mask(_ range: Range<Int>) {
            for at in range where bytes[at] == 0x3C {
                bytes[at] = Part.mask
                masked.append(at)
            }
        }

        func parts(upTo end: Int, from passed: Int) -> [Part] {
            var parts: [Part] = []
            var start = 0
            for cut in cuts + [end] where cut > start && cut <= end {
                parts.append(
                    Part(
                        bytes: Array(bytes[start..<cut]),
                        masked: masked.filter { start..<cut ~= $0 }.map { $0 + passed }))
                start = cut
            }
            return parts
        }
    }
}
