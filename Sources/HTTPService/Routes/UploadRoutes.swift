import Hummingbird
import NIOCore
import ServiceLifecycle

/// Uploads of documents, their progress, and the removal of documents.
struct UploadRoutes: Sendable {
    let uploads: UploadDesk
    let requests: RequestReading
    let limits: ServiceLimits

    private struct List: Encodable { var uploads: [UploadStatus] }

    var routes: [Route] {
        [
            .post("v1/collections/{collection}/documents", add),
            .delete("v1/collections/{collection}/documents/{document}", remove),
            .get("v1/uploads") { _, _ in .json(List(uploads: uploads.all)) },
            .get("v1/uploads/{upload}") { _, context in
                .json(try uploads.status(context.part("upload")))
            },
            .get("v1/uploads/{upload}/events", events),
        ]
    }

    private func add(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let collection = try context.part("collection")
        guard Upload.isPlain(collection) else {
            throw ServiceError.badRequest(
                "a new collection's name has letters, digits, dots, hyphens and underscores",
                parameter: "collection")
        }
        guard let name = try request.query("name"), Upload.isPlain(name) else {
            throw ServiceError.badRequest(
                "name the file: letters, digits, dots, hyphens and underscores, at most 100",
                parameter: "name")
        }
        try Self.requirePlainBody(request)
        let status = try await uploads.take(name: name, collection: collection) {
            let body = try await requests.bytes(request, context, limit: limits.uploadBytes)
            guard body.readableBytes > 0 else { throw ServiceError.badRequest("the file is empty") }
            return Array(body.readableBytesView)
        }
        var response = Response.json(status, status: 202)
        response.headers[.location] = "/v1/uploads/\(status.id)"
        return response
    }

    /// Refuses a body that is not the file itself, byte for byte: its envelope would be stored with it.
    private static func requirePlainBody(_ request: Request) throws {
        let type = request.headers[.contentType]?.lowercased() ?? ""
        guard !type.hasPrefix("multipart/") else {
            throw ServiceError(
                415, "media-type",
                "the body is \(type.prefix { $0 != ";" }); send the file's bytes alone, as curl --data-binary @FILE "
                    + "does, with its name as ?name=",
                parameter: "Content-Type")
        }
        let coding = request.headers[.contentEncoding]?.lowercased() ?? "identity"
        guard coding == "identity" else {
            throw ServiceError(
                415, "media-type",
                "the body's Content-Encoding is \(coding.prefix(40)); send the bytes as they are, a compressed file as "
                    + "such",
                parameter: "Content-Encoding")
        }
    }

    private func remove(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let isRemoved = try await uploads.remove(
            context.part("document"), from: context.part("collection"))
        guard isRemoved else {
            throw ServiceError.notFound("there is no such document", code: "document-not-found")
        }
        return Response(status: .noContent)
    }

    private func events(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let changes = try uploads.changes(context.part("upload"))
        return EventStream.response { send in
            for await status in changes.cancelOnGracefulShutdown() {
                try await send(EventStream.event("upload", status))
            }
        }
    }
}
