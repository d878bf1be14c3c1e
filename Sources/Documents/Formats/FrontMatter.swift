/// The block of `key: value` lines between two lines `---` that may start a Markdown file.
///
/// The part of YAML that such blocks are written in: plain and quoted values, lists in brackets or with dashes (joined
/// by a comma and a space), values folded over indented lines. Nested keys become `outer.inner`.
struct FrontMatter {
    private(set) var values: [String: String] = [:]
    /// Where the text starts, in bytes; 0 without front matter.
    private(set) var end = 0

    init(_ bytes: [UInt8]) {
        guard let lines = Self.block(bytes, &end) else { return }
        var path: [(indent: Int, key: String)] = []
        var pending: String?
        for line in lines {
            let indent = line.prefix { $0 == " " || $0 == "\t" }.count
            let content = line.trimmingSpace
            if content.isEmpty || content.hasPrefix("#") { continue }
            if content.hasPrefix("- ") || content == "-" {
                if let pending { append(content.dropFirst().trimmingSpace, to: pending, ", ") }
                continue
            }
            if let colon = Self.colon(content) {
                path.removeAll { $0.indent >= indent }
                let key = Self.unquoted(content[..<colon].trimmingSpace)
                let name = (path.map(\.key) + [key]).joined(separator: ".")
                let value = content[content.index(after: colon)...].trimmingSpace
                path.append((indent, key))
                pending = name
                if !value.isEmpty, value != "|", value != ">", value != ">-", value != "|-" {
                    append(value, to: name, " ")
                }
            } else if let pending {
                append(content, to: pending, " ")
            }
        }
    }

    private mutating func append(_ raw: Substring, to key: String, _ separator: String) {
        var value = Self.unquoted(raw)
        if raw.hasPrefix("["), raw.hasSuffix("]") {
            value = Self.items(raw.dropFirst().dropLast()).joined(separator: ", ")
        }
        guard !value.isEmpty else { return }
        values[key] = values[key].map { $0 + separator + value } ?? value
    }

    /// The lines between the marks, and where the rest starts.
    private static func block(_ bytes: [UInt8], _ end: inout Int) -> [Substring]? {
        guard bytes.starts(with: Array("---".utf8)), bytes.count > 3,
            bytes[3] == 0x0A || bytes[3] == 0x0D || bytes[3] == 0x20
        else { return nil }
        var lines: [Substring] = []
        var start = 0
        // Front matter is short; a rule of dashes without an end is none.
        while start < bytes.count, start < 1 << 16 {
            let (range, next) = Documents.line(of: bytes, at: start)
            let line = Substring(decoding: bytes[range], as: UTF8.self).trimmingEnd
            if start > 0, line == "---" || line == "..." {
                guard !lines.isEmpty || range.upperBound > 4 else { return nil }
                end = next
                return lines
            }
            if start > 0 {
                lines.append(line)
            } else if !line.dropFirst(3).trimmingSpace.isEmpty {
                return nil
            }
            start = next
        }
        return nil
    }

    /// The colon behind the key.
    private static func colon(_ line: Substring) -> Substring.Index? {
        var at = line.startIndex
        if let quote = line.first, quote == "\"" || quote == "'" {
            guard let close = line.dropFirst().firstIndex(of: quote) else { return nil }
            at = line.index(after: close)
        }
        while let colon = line[at...].firstIndex(of: ":") {
            let next = line.index(after: colon)
            if next == line.endIndex || line[next] == " " || line[next] == "\t" { return colon }
            at = next
        }
        return nil
    }

    private static func items(_ list: Substring) -> [String] {
        var items: [String] = []
        var quote: Character?
        var item = ""
        for character in list {
            if let open = quote {
                if character == open { quote = nil }
                item.append(character)
            } else if character == "," {
                items.append(item)
                item = ""
            } else {
                if character == "\"" || character == "'" { quote = character }
                item.append(character)
            }
        }
        items.append(item)
        return items.map { unquoted($0[...].trimmingSpace) }.filter { !$0.isEmpty }
    }

    private static func unquoted(_ value: Substring) -> String {
        guard value.count > 1, let quote = value.first, quote == "\"" || quote == "'", value.last == quote
        else {
            // A comment needs a space before it.
            if let comment = value.firstRange(of: " #") {
                return String(value[..<comment.lowerBound].trimmingSpace)
            }
            return String(value)
        }
        let inner = value.dropFirst().dropLast()
        if quote == "'" { return String(inner.replacing("''", with: "'")) }
        return String(inner).replacing("\\\"", with: "\"").replacing("\\n", with: "\n").replacing(
            "\\\\", with: "\\")
    }
}

extension Substring {
    fileprivate var trimmingSpace: Substring {
        var result = drop { $0 == " " || $0 == "\t" }
        while let last = result.last, last == " " || last == "\t" { result = result.dropLast() }
        return result
    }

    fileprivate var trimmingEnd: Substring {
        var result = self
        while result.last == " " { result = result.dropLast() }
        return result
    }
}
