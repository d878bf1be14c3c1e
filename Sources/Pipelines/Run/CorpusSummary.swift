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

    mutating func add(_ deletion: DocumentDeletion) {
        state.update("deletion \(ContentDigest.hex(of: deletion.id))\n")
    }

    /// Messages are left out: they may name where the sources lie on one machine.
    mutating func add(_ failure: DocumentFailure) { state.update("failure \(Self.key(failure))\n") }

    /// The digest of all that is said of a document: id, title, metadata, source and text.
    static func record(_ document: Document, textDigest: String) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let parts = [
            document.id, document.title ?? "\u{0}",
            String(decoding: try encoder.encode(document.metadata), as: UTF8.self),
            try SourceNote(document.source, id: document.id).json, textDigest,
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
