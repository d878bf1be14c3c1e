import Documents
import Pipelines
import Synchronization

/// Shows a run's progress, and each document where JSON lines are asked for.
final class ProgressObserver: RunObserver {
    private let progress: ProgressReporter
    private let output: JSONLines?
    private let history: RunHistory
    private let trouble = Mutex<(any Error)?>(nil)

    init(_ progress: ProgressReporter, output: JSONLines?, history: RunHistory) {
        self.progress = progress
        self.output = output
        self.history = history
    }

    func advanced(tokens: Int) {
        progress.advance(ProgressCounts(documents: 0, tokens: tokens, bytesSaved: 0))
        attempt { try history.advance(documents: 0, tokens: tokens) }
    }

    func finished(_ document: DocumentOutcome) {
        progress.advance(
            ProgressCounts(
                documents: 1, tokens: 0, bytesSaved: max(0, document.rawBytes - document.storedBytes)))
        attempt {
            try output?.write("document", document)
            try history.advance(documents: 1, tokens: 0)
        }
    }

    func failed(_ failure: DocumentFailure, document: String?) {
        progress.note("pharos: \(failure)")
        attempt {
            try output?.write("failure", failure)
            try history.note(failure, document: document)
        }
    }

    /// Throws what kept a line or a failure from being written; asked for once the run is done.
    func throwTrouble() throws {
        if let error = trouble.withLock({ $0 }) { throw error }
    }

    /// A line that cannot be written does not stop a run; the first such trouble is kept.
    private func attempt(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            trouble.withLock { $0 = $0 ?? error }
        }
    }
}
