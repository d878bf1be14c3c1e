import CacheStorage
import Documents
import Pipelines

/// The totals that `plan` ends with.
struct PlanSummary: Encodable {
    var documents: Int
    var actions: [String: Int]
    var failures: Int
    var skipped: Int
    var tokens: Int
    var sourceBytes: Int
    /// What the caches will take before compression.
    var cacheBytes: Int
    /// How long the model will read at the speed of the store's last run; nil where none tells it.
    var seconds: Double?

    private enum CodingKeys: String, CodingKey {
        case documents, actions, failures, skipped, tokens, seconds
        case sourceBytes = "source_bytes"
        case cacheBytes = "cache_bytes"
    }

    /// - Parameter runs: what the store remembers, the latest first.
    init(_ plan: RunPlan, runs: [RunRecord]) {
        documents = plan.documents.count
        var actions: [String: Int] = [:]
        for document in plan.documents { actions[document.action.rawValue, default: 0] += 1 }
        self.actions = actions
        failures = plan.failureCount
        skipped = plan.skipped
        tokens = plan.tokensToCompute
        sourceBytes = plan.sourceBytes
        cacheBytes = plan.cacheBytes
        seconds = Self.tokensPerSecond(runs).map { Double(plan.tokensToCompute) / $0 }
    }

    /// Times are kept in whole seconds, so short runs tell nothing.
    private static func tokensPerSecond(_ runs: [RunRecord]) -> Double? {
        for run in runs where run.status.hasPrefix("done") {
            let seconds = (run.ended ?? run.started) - run.started
            if seconds >= 3, let tokens = run.counts["tokens"], tokens > 0 {
                return Double(tokens) / Double(seconds)
            }
        }
        return nil
    }

    /// One line per document, then the totals.
    func text(_ plan: RunPlan) -> String {
        var table = TextTable([.init("action"), .init("document"), .init("tokens", .right), .init("reason")])
        for document in plan.documents {
            table.add([
                document.action.rawValue, document.id, document.tokens > 0 ? String(document.tokens) : "",
                document.reason,
            ])
        }
        for failure in plan.failures { table.add(["skip", failure.file ?? "", "", failure.description]) }
        let counts = PlannedDocument.Action.allCases.compactMap { action in
            actions[action.rawValue].map { "\(action.rawValue) \($0)" }
        }
        return table.text
            + "\n\(documents) documents, \(HumanFormat.bytes(sourceBytes)) of text: \(counts.joined(separator: ", "))\n"
            + (skipped > 0 ? "\(HumanFormat.count(skipped)) records without text are passed over\n" : "")
            + "\(HumanFormat.count(tokens)) tokens to compute"
            + (seconds.map { ", about \(HumanFormat.duration(.seconds($0))) at the speed of the last run" }
                ?? "")
            + "; caches of \(HumanFormat.bytes(cacheBytes)) before compression\n"
    }
}
