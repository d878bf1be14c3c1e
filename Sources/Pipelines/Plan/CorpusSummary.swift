import CacheStorage
import Documents
import FileAccess
import Foundation

/// What a pipeline's sources hold, whoever works on it: how many documents, and a digest of all of them in order.
public struct CorpusSummary: Sendable, Hashable {
    /// Documents, those that a later deletion took away not counted.
    public internal(set) var documents = 0
    /// The SHA-256 over all documents, deletions and failures in the order of the sources.
    public var digest: String { state.hex() }

    private var state = ContentDigest()

    public init() {}

    public static func == (left: Self, right: Self) -> Bool {
        left.documents == right.documents && left.digest == right.digest
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(documents)
        hasher.combine(digest)
    }

    mutating func add(_ record: String) { state.update("document \(record)\n") }

    mutating func addDeletion(of id: String) {
        state.update("deletion \(ContentDigest.hex(of: id))\n")
    }

    /// Messages are left out: they may name where the sources lie on one machine.
    mutating func add(_ failure: DocumentFailure) { state.update("failure \(Self.key(failure))\n") }

    /// The digest of all that is said of a document: id, title, metadata, source and text.
    static func record(_ document: Document, textDigest: String) throws -> String {
        try record(
            document.id, document.title, document.metadata,
            source: SourceNote(document).json, textDigest: textDigest)
    }

    /// The same digest for a document as the store has it.
    static func record(_ stored: StoredDocument) throws -> String {
        try record(
            stored.id, stored.title, stored.metadata, source: stored.source, textDigest: stored.textDigest)
    }

    private static func record(
        _ id: String, _ title: String?, _ metadata: [String: String], source: String, textDigest: String
    ) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let parts = [
            id, title ?? "\u{0}", String(decoding: try encoder.encode(metadata), as: UTF8.self), source,
            textDigest,
        ]
        var digest = ContentDigest()
        for part in parts { digest.update("\(part.utf8.count) \(part)\n") }
        return digest.hex()
    }

    /// What tells a failure from others on every machine alike.
    static func key(_ failure: DocumentFailure) -> String {
        let file = failure.file.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? ""
        let place = [
            failure.code.rawValue, file, failure.member ?? "", failure.line.map { String($0) } ?? "",
        ]
        return ContentDigest.hex(of: place.joined(separator: "\n"))
    }
}
