import FileAccess
import Safetensors
import SystemPackage
import Zstandard

/// A document's text with its record, as a file: `zstd -d` gives the text alone.
///
/// The text fills ordinary frames of up to 1 MiB; a skippable frame behind them holds the record (JSON) and another
/// the source map, each compressed. From these files the catalog is rebuilt. The file's name is the digest of all
/// three, so it never changes.
struct TextObject: Sendable {
    private static let version = 1

    let record: DocumentRecord
    let text: String
    let passages: [Passage]
    /// The identity digest of the cache published with the document.
    let cache: String?
    /// The identity digests of further caches of the text.
    let companions: [String]

    /// The SHA-256 of record, source map and text; the name of the file.
    let digest: String
    let textDigest: String

    init(record: DocumentRecord, text: String, passages: [Passage], cache: String?, companions: [String])
        throws
    {
        self.record = record
        self.text = text
        self.passages = passages
        self.cache = cache
        self.companions = companions
        textDigest = ContentDigest.hex(of: text)
        let count = text.utf8.count
        for passage in passages {
            guard passage.bytes.lowerBound >= 0, passage.bytes.upperBound <= count, passage.segment >= 0,
                passage.windows.lowerBound >= 0
            else {
                throw CacheStorageError(
                    .value,
                    "the passage \(passage.bytes) lies outside the text of \(count) bytes of \(record.id)")
            }
        }
        digest = Self.digest(
            recordJSON: Self.json(
                record, passages: passages, cache: cache, companions: companions, textDigest: textDigest),
            map: record.sourceMap)
    }

    static func digest(recordJSON: [UInt8], map: [UInt8]) -> String {
        var digest = ContentDigest()
        digest.update("pharos text \(recordJSON.count) \(map.count)\n")
        digest.update(recordJSON)
        digest.update(map)
        return digest.hex()
    }

    /// The bytes of the file, sealed where there is a key; equal for equal contents.
    func bytes(key: StoreKey?) throws -> [UInt8] {
        let bytes = try bytes()
        return try key.map { try $0.seal(bytes, as: Self.sealName(digest)) } ?? bytes
    }

    static func sealName(_ digest: String) -> String { "text \(digest)" }

    private func bytes() throws -> [UInt8] {
        let encoder = try ZstdEncoder(level: 6)
        let text = Array(text.utf8)
        var result: [UInt8] = []
        for start in stride(from: 0, to: max(text.count, 1), by: TextLayout.frameByteCount) {
            result += try encoder.frame(
                Array(text[start..<min(start + TextLayout.frameByteCount, text.count)]))
        }
        let json = Self.json(
            record, passages: passages, cache: cache, companions: companions, textDigest: textDigest)
        result += try SkippableFrame.frame(encoder.frame(json), kind: TextLayout.recordKind)
        result += try SkippableFrame.frame(encoder.frame(record.sourceMap), kind: TextLayout.mapKind)
        return result
    }

    // MARK: Reading

    /// Reads the file at `path`, checking its frames and that it has the digest in its name.
    init(_ path: FilePath, digest expected: String, key: StoreKey?) throws {
        let parts = try CacheStorageError.translating(path) {
            let bytes = try FileSystem.read(path)
            return try Self.parts(
                of: key.map { try $0.open(bytes, as: Self.sealName(expected)) } ?? bytes, path)
        }
        try self.init(path, digest: expected, parts: parts)
    }

    private init(
        _ path: FilePath, digest expected: String, parts: (text: [UInt8], record: [UInt8], map: [UInt8])
    ) throws {
        func damaged(_ message: String) -> CacheStorageError {
            CacheStorageError(.damaged, message, path: path)
        }
        guard let text = String(validating: parts.text, as: UTF8.self) else {
            throw damaged("the text is not UTF-8")
        }
        let json: HeaderJSON
        do {
            json = try HeaderJSON(parsing: parts.record)
        } catch let error as HeaderJSON.SyntaxError {
            throw damaged("the record cannot be read: \(error.message) at byte \(error.offset)")
        }
        func string(_ key: String) throws -> String {
            guard case .string(let value)? = json[key] else { throw damaged("the record has no \(key)") }
            return value
        }
        func optional(_ key: String) throws -> String? { json[key] == .null ? nil : try string(key) }
        guard json["version"] == .integer(Self.version) else {
            throw CacheStorageError(
                .format, "the text object has a version that this program does not read", path: path)
        }
        guard case .object(let members)? = json["metadata"], case .array(let rows)? = json["passages"] else {
            throw damaged("the record is not complete")
        }
        var metadata: [String: String] = [:]
        for member in members {
            guard case .string(let value) = member.value else {
                throw damaged("the metadata are not strings")
            }
            metadata[member.key] = value
        }
        let passages = try rows.map { row in
            guard case .array(let cells) = row, cells.count == 5 else {
                throw damaged("a passage cannot be read")
            }
            let numbers = try cells.map { cell in
                guard case .integer(let number) = cell, number >= 0 else {
                    throw damaged("a passage cannot be read")
                }
                return number
            }
            guard numbers[1] <= numbers[2], numbers[3] <= numbers[4] else {
                throw damaged("a passage cannot be read")
            }
            return Passage(
                segment: numbers[0], windows: numbers[1]..<numbers[2], bytes: numbers[3]..<numbers[4])
        }
        guard case .array(let names)? = json["companions"] else {
            throw damaged("the record is not complete")
        }
        let companions = try names.map { name in
            guard case .string(let text) = name else { throw damaged("the record is not complete") }
            return text
        }
        let record = DocumentRecord(
            collection: try string("collection"), id: try string("id"), title: try optional("title"),
            metadata: metadata, source: try string("source"), sourceMap: parts.map)
        do {
            try self.init(
                record: record, text: text, passages: passages, cache: try optional("cache"),
                companions: companions)
        } catch let error as CacheStorageError {
            throw CacheStorageError(.damaged, error.message, path: path)
        }
        guard digest == expected, try string("text") == textDigest,
            Self.json(
                record, passages: passages, cache: cache, companions: companions, textDigest: textDigest)
                == parts.record
        else { throw damaged("the text object does not have the digest in its name") }
    }

    /// Splits the file into its decompressed parts.
    private static func parts(
        of bytes: [UInt8], _ path: FilePath
    ) throws -> (text: [UInt8], record: [UInt8], map: [UInt8]) {
        let layout = try TextLayout(bytes.count, path) { Array(bytes[$0]) }
        return try CacheStorageError.translating(path) {
            let decoder = try ZstdDecoder()
            func content(_ range: Range<Int>, limit: Int) throws -> [UInt8] {
                try decoder.content(of: Array(bytes[range]), limit: limit)
            }
            let record = try content(layout.record, limit: ContextCachePlan.maximumFrameByteCount)
            let map = try content(layout.map, limit: ContextCachePlan.maximumFrameByteCount)
            var text: [UInt8] = []
            for frame in layout.texts { text += try content(frame, limit: TextLayout.frameByteCount) }
            return (text, record, map)
        }
    }

    private static func json(
        _ record: DocumentRecord, passages: [Passage], cache: String?, companions: [String],
        textDigest: String
    ) -> [UInt8] {
        let quoted = { (text: String) in HeaderJSON.quoted(text) }
        let optional = { (text: String?) in text.map(quoted) ?? "null" }
        let rows = passages.map {
            "[\($0.segment),\($0.windows.lowerBound),\($0.windows.upperBound),\($0.bytes.lowerBound),\($0.bytes.upperBound)]"
        }
        let fields = [
            "\"version\":\(version)", "\"collection\":\(quoted(record.collection))",
            "\"id\":\(quoted(record.id))",
            "\"title\":\(optional(record.title))", "\"metadata\":\(StoreJSON.object(record.metadata))",
            "\"source\":\(quoted(record.source))", "\"text\":\(quoted(textDigest))",
            "\"cache\":\(optional(cache))",
            "\"companions\":[\(companions.map(quoted).joined(separator: ","))]",
            "\"passages\":[\(rows.joined(separator: ","))]",
        ]
        return Array("{\(fields.joined(separator: ","))}".utf8)
    }
}
