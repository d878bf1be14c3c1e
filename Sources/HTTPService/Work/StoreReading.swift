import CacheStorage
import Foundation
import Hummingbird

/// Reads the store on a thread of its own and hands over finished replies.
struct StoreReading: Sendable {
    let store: CacheStore
    private let line = WorkLine(name: "pharos catalog", capacity: 1024)

    init(_ store: CacheStore) {
        self.store = store
    }

    /// The reply that `body` reads from the store, as JSON.
    func json<Value: Encodable & SendableMetatype>(_ body: @escaping @Sendable (CacheStore) throws -> Value)
        async throws
        -> Response
    {
        let store = store
        return .json(bytes: try await line.perform { WireJSON.bytes(try body(store)) })
    }

    /// What `body` reads from the store.
    func read<Value: Sendable>(_ body: @escaping @Sendable (CacheStore) throws -> Value) async throws -> Value
    {
        let store = store
        return try await line.perform { try body(store) }
    }

    func close() { line.close() }
}
