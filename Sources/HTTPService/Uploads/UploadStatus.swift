/// An upload as clients see it.
struct UploadStatus: Sendable, Encodable {
    enum State: String, Sendable, Encodable {
        /// For its turn, or for the store; what waits at the end of the service is taken up by the next one.
        case waiting
        case running, done, failed
    }

    var id: String
    var collection: String
    var name: String
    var bytes: Int
    var state = State.waiting
    var progress = UploadProgress()
    /// What went wrong, for ``State/failed``.
    var error: ErrorReply.Body?

    init(_ upload: Upload) {
        id = upload.id
        collection = upload.collection
        name = upload.name
        bytes = upload.byteCount
    }

    var isOver: Bool { state == .done || state == .failed }
}
