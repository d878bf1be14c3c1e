import Foundation
import Logging
import Synchronization

/// Takes uploads, has one at a time compressed in the background, and tells who listens how far it is.
final class UploadDesk: Sendable {
    private struct Entry {
        var status: UploadStatus
        var listeners: [Int: AsyncStream<UploadStatus>.Continuation] = [:]
    }

    private struct State {
        var order: [String] = []
        var entries: [String: Entry] = [:]
        var number = 0
        var mustStop = false
    }

    /// Uploads that are remembered after they are done.
    private static let memory = 100

    private let intake: (any DocumentIntake)?
    private let line: WorkLine
    private let state = Mutex(State())
    private let logger: Logger

    /// - Parameter intake: nil for a service that only reads.
    init(_ intake: (any DocumentIntake)?, capacity: Int, logger: Logger) {
        self.intake = intake
        self.logger = logger
        line = WorkLine(name: "pharos uploads", capacity: capacity)
    }

    /// Uploads waiting or being compressed.
    var length: Int { line.length }

    /// Takes on a file; its compression goes on after this returns.
    func take(_ bytes: [UInt8], name: String, collection: String) throws -> UploadStatus {
        let intake = try writer()
        let upload = Upload(
            id: UUID().uuidString.lowercased(), collection: collection, name: name, bytes: bytes)
        let status = UploadStatus(
            id: upload.id, collection: collection, name: name, bytes: bytes.count)
        state.withLock { state in
            state.order.append(upload.id)
            state.entries[upload.id] = Entry(status: status)
            Self.forgetOldest(&state)
        }
        let isTaken = line.add { [self] in
            update(upload.id) { $0.state = .running }
            do {
                try intake.add(
                    upload, progress: { [self] progress in update(upload.id) { $0.progress = progress } },
                    shouldStop: { [self] in state.withLock { $0.mustStop } })
                update(upload.id) { $0.state = .done }
            } catch {
                let failure = ServiceError(error)
                logger.error("upload failed", metadata: ["error": "\(error)"])
                update(upload.id) {
                    $0.state = .failed
                    $0.error = ErrorReply(failure).error
                }
            }
        }
        guard isTaken else {
            state.withLock { state in
                state.order.removeAll { $0 == upload.id }
                state.entries[upload.id] = nil
            }
            throw ServiceError.busy("too many uploads are waiting; send this one later", retryAfter: 10)
        }
        return status
    }

    /// Takes a document out of its collection.
    func remove(_ document: String, from collection: String) async throws -> Bool {
        let intake = try writer()
        return try await line.perform { try intake.remove(document, from: collection) }
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

    /// Takes on nothing more; what waits is still compressed.
    func close() { line.close() }

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
