public import SystemPackage

/// One text of a file that the user names: a line of JSON Lines, or a plain file as a whole.
public struct CorpusText: Sendable, Hashable {
    public var id: String
    public var title: String?
    public var text: String

    public init(id: String, title: String? = nil, text: String) {
        self.id = id
        self.title = title
        self.text = text
    }

    /// Reads texts until `body` returns false.
    ///
    /// A file whose name has the ending `.jsonl` or `.ndjson` holds one object per line, with a field `text` and perhaps
    /// `id` and `title`; any other file is one text. Files compressed with zstd are decoded.
    ///
    /// - Throws: `EvaluationError` with file and line for a line that is no such object.
    public static func read(_ path: FilePath, _ body: (CorpusText) throws -> Bool) throws {
        let reader = LineReader(path: path)
        let name = path.lastComponent?.string ?? path.string
        guard name.contains(".jsonl") || name.contains(".ndjson") else {
            let bytes = try reader.bytes(limit: 1 << 28)
            _ = try body(CorpusText(id: name, text: String(decoding: bytes, as: UTF8.self)))
            return
        }
        try reader.readLines { number, line in
            guard let row = try JSONTree(line: line, path: path, number: number) else { return true }
            guard let text = row["text"]?.text else {
                throw EvaluationError(
                    .badInput, "\(path):\(number): the object has no field 'text' that is a string",
                    context: ["path": path.string, "line": "\(number)"])
            }
            return try body(
                CorpusText(id: row["id"]?.text ?? "\(number)", title: row["title"]?.text, text: text))
        }
    }

    /// All texts of a file joined by empty lines, up to about `bytes` bytes.
    public static func joined(_ path: FilePath, bytes limit: Int) throws -> String {
        var result = ""
        try read(path) { text in
            if !result.isEmpty { result += "\n\n" }
            result += text.text
            return result.utf8.count < limit
        }
        return result
    }
}
