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

    private enum CodingKeys: String, CodingKey {
        case documents, actions, failures, skipped, tokens
        case sourceBytes = "source_bytes"
    }

    init(_ plan: RunPlan) {
        documents = plan.documents.count
        var actions: [String: Int] = [:]
        for document in plan.documents { actions[document.action.rawValue, default: 0] += 1 }
        self.actions = actions
        failures = plan.failures.count
        skipped = plan.skipped
        tokens = plan.tokensToCompute
        sourceBytes = plan.sourceBytes
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
            + "\(HumanFormat.count(tokens)) tokens to compute\n"
    }
}
