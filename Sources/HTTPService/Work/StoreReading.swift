import CacheStorage
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Reads the store on a thread of its own and hands over finished replies; texts are read on another, as they may be long.
struct StoreReading: Sendable {
    let store: CacheStore
    private let line = WorkLine(name: "pharos catalog", capacity: 1024)
    private let texts = WorkLine(name: "pharos texts", capacity: 1024)

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

    /// The text that `find` finds, read as fast as the client takes it.
    func text(_ find: @escaping @Sendable (CacheStore) throws -> TextReader) async throws -> Response {
        let (store, texts) = (store, texts)
        let text = try await texts.perform { try find(store) }
        return Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(contentLength: text.byteCount) { writer in
                var output = writer
                for index in 0..<text.pieceCount {
                    let piece = try await texts.perform { ByteBuffer(bytes: try text.piece(index)) }
                    try await output.write(piece)
                }
                try await output.finish(nil)
            })
    }

    /// Texts that are on their way are still read.
    func close() { line.close() }
}
