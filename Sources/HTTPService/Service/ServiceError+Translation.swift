import Answering
import BeaconModel
import CacheStorage
import Hummingbird
import NIOCore
import NIOHTTP1

extension ServiceError {
    /// The answer to a request that ended with `error`; codes are the words of the command line's exit statuses.
    ///
    /// Paths of the server's file system are left out of messages.
    init(_ error: any Error) {
        switch error {
        case let error as ServiceError: self = error
        case let error as CacheStorageError: self.init(error)
        case let error as AnsweringError: self.init(error)
        case let error as ModelError: self.init(500, "model", error.message)
        case is NIOTooManyBytesError:
            self.init(413, "too-large", "the body is larger than the service takes")
        case let error as HTTPParserError:
            self.init(400, "bad-request", "the request is no proper HTTP: \(error)")
        case is CancellationError: self = .cancelled
        case let error as HTTPError where error.status == .notFound:
            self = .notFound("there is nothing at this path; /openapi.json lists what there is")
        case let error as HTTPError:
            self.init(error.status.code, "bad-request", error.body ?? error.status.reasonPhrase)
        default: self.init(500, "failed", "the request failed; the service's log says more")
        }
    }

    private init(_ error: CacheStorageError) {
        switch error.code {
        case .noStore, .unknown: self.init(404, "not-found", error.message)
        case .identity, .pruned: self.init(409, "identity-mismatch", error.message)
        case .missing, .damaged, .format, .catalog: self.init(500, "integrity", error.message)
        case .locked: self.init(429, "locked", error.message, retryAfter: 10)
        case .noSpace: self.init(507, "exhausted", error.message)
        case .value: self.init(400, "bad-input", error.message)
        case .key: self.init(500, "store-key", error.message)
        case .notPermitted, .inputOutput: self.init(500, "store", error.message)
        }
    }

    private init(_ error: AnsweringError) {
        switch error.code {
        case .badQuestion: self.init(400, "bad-question", error.message, parameter: "question")
        case .tooLarge: self.init(413, "too-large", error.message)
        case .busy: self.init(429, "busy", error.message, retryAfter: 5)
        case .nothingChosen: self.init(404, "nothing-chosen", error.message)
        }
    }

    private init(_ status: Int, _ code: String, _ message: String) {
        self.init(status, code, message, parameter: nil)
    }
}
