import CacheStorage
import Hummingbird
import Synchronization

/// Whether the service is alive, whether it takes requests, and what it has done.
struct StatusRoutes: Sendable {
    let desk: AnswerDesk
    let uploads: UploadDesk
    let reading: StoreReading
    let connections: OpenConnections
    let metrics: ServiceMetrics
    let state: ServiceState
    let settings: ServiceSettings

    private struct Status: Encodable {
        var status: String
        var version: String
    }

    var routes: [Route] {
        [
            .get("healthz", isOpen: true) { _, _ in .json(Status(status: "ok", version: settings.version)) },
            .get("readyz", isOpen: true) { _, _ in try await ready() },
            .get("metrics") { _, _ in .text(try await counts(), type: "text/plain; version=0.0.4") },
        ]
    }

    private func ready() async throws -> Response {
        guard !state.isStopping else { throw ServiceError.stopping }
        _ = try await reading.read { store -> Int in
            do {
                return try store.collections().count
            } catch {
                throw ServiceError(503, "store-missing", "the store cannot be read", retryAfter: 10)
            }
        }
        return .json(Status(status: "ready", version: settings.version))
    }

    private func counts() async throws -> String {
        let lengths = desk.lengths
        let statistics = try await reading.read { try $0.statistics() }
        return metrics.text(gauges: [
            ("pharos_answer_queue", lengths.waiting), ("pharos_answers_in_work", lengths.working),
            ("pharos_answer_queue_limit", settings.limits.queue),
            ("pharos_connections", connections.count), ("pharos_uploads_waiting", uploads.length),
            ("pharos_documents", statistics.documents), ("pharos_caches", statistics.caches),
            ("pharos_cache_bytes", statistics.cacheBytes), ("pharos_text_bytes", statistics.textBytes),
        ])
    }
}

/// Whether the service is on its way out.
final class ServiceState: Sendable {
    private let stopping = Mutex(false)

    var isStopping: Bool { stopping.withLock { $0 } }

    func stop() { stopping.withLock { $0 = true } }
}
