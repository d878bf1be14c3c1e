import CacheStorage
import ContextCaching
import Documents
import FileAccess
import Foundation
import Pipelines
import Synchronization
import SystemPackage

/// Notes a run in the store: its row, its plan, its failures, its report.
final class RunHistory: Sendable {
    private let store: CacheStore
    private let record: Mutex<RunRecord>
    private let directory: FilePath
    private let failures = Mutex(FailureFile())
    private let noted: Mutex<ContinuousClock.Instant>

    /// The dead-letter file, made by the first failure.
    private struct FailureFile {
        var file: AppendingFile?
        var count = 0
    }

    /// Between two looks that others get at how far the run is.
    private static let noteInterval = Duration.seconds(2)

    /// The run's id.
    var id: String { record.withLock { $0.id } }

    convenience init(run: PipelineRun, request: RunRequest, command: String) throws {
        guard let store = run.store else { throw CommandError(.storeMissing, "a run needs a store") }
        try self.init(
            store: store, collection: request.collection,
            definition: ContentDigest.hex(of: request.definition), command: command)
        try RecordedModel.write(run.recipe.loaded, in: directory)
    }

    init(store: CacheStore, collection: String, definition: String, command: String) throws {
        self.store = store
        let now = Int(Date().timeIntervalSince1970)
        let known = try Set(store.runs().map(\.id))
        var id = "\(now)"
        var number = 1
        while known.contains(id) {
            number += 1
            id = "\(now)-\(number)"
        }
        directory = store.paths.run(id)
        try FileSystem.createDirectory(directory)
        let record = RunRecord(
            id: id, collection: collection, command: command, version: Pharos.version,
            definition: definition, started: now)
        self.record = Mutex(record)
        noted = Mutex(.now)
        try store.beginRun(record)
    }

    func write(_ plan: RunPlan) throws {
        let lines = try plan.documents.map { try JSONLines.line("document", $0) }
        try AtomicFile.replace(directory.appending("plan.ndjson"), with: Array(lines.joined().utf8))
        let begun = record.withLock { record in
            record.counts = [
                "documents": 0, "tokens": 0, "planned_documents": plan.documents.count,
                "planned_tokens": plan.tokensToCompute,
            ]
            return record
        }
        try store.beginRun(begun)
    }

    /// Notes how far the run is, for whoever looks at the store while it goes on.
    func advance(documents: Int, tokens: Int) throws {
        let current = record.withLock { record in
            record.counts["documents", default: 0] += documents
            record.counts["tokens", default: 0] += tokens
            return record
        }
        let isDue = noted.withLock { noted in
            guard ContinuousClock.now - noted >= Self.noteInterval else { return false }
            noted = .now
            return true
        }
        if isDue { try store.beginRun(current) }
    }

    func write(_ summary: RunSummary) throws {
        let line = try JSONLines.line("summary", summary)
        try AtomicFile.replace(directory.appending("report.json"), with: Array(line.utf8))
    }

    /// Notes a document that failed, in the catalog and in the dead-letter file.
    ///
    /// A kill may cut the file's last line short; the catalog has it whole.
    ///
    /// - Parameter document: its id, where that is known.
    func note(_ failure: DocumentFailure, document: String?) throws {
        let run = record.withLock { $0 }
        try store.recordFailure(
            FailureRecord(
                run: run.id, collection: run.collection, document: document, code: failure.code.rawValue,
                message: failure.message, file: failure.file, line: failure.line, column: failure.column,
                path: failure.path))
        let line = try JSONLines.line("failure", NotedFailure(failure: failure, document: document))
        try failures.withLock { failures in
            failures.count += 1
            let file = try failures.file ?? AppendingFile(directory.appending("failures.ndjson"))
            failures.file = file
            try file.append(Array(line.utf8))
        }
    }

    /// Notes the end of a run that is not done, with what it had done and what had failed.
    func abandon(_ status: String) throws {
        var counts = record.withLock { $0.counts }
        counts["failures"] = failures.withLock { $0.count }
        try finish(status, counts)
    }

    /// - Parameter unanswered: questions that got no answer.
    func finish(_ status: String, _ report: RunReport, unanswered: Int = 0) throws {
        var counts = [
            "documents": report.documents, "tokens": report.tokens, "windows": report.windows,
            "beacons": report.beacons, "failures": report.failures.count, "stored_bytes": report.storedBytes,
        ]
        if unanswered > 0 { counts["unanswered_questions"] = unanswered }
        try finish(status, counts)
    }

    func finish(_ status: String, _ counts: [String: Int]) throws {
        try failures.withLock { failures in
            if let file = failures.file { try file.synchronize() }
        }
        let finished = record.withLock { record in
            record.ended = Int(Date().timeIntervalSince1970)
            record.status = status
            record.counts = counts
            return record
        }
        try store.finishRun(finished)
    }
}

/// A failure with the id of its document.
private struct NotedFailure: Encodable {
    var failure: DocumentFailure
    var document: String?

    private enum CodingKeys: CodingKey { case document }

    func encode(to encoder: any Encoder) throws {
        try failure.encode(to: encoder)
        var keys = encoder.container(keyedBy: CodingKeys.self)
        try keys.encodeIfPresent(document, forKey: .document)
    }
}
