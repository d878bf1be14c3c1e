/// MediaWiki markup as readable text: what a reader of the page sees, without what templates would make.
///
/// Time is linear in the text: brackets are paired once, beforehand.
struct Wikitext {
    private let bytes: [UInt8]
    private let closing: [Int: Int]
    private var depth = 0
    private var unclosed: Set<String> = []

    static func read(_ bytes: [UInt8], into output: inout FragmentOutput) {
        var wikitext = Wikitext(bytes)
        wikitext.read(0..<bytes.count, &output)
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        closing = bytes.withUnsafeBufferPointer(Self.pairs)
    }

    /// For each opening `[[`, `{{` or `{|`, the place behind what closes it.
    private static func pairs(_ bytes: UnsafeBufferPointer<UInt8>) -> [Int: Int] {
        var closing: [Int: Int] = [:]
        var open: [(kind: UInt8, at: Int)] = []
        var at = 0
        while at + 1 < bytes.count {
            let byte = bytes[at]
            // Letters and spaces first: they are most of what there is.
            guard byte >= 0x5B, byte <= 0x5D || byte >= 0x7B else {
                at += 1
                continue
            }
            switch (byte, bytes[at + 1]) {
            case (0x7B, 0x7B), (0x5B, 0x5B):
                open.append((byte, at))
                at += 2
            case (0x7B, 0x7C) where at == 0 || bytes[at - 1] == 0x0A || bytes[at - 1] == 0x3A:
                open.append((0x7C, at))
                at += 2
            case (0x7D, 0x7D), (0x5D, 0x5D), (0x7C, 0x7D):
                let kind: UInt8 = byte == 0x7D ? 0x7B : byte == 0x5D ? 0x5B : 0x7C
                // `|}}` ends a template whose last argument is empty.
                if kind == 0x7C, at + 2 < bytes.count, bytes[at + 2] == 0x7D {
                    at += 1
                    continue
                }
                // Close the nearest one of the kind; what was opened inside stays open and is text.
                if let place = open.suffix(64).lastIndex(where: { $0.kind == kind }) {
                    closing[open[place].at] = at + 2
                    open.removeSubrange(place...)
                    at += 2
                } else {
                    at += 1
                }
            default: at += 1
            }
        }
        return closing
    }

    // MARK: Reading

    private mutating func read(_ range: Range<Int>, _ output: inout FragmentOutput) {
        depth += 1
        defer { depth -= 1 }
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
            guard at + 1 < range.upperBound, bytes[at + 1] == 0x0A else { return at }
            output.keep(start..<at)
            output.edge(.block)
            return at + 1
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
            return tag(at, range, start, &output)
        case 0x26:
            return reference(at, range, start, &output)
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

    /// Markup that counts only at the start of a line.
    private mutating func lineStart(
        _ at: Int, _ range: Range<Int>, _ start: Int, _ output: inout FragmentOutput
    ) -> Int? {
        switch bytes[at] {
        case 0x3D:
            let end = bytes[at..<range.upperBound].firstIndex(of: 0x0A) ?? range.upperBound
            let line = bytes[at..<end]
            let level = line.prefix { $0 == 0x3D }.count
            let trimmed = line.reversed().drop { isSpace($0) }
            let tail = trimmed.prefix { $0 == 0x3D }.count
            let bounds = min(level, tail)
            guard bounds > 0, trimmed.count > 2 * bounds else { return nil }
            output.keep(start..<at)
            output.edge(.block)
            read(at + bounds..<at + trimmed.count - bounds, &output)
            output.edge(.block)
            return end
        case 0x2A, 0x23, 0x3A, 0x3B:
            let marks = bytes[at..<range.upperBound].prefix { [0x2A, 0x23, 0x3A, 0x3B].contains($0) }.count
            if bytes[at] == 0x23, starts("#REDIRECT", at) || starts("#redirect", at) { return nil }
            output.keep(start..<at)
            output.edge(.line)
            return at + marks
        case 0x2D where starts("----", at):
            output.keep(start..<at)
            output.edge(.block)
            return at + bytes[at..<range.upperBound].prefix { $0 == 0x2D }.count
        default:
            return nil
        }
    }

    // MARK: Brackets

    private mutating func bracket(_ at: Int, _ end: Int, _ output: inout FragmentOutput) {
        if starts("{{", at) {
            output.drop(at..<end, as: "(template)")
        } else if starts("{|", at) {
            table(at + 2..<end - 2, &output)
        } else {
            link(at + 2..<end - 2, &output)
        }
    }

    private mutating func link(_ inner: Range<Int>, _ output: inout FragmentOutput) {
        var target = inner.lowerBound..<(pipes(inner).first ?? inner.upperBound)
        let hasLabel = target.upperBound < inner.upperBound
        if target.first.map({ bytes[$0] }) == 0x3A {
            target = target.lowerBound + 1..<target.upperBound
        } else if let colon = bytes[target].firstIndex(of: 0x3A) {
            let space = String(decoding: bytes[target.lowerBound..<colon], as: UTF8.self)
                .lowercased().filter { $0 != " " && $0 != "_" }
            if Self.media.contains(space) {
                mediaLink(inner, &output)
                return
            }
            if Self.categories.contains(space) {
                output.drop(inner, as: "(category)")
                return
            }
        }
        read(hasLabel ? target.upperBound + 1..<inner.upperBound : target, &output)
    }

    /// The caption of a picture is its last argument, when that is no setting.
    private mutating func mediaLink(_ inner: Range<Int>, _ output: inout FragmentOutput) {
        guard let last = pipes(inner).last else {
            output.drop(inner, as: "(media)")
            return
        }
        let caption = last + 1..<inner.upperBound
        let words = String(decoding: bytes[caption].prefix(40), as: UTF8.self)
        let isSetting =
            words.hasSuffix("px")
            || ["thumb", "left", "right", "center", "none", "frame", "frameless"].contains(words)
            || words.contains("=")
        guard !isSetting else {
            output.drop(inner, as: "(media)")
            return
        }
        output.drop(inner.lowerBound..<last, as: "(media)")
        output.edge(.block)
        read(caption, &output)
        output.edge(.block)
    }

    private static let media: Set<String> = ["file", "image", "media", "datei", "bild", "fichier", "archivo"]
    private static let categories: Set<String> = [
        "category", "kategorie", "catégorie", "categoría", "categoria",
    ]

    /// The bars that separate arguments, not those of links and templates inside.
    private func pipes(_ range: Range<Int>) -> [Int] {
        var result: [Int] = []
        var at = range.lowerBound
        while at < range.upperBound {
            if bytes[at] == 0x7C { result.append(at) }
            at = closing[at] ?? at + 1
        }
        return result
    }

    private mutating func externalLink(
        _ at: Int, _ range: Range<Int>, _ start: Int, _ output: inout FragmentOutput
    ) -> Int {
        guard
            starts("[http://", at) || starts("[https://", at) || starts("[//", at) || starts("[mailto:", at),
            let end = bytes[at..<min(range.upperBound, at + 4096)].firstIndex(of: 0x5D)
        else { return at }
        output.keep(start..<at)
        if let space = bytes[at..<end].firstIndex(of: 0x20) {
            output.drop(at + 1..<space, as: "(address)")
            read(space + 1..<end, &output)
        } else {
            output.drop(at + 1..<end, as: "(address)")
        }
        return end + 1
    }

    /// Rows on lines, cells set apart by tabs, attributes left out.
    private mutating func table(_ inner: Range<Int>, _ output: inout FragmentOutput) {
        output.edge(.block)
        // The rest of the first line is attributes.
        var at = bytes[inner].firstIndex(of: 0x0A) ?? inner.upperBound
        while at < inner.upperBound {
            let lineEnd = endOfLine(at + 1, inner.upperBound)
            let line = at + 1..<max(at + 1, lineEnd)
            at = lineEnd
            let start = bytes[line].firstIndex { !isSpace($0) } ?? line.upperBound
            guard start < line.upperBound else { continue }
            switch bytes[start] {
            case 0x7C where start + 1 < line.upperBound && bytes[start + 1] == 0x2D:
                output.edge(.line)
            case 0x7C where start + 1 < line.upperBound && bytes[start + 1] == 0x2B:
                read(start + 2..<line.upperBound, &output)
                output.edge(.line)
            case 0x7C, 0x21:
                cells(start + 1..<line.upperBound, header: bytes[start] == 0x21, &output)
            default:
                read(start..<line.upperBound, &output)
            }
        }
        output.edge(.block)
    }

    /// The end of a line, not counting those inside links, templates and tables.
    private func endOfLine(_ from: Int, _ limit: Int) -> Int {
        var at = from
        while at < limit, bytes[at] != 0x0A { at = min(closing[at] ?? at + 1, limit) }
        return at
    }

    private mutating func cells(_ range: Range<Int>, header: Bool, _ output: inout FragmentOutput) {
        var start = range.lowerBound
        var at = start
        var bar: Int?
        func cell(_ end: Int, _ output: inout FragmentOutput, _ reader: inout Wikitext) {
            // One bar inside a cell ends its attributes.
            reader.read((bar.map { $0 + 1 } ?? start)..<end, &output)
            output.edge(.cell, isStart: false)
        }
        while at < range.upperBound {
            let isDouble =
                at + 1 < range.upperBound && bytes[at] == bytes[at + 1]
                && (bytes[at] == 0x7C || header && bytes[at] == 0x21)
            if isDouble {
                cell(at, &output, &self)
                at += 2
                start = at
                bar = nil
            } else {
                if bytes[at] == 0x7C { bar = bar ?? at }
                at = min(closing[at] ?? at + 1, range.upperBound)
            }
        }
        cell(range.upperBound, &output, &self)
    }

    // MARK: Tags and references

    private mutating func tag(
        _ at: Int, _ range: Range<Int>, _ start: Int, _ output: inout FragmentOutput
    ) -> Int {
        if starts("<!--", at) {
            output.keep(start..<at)
            let end = find("-->", from: at + 4, before: range.upperBound).map { $0 + 3 } ?? range.upperBound
            output.drop(at..<end, as: "(comment)")
            return end
        }
        guard let close = bytes[at..<min(range.upperBound, at + 2048)].firstIndex(of: 0x3E) else { return at }
        var nameStart = at + 1
        if nameStart < close, bytes[nameStart] == 0x2F { nameStart += 1 }
        let name = String(
            decoding: bytes[nameStart..<close].prefix { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A },
            as: UTF8.self
        ).lowercased()
        guard !name.isEmpty else { return at }
        output.keep(start..<at)
        let isEmpty = bytes[close - 1] == 0x2F
        if nameStart == at + 1, !isEmpty {
            let ending = "</" + name
            if Self.dropped.contains(name) {
                // What is not closed once is not closed later: no second search of the whole page.
                guard !unclosed.contains(name) else { return close + 1 }
                guard let end = find(ending, from: close, before: range.upperBound) else {
                    unclosed.insert(name)
                    return close + 1
                }
                let stop =
                    bytes[end..<range.upperBound].firstIndex(of: 0x3E).map { $0 + 1 } ?? range.upperBound
                output.drop(at..<stop, as: name)
                return stop
            }
            if Self.verbatim.contains(name) {
                let end = find(ending, from: close, before: range.upperBound) ?? range.upperBound
                let isBlock = name != "nowiki"
                if isBlock { output.edge(.block) }
                output.keep(close + 1..<max(close + 1, end), preserved: isBlock)
                if isBlock { output.edge(.block) }
                return bytes[end..<range.upperBound].firstIndex(of: 0x3E).map { $0 + 1 } ?? range.upperBound
            }
        }
        if let role = HTMLFragment.roles[name] { output.edge(role.subtracting([.excluded, .preformatted])) }
        return close + 1
    }

    private static let dropped: Set<String> = [
        "ref", "gallery", "timeline", "templatedata", "score", "imagemap",
    ]
    private static let verbatim: Set<String> = ["nowiki", "pre", "syntaxhighlight", "source", "math"]

    private func reference(
        _ at: Int, _ range: Range<Int>, _ start: Int, _ output: inout FragmentOutput
    ) -> Int {
        guard let end = bytes[at..<min(range.upperBound, at + 12)].firstIndex(of: 0x3B), end > at + 1 else {
            return at
        }
        let name = String(decoding: bytes[at + 1..<end], as: UTF8.self)
        guard let scalar = HTMLReference.scalar(name) else { return at }
        output.keep(start..<at)
        Array(String(Character(scalar)).utf8).withUnsafeBufferPointer { output.replace(at..<end + 1, by: $0) }
        return end + 1
    }

    // MARK: Bytes

    private func starts(_ text: StaticString, _ at: Int) -> Bool {
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
