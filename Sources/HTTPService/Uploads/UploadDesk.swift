import Foundation
import Logging
import Synchronization

/// Accepts uploads, has one at a time compressed in the background, and tells who listens how far it is.
///
/// A client is told that a file is accepted once it is durable: whatever becomes of the service, the next one goes on
/// with it.
final class UploadDesk: Sendable {
    private struct Entry {
        var status: UploadStatus
        var listeners: [Int: AsyncStream<UploadStatus>.Continuation] = [:]
    }

    private struct State {
        var order: [String] = []
        var entries: [String: Entry] = [:]
        var number = 0
        /// Uploads whose bytes are on their way.
        var arriving = 0
        var isLeaving = false
        var mustStop = false

        mutating func add(_ upload: Upload) {
            order.append(upload.id)
            entries[upload.id] = Entry(status: UploadStatus(upload))
        }

        mutating func remove(_ id: String) {
            order.removeAll { $0 == id }
            entries[id] = nil
        }
    }

    /// Uploads that are remembered after they are done.
    private static let memory = 100

    private let intake: (any DocumentIntake)?
    private let capacity: Int
    private let line = WorkLine(name: "pharos uploads", capacity: .max)
    /// Apart from the compression, which may take hours.
    private let acceptance = WorkLine(name: "pharos inbox", capacity: 64)
    private let removals = WorkLine(name: "pharos removals", capacity: 16)
    private let state = Mutex(State())
    private let logger: Logger

    /// - Parameters:
    ///   - intake: nil for a service that only reads.
    ///   - capacity: uploads that may wait for the one that is being compressed.
    init(_ intake: (any DocumentIntake)?, capacity: Int, logger: Logger) {
        self.intake = intake
        self.capacity = capacity
        self.logger = logger
    }

    /// Uploads waiting or being compressed.
    var length: Int { line.length }

    /// Takes up what an earlier service had accepted and not finished.
    func resume() throws {
        guard let intake else { return }
        for upload in try intake.accepted() {
            state.withLock { $0.add(upload) }
            begin(upload, intake)
        }
    }

    /// Accepts a file, durably; its compression goes on after this returns.
    ///
    /// - Parameter read: gives the file's bytes; called once there is a place for them, so that no more files are in
    ///   memory at a time than may wait.
    func take(name: String, collection: String, read: () async throws -> [UInt8]) async throws -> UploadStatus
    {
        let intake = try writer()
        let hasPlace = state.withLock { state in
            let open = state.entries.values.count { !$0.status.isOver }
            guard open + state.arriving <= capacity else { return false }
            state.arriving += 1
            return true
        }
        guard hasPlace else {
            throw ServiceError.busy("too many uploads are waiting; send this one later", retryAfter: 10)
        }
        let bytes: [UInt8]
        do {
            bytes = try await read()
        } catch {
            state.withLock { $0.arriving -= 1 }
            throw error
        }
        let upload = Upload(
            id: UUID().uuidString.lowercased(), collection: collection, name: name, byteCount: bytes.count)
        state.withLock { state in
            state.arriving -= 1
            state.add(upload)
            Self.forgetOldest(&state)
        }
        do {
            try await acceptance.perform { try intake.accept(upload, bytes: bytes) }
        } catch {
            state.withLock { $0.remove(upload.id) }
            throw error
        }
        begin(upload, intake)
        return UploadStatus(upload)
    }

    /// Has an accepted upload wait for its turn. Where the service is ending, the next one begins it.
    private func begin(_ upload: Upload, _ intake: any DocumentIntake) {
        _ = line.add { [self] in
            guard !state.withLock({ $0.isLeaving }) else { return }
            perform(upload, intake)
        }
    }

    private func perform(_ upload: Upload, _ intake: any DocumentIntake) {
        update(upload.id) { $0.state = .running }
        do {
            try intake.add(
                upload,
                progress: { [self] progress in
                    update(upload.id) {
                        $0.state = progress.heldBy == nil ? .running : .waiting
                        $0.progress = progress
                    }
                },
                shouldStop: { [self] in
                    // What only waits is left at once.
                    state.withLock { state in
                        state.mustStop
                            || state.isLeaving && state.entries[upload.id]?.status.state == .waiting
                    }
                })
            update(upload.id) {
                $0.state = .done
                $0.progress.heldBy = nil
            }
        } catch let error as ServiceError where error == .stopped {
            update(upload.id) { $0.state = .waiting }
        } catch {
            let failure = ServiceError(error)
            logger.error("upload failed", metadata: ["upload": "\(upload.id)", "error": "\(error)"])
            update(upload.id) {
                $0.state = .failed
                $0.progress.heldBy = nil
                $0.error = ErrorReply(failure).error
            }
        }
    }

    /// Takes a document out of its collection.
    func remove(_ document: String, from collection: String) async throws -> Bool {
        let intake = try writer()
        return try await removals.perform { try intake.remove(document, from: collection) }
    }

    /// All uploads that are remembered, latest first.
    var all: [UploadStatus] {
        state.withLock { state in state.order.reversed().compactMap { state.entries[$0]?.status } }
    }

    func status(_ id: String) throws -> UploadStatus {
        guard let status = state.withLock({ $0.entries[id]?.status }) else {
            throw ServiceError.notFound("there is no such upload", code: "upload-not-found")
        }
        return status
    }

    /// The upload as it is, then each change until it is over. Changes that come too fast are passed over.
    func changes(_ id: String) throws -> AsyncStream<UploadStatus> {
        let (stream, continuation) = AsyncStream<UploadStatus>.makeStream(
            bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state -> Int? in
            guard let status = state.entries[id]?.status else { return nil }
            state.number += 1
            continuation.yield(status)
            if status.isOver {
                continuation.finish()
            } else {
                state.entries[id]?.listeners[state.number] = continuation
            }
            return state.number
        }
        guard let number else {
            throw ServiceError.notFound("there is no such upload", code: "upload-not-found")
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.entries[id]?.listeners.removeValue(forKey: number) }
        }
        return stream
    }

    /// Begins nothing more; what waits stays accepted, for the next service.
    func leave() {
        state.withLock { $0.isLeaving = true }
        for line in [line, acceptance, removals] { line.close() }
    }

    /// Has the upload in work stop at the next window.
    func stop() { state.withLock { $0.mustStop = true } }

    private func writer() throws -> any DocumentIntake {
        guard let intake else {
            throw ServiceError(403, "read-only", "the service was started without the right to write")
        }
        return intake
    }

    private func update(_ id: String, _ change: (inout UploadStatus) -> Void) {
        typealias Listener = AsyncStream<UploadStatus>.Continuation
        let (status, listeners) = state.withLock { state -> (UploadStatus?, [Listener]) in
            guard var entry = state.entries[id] else { return (nil, []) }
            change(&entry.status)
            state.entries[id] = entry
            return (entry.status, Array(entry.listeners.values))
        }
        guard let status else { return }
        for listener in listeners {
            listener.yield(status)
            if status.isOver { listener.finish() }
        }
    }

    private static func forgetOldest(_ state: inout State) {
        while state.order.count > memory,
            let oldest = state.order.firstIndex(where: { state.entries[$0]?.status.isOver ?? true })
        {
            state.entries[state.order.remove(at: oldest)] = nil
        }
    }
}
