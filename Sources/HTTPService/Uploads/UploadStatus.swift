/// An upload as clients see it.
struct UploadStatus: Sendable, Encodable {
    enum State: String, Sendable, Encodable {
        case waiting, running, done, failed
    }

    var id: String
    var collection: String
    var name: String
    var bytes: Int
    var state = State.waiting
    var progress = UploadProgress()
    /// What went wrong, for ``State/failed``.
    var error: ErrorReply.Body?

    var isOver: Bool { state == .done || state == .failed }
}
