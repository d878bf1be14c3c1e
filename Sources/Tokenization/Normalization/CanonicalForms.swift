/// Canonical composition and decomposition (NFC, NFD), stretch by stretch.
///
/// A stretch runs from a scalar that nothing before it can change to the next such scalar. Text whose scalars are
/// all of that kind is left alone after one look, which is what nearly all text is.
struct CanonicalForms: Sendable {
    /// The tables, made when they are first asked for.
    static let shared = CanonicalForms()

    private let decompositions: [UInt32: (UInt32, UInt32?)]
    private let compositions: [UInt64: UInt32]
    /// The combining class of each scalar.
    private let classes: [UInt8]
    /// By scalar: whether it can change or be changed by what precedes it, in composing and in decomposing.
    private let flags: [UInt8]

    private static let changesInComposing: UInt8 = 1
    private static let changesInDecomposing: UInt8 = 2
    private static let hangulSyllables: Range<UInt32> = 0xAC00..<0xD7A4

    private init() {
        var decompositions: [UInt32: (UInt32, UInt32?)] = [:]
        var compositions: [UInt64: UInt32] = [:]
        var flags = [UInt8](repeating: 0, count: 0x2FA20)
        var classes = flags
        func number(_ text: Substring) -> UInt32 { UInt32(text, radix: 16) ?? 0 }
        for entry in CanonicalMappings.decompositions.split(separator: " ") {
            let composes = entry.contains("=")
            let sides = entry.split(whereSeparator: { $0 == "=" || $0 == ">" })
            let parts = sides[1].split(separator: "+").map(number)
            let scalar = number(sides[0])
            decompositions[scalar] = (parts[0], parts.count > 1 ? parts[1] : nil)
            flags[Int(scalar)] |= Self.changesInDecomposing
            if composes, parts.count > 1 {
                compositions[UInt64(parts[0]) << 32 | UInt64(parts[1])] = scalar
                flags[Int(parts[1])] |= Self.changesInComposing
            } else {
                flags[Int(scalar)] |= Self.changesInComposing
            }
        }
        for entry in CanonicalMappings.combiningClasses.split(separator: " ") {
            let sides = entry.split(separator: ":")
            for range in ScalarRanges(String(sides[0])) {
                for scalar in range {
                    classes[Int(scalar)] = UInt8(sides[1]) ?? 0
                    flags[Int(scalar)] |= Self.changesInComposing | Self.changesInDecomposing
                }
            }
        }
        for vowel in 0x1161...0x1175 { flags[vowel] |= Self.changesInComposing }
        for trail in 0x11A8...0x11C2 { flags[trail] |= Self.changesInComposing }
        for syllable in Self.hangulSyllables { flags[Int(syllable)] |= Self.changesInDecomposing }
        self.decompositions = decompositions
        self.compositions = compositions
        self.classes = classes
        self.flags = flags
    }

    /// The canonical form of a range of a text, or nil if the text has it already.
    func normalize(_ text: Span<UInt8>, _ range: Range<Int>, composing: Bool) -> NormalizedText? {
        let flag = composing ? Self.changesInComposing : Self.changesInDecomposing
        var editor = TextEditor(range)
        var stable = range.lowerBound
        var index = range.lowerBound
        while index < range.upperBound {
            if text[index] < 0x80 {
                stable = index
                index += 1
                continue
            }
            let (scalar, length) = text.scalar(at: index)
            if Int(scalar) >= flags.count || flags[Int(scalar)] & flag == 0 {
                stable = index
                index += length
                continue
            }
            var end = index + length
            while end < range.upperBound {
                let next = text.scalar(at: end)
                if Int(next.value) >= flags.count || flags[Int(next.value)] & flag == 0 { break }
                end += next.length
            }
            rewrite(text, stable..<end, composing: composing, with: &editor)
            stable = end
            index = end
        }
        return editor.finish(text, end: range.upperBound)
    }

    /// A scalar of the result and the bytes of the text it came from.
    private struct Item {
        var scalar: UInt32
        var source: Range<Int>
    }

    private func rewrite(
        _ text: Span<UInt8>, _ range: Range<Int>, composing: Bool, with editor: inout TextEditor
    ) {
        if composing, rewritePair(text, range, with: &editor) { return }
        var items: [Item] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let (scalar, length) = text.scalar(at: index)
            decompose(scalar, from: index..<index + length, into: &items)
            index += length
        }
        order(&items)
        if composing { compose(&items) }
        // The finest cuts: what comes before is made from earlier bytes only.
        var earlierEnds: [Int] = []
        for item in items { earlierEnds.append(max(earlierEnds.last ?? 0, item.source.upperBound)) }
        var laterStart = range.upperBound
        var cuts: [Int] = []
        for place in items.indices.reversed() {
            laterStart = min(laterStart, items[place].source.lowerBound)
            if place == 0 || earlierEnds[place - 1] <= laterStart { cuts.append(place) }
        }
        replaceChanged(items, cuts: cuts.reversed(), in: text, from: range.lowerBound, with: &editor)
    }

    /// Composes a letter and one mark, the common case; false if it takes more than a look at the tables.
    private func rewritePair(
        _ text: Span<UInt8>, _ range: Range<Int>, with editor: inout TextEditor
    ) -> Bool {
        let first = text.scalar(at: range.lowerBound)
        let place = range.lowerBound + first.length
        guard place < range.upperBound else { return false }
        let second = text.scalar(at: place)
        guard place + second.length == range.upperBound else { return false }
        if let composed = composition(first.value, second.value) {
            var bytes: [UInt8] = []
            bytes.append(scalar: composed)
            editor.replace(range, in: text, with: bytes)
            return true
        }
        return combiningClass(first.value) == 0 && decompositions[first.value] == nil
            && decompositions[second.value] == nil && !Self.hangulSyllables.contains(first.value)
    }

    /// Edits the stretches between cuts that differ from the text.
    private func replaceChanged(
        _ items: [Item], cuts: [Int], in text: Span<UInt8>, from begin: Int, with editor: inout TextEditor
    ) {
        var start = begin
        var end = start
        for (number, cut) in cuts.enumerated() {
            let last = number + 1 < cuts.count ? cuts[number + 1] : items.count
            var bytes: [UInt8] = []
            for item in items[cut..<last] {
                bytes.append(scalar: item.scalar)
                end = max(end, item.source.upperBound)
            }
            if bytes.count != end - start || !text.matches(bytes, at: start, end: end) {
                editor.replace(start..<end, in: text, with: bytes)
            }
            start = end
        }
    }

    private func decompose(_ scalar: UInt32, from source: Range<Int>, into result: inout [Item]) {
        if Self.hangulSyllables.contains(scalar) {
            let index = scalar - Self.hangulSyllables.lowerBound
            result.append(Item(scalar: 0x1100 + index / 588, source: source))
            result.append(Item(scalar: 0x1161 + index % 588 / 28, source: source))
            if index % 28 > 0 { result.append(Item(scalar: 0x11A7 + index % 28, source: source)) }
        } else if let (first, second) = decompositions[scalar] {
            decompose(first, from: source, into: &result)
            if let second { result.append(Item(scalar: second, source: source)) }
        } else {
            result.append(Item(scalar: scalar, source: source))
        }
    }

    /// Sorts every run of combining marks by class, keeping the order of equals.
    private func order(_ items: inout [Item]) {
        var start = 0
        while start < items.count {
            var end = start
            while end < items.count, combiningClass(items[end].scalar) != 0 { end += 1 }
            if end - start > 1 { sort(&items, start..<end) }
            start = end + 1
        }
    }

    private func sort(_ items: inout [Item], _ range: Range<Int>) {
        if range.count <= 16 {
            for place in range.dropFirst() {
                var index = place
                let item = items[place]
                let itemClass = combiningClass(item.scalar)
                while index > range.lowerBound, combiningClass(items[index - 1].scalar) > itemClass {
                    items[index] = items[index - 1]
                    index -= 1
                }
                items[index] = item
            }
            return
        }
        // Long runs are made to hurt: distribute them by class in one pass.
        var lists: [UInt8: [Item]] = [:]
        for item in items[range] { lists[combiningClass(item.scalar), default: []].append(item) }
        let sorted = lists.keys.sorted().flatMap { lists[$0] ?? [] }
        items.replaceSubrange(range, with: sorted)
    }

    @inline(__always)
    private func combiningClass(_ scalar: UInt32) -> UInt8 {
        Int(scalar) < classes.count ? classes[Int(scalar)] : 0
    }

    private func compose(_ items: inout [Item]) {
        var result: [Item] = []
        var starter: Int?
        var lastClass: UInt8 = 0
        for item in items {
            let itemClass = combiningClass(item.scalar)
            if let place = starter, place == result.count - 1 || lastClass < itemClass,
                let composed = composition(result[place].scalar, item.scalar)
            {
                let source = result[place].source
                let start = min(source.lowerBound, item.source.lowerBound)
                let end = max(source.upperBound, item.source.upperBound)
                result[place] = Item(scalar: composed, source: start..<end)
                continue
            }
            if itemClass == 0 { starter = result.count }
            lastClass = itemClass
            result.append(item)
        }
        items = result
    }

    private func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if first >= 0x1100, first < 0x1113, second >= 0x1161, second < 0x1176 {
            return Self.hangulSyllables.lowerBound + ((first - 0x1100) * 21 + second - 0x1161) * 28
        }
        if Self.hangulSyllables.contains(first), (first - Self.hangulSyllables.lowerBound) % 28 == 0,
            second > 0x11A7, second < 0x11C3
        {
            return first + second - 0x11A7
        }
        return compositions[UInt64(first) << 32 | UInt64(second)]
    }
}
