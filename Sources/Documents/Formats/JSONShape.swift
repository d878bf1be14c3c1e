/// Which JSON a file holds, where its first bytes leave no doubt.
enum JSONShape {
    /// An object, or an array of them.
    case value
    /// An object per line.
    case lines

    /// Looks at the first bytes of a file; `isWhole` says that there are no more. `nil` when they are no JSON.
    init?(_ head: [UInt8], isWhole: Bool) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = head.starts(with: mark) ? Array(head.dropFirst(mark.count)) : head
        let start = text.drop(while: isSpace)
        let isObject = start.first == UInt8(ascii: "{")
        // An array says nothing: “[1] Introduction”, “[12:30] Good morning”.
        guard isObject || start.first == UInt8(ascii: "["),
            isObject || start.dropFirst().drop(while: isSpace).first == UInt8(ascii: "{")
        else { return nil }
        var scanner = JSONScanner(text, base: 0, line: 1, depth: DocumentLimits().depth)
        do { _ = try scanner.record() } catch {
            // What is cut off is JSON as far as it goes; a number or an escape is told of where it starts.
            guard !isWhole, scanner.at + 64 > text.count else { return nil }
            self = .value
            return
        }
        let line = scanner.line
        if scanner.isAtEnd() {
            self = .value
        } else if isObject, scanner.isAtObject(), scanner.line > line {
            self = .lines
        } else {
            return nil
        }
    }
}
