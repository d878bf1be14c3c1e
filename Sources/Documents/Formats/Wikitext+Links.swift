extension Wikitext {
    mutating func link(_ inner: Range<Int>, _ output: inout FragmentOutput) {
        let bars = pipes(inner)
        var target = inner.lowerBound..<(bars.first ?? inner.upperBound)
        let hasLabel = target.upperBound < inner.upperBound
        if target.first.map({ bytes[$0] }) == 0x3A {
            target = target.lowerBound + 1..<target.upperBound
        } else if let colon = bytes[target].firstIndex(of: 0x3A) {
            let space = String(decoding: bytes[target.lowerBound..<colon], as: UTF8.self)
                .lowercased().filter { $0 != " " && $0 != "_" }
            if Self.media.contains(space) {
                mediaLink(inner, bars, &output)
                return
            }
            if Self.categories.contains(space) {
                output.drop(inner, as: "(category)")
                return
            }
            if !hasLabel, isLanguage(target.lowerBound..<colon), standsAlone(inner) {
                output.drop(inner, as: "(language link)")
                return
            }
        }
        read(hasLabel ? target.upperBound + 1..<inner.upperBound : target, &output)
    }

    /// Whether a prefix is the code of a language, like `de` or `zh-yue`.
    private func isLanguage(_ prefix: Range<Int>) -> Bool {
        let parts = bytes[prefix].split(separator: 0x2D, omittingEmptySubsequences: false)
        return parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { (0x61...0x7A).contains($0) } }
            && ((2...3).contains(parts[0].count) || starts("simple:", prefix.lowerBound))
    }

    /// Whether nothing but other links stands in the line.
    private func standsAlone(_ inner: Range<Int>) -> Bool {
        let before = bytes[..<(inner.lowerBound - 2)].last { $0 != 0x20 }
        let behind = bytes[(inner.upperBound + 2)...].first { $0 != 0x20 }
        return [nil, 0x0A, 0x5D].contains(before) && [nil, 0x0A, 0x5B].contains(behind)
    }

    /// The caption of a picture is its last argument that is no setting.
    private mutating func mediaLink(_ inner: Range<Int>, _ bars: [Int], _ output: inout FragmentOutput) {
        let ends = bars.dropFirst() + [inner.upperBound]
        let arguments = zip(bars, ends).map { $0 + 1..<$1 }
        guard let caption = arguments.last(where: { !isSetting($0) }) else {
            output.drop(inner, as: "(media)")
            return
        }
        output.drop(inner.lowerBound..<caption.lowerBound, as: "(media)")
        output.edge(.block)
        read(caption, &output)
        output.edge(.block)
    }

    private func isSetting(_ argument: Range<Int>) -> Bool {
        let start = bytes[argument].drop(while: isSpace)
        var words = String(decoding: start.prefix(40), as: UTF8.self).lowercased()
        while words.last == " " || words.last == "\n" { words.removeLast() }
        if words.isEmpty || Self.settings.contains(words) { return true }
        if words.count < 16, words.hasSuffix("px") || words.hasSuffix("пкс") {
            return words.prefix { $0.isNumber || $0 == "x" || $0 == " " }.count >= words.count - 3
        }
        guard let equals = words.firstIndex(of: "=") else { return false }
        return Self.settingNames.contains(String(words[..<equals].filter { $0 != " " }))
    }

    /// The bars that separate arguments, not those of links and templates inside.
    private func pipes(_ range: Range<Int>) -> [Int] {
        var result: [Int] = []
        var at = range.lowerBound
        while at < range.upperBound {
            if bytes[at] == 0x7C { result.append(at) }
            at = after(at)
        }
        return result
    }

    mutating func externalLink(
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
}
