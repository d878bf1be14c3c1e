import CacheStorage
import Hummingbird

/// What is in the store: collections, documents, their texts and caches, and a search over them.
struct LibraryRoutes: Sendable {
    let reading: StoreReading

    /// Documents or caches of one reply at most.
    static let pageLength = 1...500

    var routes: [Route] {
        [
            .get("v1/store") { _, _ in try await reading.json { try StoreReply($0) } },
            .get("v1/collections") { _, _ in try await reading.json { try CollectionsReply($0) } },
            .get("v1/collections/{collection}") { _, context in
                let name = try context.part("collection")
                return try await reading.json { try CollectionsReply.one(name, $0) }
            },
            .get("v1/collections/{collection}/documents", documents),
            .get("v1/collections/{collection}/documents/{document}") { _, context in
                try await one(context) { try DocumentReply($0, $1) }
            },
            .get("v1/collections/{collection}/documents/{document}/text", text),
            .get("v1/collections/{collection}/documents/{document}/intervals", intervals),
            .get("v1/search", search),
        ]
    }

    private func documents(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let name = try context.part("collection")
        let limit = try request.query("limit", in: Self.pageLength, default: 100)
        let after = try request.query("after")
        return try await reading.json { store in
            try DocumentsReply(store, collection: name, after: after, limit: limit)
        }
    }

    /// A reply about the document that the path names.
    private func one<Reply: Encodable & SendableMetatype>(
        _ context: ServiceContext,
        _ body: @escaping @Sendable (CacheStore, StoredDocument) throws -> Reply
    ) async throws -> Response {
        let (collection, id) = (try context.part("collection"), try context.part("document"))
        return try await reading.json { try body($0, try Self.document(id, collection, $0)) }
    }

    private static func document(_ id: String, _ collection: String, _ store: CacheStore) throws
        -> StoredDocument
    {
        guard let document = try store.findDocument(id, in: collection) else {
            throw ServiceError.notFound("there is no such document", code: "document-not-found")
        }
        return document
    }

    private func text(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let (collection, id) = (try context.part("collection"), try context.part("document"))
        return try await reading.text { try $0.textReader(of: try Self.document(id, collection, $0)) }
    }

    private func intervals(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let start = try request.query("offset", in: 0...Int(Int32.max), default: 0)
        let limit = try request.query("limit", in: 1...10_000, default: 1000)
        return try await one(context) { try IntervalsReply($0, $1, offset: start, limit: limit) }
    }

    private func search(_ request: Request, _ context: ServiceContext) async throws -> Response {
        guard let query = try request.query("q"), (1...1000).contains(query.unicodeScalars.count) else {
            throw ServiceError.badRequest("q is what to look for, of 1 to 1000 characters", parameter: "q")
        }
        let limit = try request.query("limit", in: 1...100, default: 20)
        let collection = try request.query("collection")
        return try await reading.json { store in
            try SearchReply(
                hits: store.search(query, collections: collection.map { [$0] }, limit: limit)
                    .map { SearchReply.Hit($0) })
        }
    }
}
