import CacheStorage
import Documents
import FileAccess
import SystemPackage

/// What a shard made: its documents in the order of the sources, then what failed and what stays in the store for it.
/// One JSON object per line.
struct ShardManifest: Sendable {
    /// A document with the files it is published by.
    struct Entry: Sendable, Codable {
        /// The document's place among all documents of the sources.
        var ordinal: Int
        var id: String
        var files: DocumentShipment
    }

    /// A document or file that could not be processed.
    struct Failure: Sendable, Codable {
        var code: String
        var message: String
        var file: String?
        var line: Int?
        var column: Int?
        var path: String?

        init(_ failure: DocumentFailure) {
            code = failure.code.rawValue
            message = failure.message
            file = failure.file
            line = failure.line
            column = failure.column
            path = failure.path
        }
    }

    private struct Line: Codable {
        var document: Entry?
        var failure: Failure?
        var unpublished: String?
        var unread: String?
        var empty: String?
    }

    var entries: [Entry] = []
    var failures: [Failure] = []
    /// The ids of documents that were read and could not be published.
    var unpublished: [String] = []
    /// The names of ``UnreadPlaces``.
    var unread: [String] = []
    /// The names of ``EmptySources``.
    var empty: [String] = []

    init(
        entries: [Entry], failures: [Failure], unpublished: [String], unread: [String], empty: [String]
    ) {
        self.entries = entries
        self.failures = failures
        self.unpublished = unpublished
        self.unread = unread
        self.empty = empty
    }

    /// Writes the manifest and returns the digest of the file.
    func write(_ path: FilePath) throws -> String {
        let file = try AtomicFile(path)
        var digest = ContentDigest()
        let lines =
            entries.map { Line(document: $0) } + failures.map { Line(failure: $0) }
            + unpublished.map { Line(unpublished: $0) } + unread.map { Line(unread: $0) }
            + empty.map { Line(empty: $0) }
        for line in lines {
            let bytes = try ShardJSON.bytes(line)
            digest.update(bytes)
            try file.write(bytes)
        }
        try file.commit()
        return digest.hex()
    }

    /// Reads the manifest at `path`, whose bytes have been compared with their digest.
    init(_ path: FilePath) throws {
        let bytes = try FileSystem.read(path, limit: 1 << 36)
        for (number, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
            let line = try ShardJSON.decode(Line.self, line, path, line: number + 1)
            if let entry = line.document { entries.append(entry) }
            if let failure = line.failure { failures.append(failure) }
            if let id = line.unpublished { unpublished.append(id) }
            if let name = line.unread { unread.append(name) }
            if let name = line.empty { empty.append(name) }
        }
    }
}
