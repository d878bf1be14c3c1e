extension Wikitext {
    /// Tags that are left out with what they hold.
    static let dropped: Set<String> = [
        "ref", "gallery", "timeline", "templatedata", "templatestyles", "score", "imagemap", "graph", "hiero",
        "mapframe", "categorytree", "inputbox", "indicator", "includeonly",
    ]
    /// Tags whose content is taken as it stands.
    static let verbatim: Set<String> = [
        "nowiki", "pre", "syntaxhighlight", "source", "math", "chem", "ce",
    ]
    /// The other tags that MediaWiki knows; whatever else looks like one is text.
    private static let known: Set<String> = [
        "abbr", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center", "cite", "code", "data",
        "dd",
        "del", "dfn", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins",
        "kbd", "languages", "li", "link", "maplink", "mark", "meta", "noinclude", "ol", "onlyinclude", "p",
        "phonos", "poem", "q", "rb", "references", "rp", "rt", "rtc", "ruby", "s", "samp", "section", "small",
        "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time",
        "tr", "translate", "tt", "tvar", "u", "ul", "var", "wbr",
    ]

    /// The name of a tag in small letters and the place behind it, when a space, `/` or `>` follows.
    static func tagName(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> (name: String, end: Int)? {
        var end = start
        let limit = min(bytes.count, start + 16)
        while end < limit, isLetter(bytes[end]) || end > start && (0x30...0x39).contains(bytes[end]) {
            end += 1
        }
        guard end > start, end < bytes.count, isSpace(bytes[end]) || bytes[end] == 0x2F || bytes[end] == 0x3E
        else { return nil }
        return (String(decoding: bytes[start..<end], as: UTF8.self).lowercased(), end)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A }

    /// A tag that does something, if anything, to the text around it.
    mutating func tag(
        _ at: Int, _ range: Range<Int>, _ start: Int, _ output: inout FragmentOutput
    ) -> Int {
        let isEnd = at + 1 < range.upperBound && bytes[at + 1] == 0x2F
        let found = bytes.withUnsafeBufferPointer { Self.tagName($0, at + (isEnd ? 2 : 1)) }
        guard let (name, nameEnd) = found,
            Self.known.contains(name) || Self.dropped.contains(name) || Self.verbatim.contains(name),
            nameEnd < range.upperBound,
            let close = bytes[nameEnd..<min(range.upperBound, at + 2048)]
                .firstIndex(where: { $0 == 0x3E || $0 == 0x3C }),
            bytes[close] == 0x3E
        else { return at }
        output.keep(start..<at)
        // Marks of parts to be shown elsewhere stand in the middle of sentences.
        if name != "section", let role = HTMLFragment.roles[name] {
            output.edge(role.subtracting([.excluded, .preformatted]))
        }
        if name == "poem" {
            output.edge(.block)
            keepsLines = !isEnd
        }
        return close + 1
    }

    /// A comment, or a tag whose content is no wikitext.
    func region(
        _ place: Range<Int>, _ range: Range<Int>, _ start: Int, _ output: inout FragmentOutput
    ) -> Int {
        let end = min(place.upperBound, range.upperBound)
        if starts("<!--", place.lowerBound) {
            output.keep(start..<place.lowerBound)
            output.drop(place.lowerBound..<end, as: "(comment)")
            return end
        }
        let name = bytes.withUnsafeBufferPointer { Self.tagName($0, place.lowerBound + 1)?.name }
        guard let name, end == place.upperBound, let close = bytes[place].firstIndex(of: 0x3E),
            let last = bytes[place].lastIndex(of: 0x3C)
        else { return place.lowerBound }
        output.keep(start..<place.lowerBound)
        if Self.dropped.contains(name) {
            output.drop(place, as: name)
            return end
        }
        var inner = close + 1..<max(close + 1, last)
        let attributes = String(decoding: bytes[place.lowerBound..<close], as: UTF8.self).lowercased()
        let isListing = ["pre", "syntaxhighlight", "source"].contains(name)
        let isBlock =
            isListing ? !attributes.contains(" inline") : name == "math" && attributes.contains("block")
        if isListing, bytes[inner].first == 0x0A { inner = inner.lowerBound + 1..<inner.upperBound }
        if isBlock { output.edge(.block) }
        if isListing, name != "pre" {
            output.keep(inner, preserved: isBlock)
        } else {
            decode(inner, preserved: isListing, &output)
        }
        if isBlock { output.edge(.block) }
        return end
    }

    /// Keeps text in which nothing counts but references.
    private func decode(_ range: Range<Int>, preserved: Bool, _ output: inout FragmentOutput) {
        var start = range.lowerBound
        var at = start
        while at < range.upperBound {
            let next =
                bytes[at] == 0x26 ? reference(at, range, start, preserved: preserved, &output) : at
            if next > at {
                at = next
                start = next
            } else {
                at += 1
            }
        }
        output.keep(start..<range.upperBound, preserved: preserved)
    }

    /// A reference to a character.
    func reference(
        _ at: Int, _ range: Range<Int>, _ start: Int, preserved: Bool, _ output: inout FragmentOutput
    ) -> Int {
        guard let end = bytes[at..<min(range.upperBound, at + 12)].firstIndex(of: 0x3B), end > at + 1 else {
            return at
        }
        let name = String(decoding: bytes[at + 1..<end], as: UTF8.self)
        guard let scalar = HTMLReference.scalar(name) else { return at }
        output.keep(start..<at, preserved: preserved)
        Array(String(Character(scalar)).utf8).withUnsafeBufferPointer {
            output.replace(at..<end + 1, by: $0, preserved: preserved)
        }
        return end + 1
    }
}
