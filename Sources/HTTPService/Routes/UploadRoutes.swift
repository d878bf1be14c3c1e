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
        let body = try await requests.bytes(request, limit: limits.uploadBytes)
        guard body.readableBytes > 0 else { throw ServiceError.badRequest("the file is empty") }
        let status = try uploads.take(Array(body.readableBytesView), name: name, collection: collection)
        var response = Response.json(status, status: 202)
        response.headers[.location] = "/v1/uploads/\(status.id)"
        return response
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
