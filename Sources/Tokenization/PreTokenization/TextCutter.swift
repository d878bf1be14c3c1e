/// Cuts text at literal matches and around digits.
enum TextCutter {
    /// The pieces of a range cut at every occurrence of `pattern`.
    static func pieces(
        of text: Span<UInt8>, _ range: Range<Int>, at pattern: [UInt8], _ behavior: PreTokenizer.SplitBehavior
    ) -> [Range<Int>] {
        var parts: [Part] = []
        var start = range.lowerBound
        var index = start
        while index < range.upperBound, !pattern.isEmpty {
            if text.matches(pattern, at: index, end: range.upperBound) {
                if start < index { parts.append(Part(range: start..<index, isMatch: false)) }
                start = index + pattern.count
                parts.append(Part(range: index..<start, isMatch: true))
                index = start
            } else {
                index += 1
            }
        }
        if start < range.upperBound { parts.append(Part(range: start..<range.upperBound, isMatch: false)) }
        return join(parts, behavior)
    }

    /// The pieces of a range cut so that numbers stand alone, digit by digit or run by run.
    static func pieces(
        of text: Span<UInt8>, _ range: Range<Int>, aroundDigits individually: Bool
    ) -> [Range<Int>] {
        let properties = ScalarProperties.shared
        var parts: [Part] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let (scalar, length) = text.scalar(at: index)
            let isDigit = properties[scalar] & ScalarProperties.number != 0
            if let last = parts.indices.last, parts[last].isMatch == isDigit, !(isDigit && individually) {
                parts[last].range = parts[last].range.lowerBound..<index + length
            } else {
                parts.append(Part(range: index..<index + length, isMatch: isDigit))
            }
            index += length
        }
        return parts.map(\.range)
    }

    private struct Part {
        var range: Range<Int>
        var isMatch: Bool
    }

    private static func join(_ parts: [Part], _ behavior: PreTokenizer.SplitBehavior) -> [Range<Int>] {
        switch behavior {
        case .removed: return parts.filter { !$0.isMatch }.map(\.range)
        case .isolated: return parts.map(\.range)
        case .contiguous:
            var joined: [Part] = []
            for part in parts {
                if let last = joined.indices.last, joined[last].isMatch == part.isMatch {
                    joined[last].range = joined[last].range.lowerBound..<part.range.upperBound
                } else {
                    joined.append(part)
                }
            }
            return joined.map(\.range)
        case .mergedWithPrevious:
            var joined: [Range<Int>] = []
            var afterMatch = false
            for part in parts {
                if part.isMatch, !afterMatch, let last = joined.indices.last {
                    joined[last] = joined[last].lowerBound..<part.range.upperBound
                } else {
                    joined.append(part.range)
                }
                afterMatch = part.isMatch
            }
            return joined
        case .mergedWithNext:
            var joined: [Range<Int>] = []
            var beforeMatch = false
            for part in parts.reversed() {
                if part.isMatch, !beforeMatch, let last = joined.indices.last {
                    joined[last] = part.range.lowerBound..<joined[last].upperBound
                } else {
                    joined.append(part.range)
                }
                beforeMatch = part.isMatch
            }
            return joined.reversed()
        }
    }
}
