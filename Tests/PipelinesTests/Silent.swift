import Documents
import Pipelines

/// Hears of a run's progress and says nothing.
struct Silent: RunObserver {
    func advanced(tokens: Int) {}
    func finished(_ document: DocumentOutcome) {}
    func failed(_ failure: DocumentFailure, document: String?) {}
}
