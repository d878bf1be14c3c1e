import Pipelines

/// The table that a run ends with.
struct RunSummary: Encodable {
    var collection: String
    var documents: Int
    var actions: [String: Int]
    var failures: Int
    var skipped: Int
    var tokens: Int
    var windows: Int
    var beacons: Int
    var textBytes: Int
    var rawBytes: Int
    var storedBytes: Int
    var ratio: Double
    var seconds: Double
    var questions: QuestionBatch.Outcome?
    var questionSeconds: Double?

    private enum CodingKeys: String, CodingKey {
        case collection, documents, actions, failures, skipped, tokens, windows, beacons, ratio, seconds,
            questions
        case textBytes = "text_bytes"
        case rawBytes = "raw_bytes"
        case storedBytes = "stored_bytes"
        case questionSeconds = "question_seconds"
    }

    init(
        collection: String, report: RunReport, sourceBytes: Int, seconds: Double,
        questions: QuestionBatch.Outcome?, questionSeconds: Double
    ) {
        self.collection = collection
        documents = report.documents
        actions = Dictionary(uniqueKeysWithValues: report.actions.map { ($0.key.rawValue, $0.value) })
        failures = report.failures.count
        skipped = report.skipped
        tokens = report.tokens
        windows = report.windows
        beacons = report.beacons
        textBytes = report.textBytes
        rawBytes = report.rawBytes
        storedBytes = report.storedBytes
        ratio = report.storedBytes > 0 ? Double(report.rawBytes) / Double(report.storedBytes) : 0
        self.seconds = seconds
        self.questions = questions
        self.questionSeconds = questions == nil ? nil : questionSeconds
    }

    var text: String {
        var table = TextTable([.init("collection"), .init(collection)])
        let done = PlannedDocument.Action.allCases.compactMap { action in
            actions[action.rawValue].map { "\($0) \(Self.past(action))" }
        }
        table.add(["documents", "\(documents) (\(done.joined(separator: ", ")))"])
        if failures > 0 { table.add(["failures", String(failures)]) }
        if skipped > 0 { table.add(["without text", "\(HumanFormat.count(skipped)) records passed over"]) }
        table.add(["text", HumanFormat.bytes(textBytes)])
        table.add(["tokens", HumanFormat.count(tokens)])
        table.add(["windows", HumanFormat.count(windows)])
        table.add(["beacons", HumanFormat.count(beacons)])
        table.add(["keys and values", "\(HumanFormat.bytes(rawBytes)) uncompressed at f16"])
        table.add(["stored", HumanFormat.bytes(storedBytes)])
        table.add(["ratio", Self.times(ratio)])
        table.add(["time", HumanFormat.duration(.seconds(seconds))])
        if let questions, let questionSeconds {
            let time = HumanFormat.duration(.seconds(questionSeconds))
            let rest = questions.unanswered > 0 ? ", \(questions.unanswered) without an answer" : ""
            table.add(["questions", "\(questions.asked) in \(time)\(rest)"])
            if questions.known > 0 {
                table.add([
                    "right",
                    "\(questions.right) of \(questions.known) from caches; "
                        + "\(questions.rightUncompressed) from the same text uncompressed",
                ])
                table.add(["document found", "\(questions.found) of \(questions.known)"])
            }
            table.add([
                "context tokens",
                "\(HumanFormat.count(questions.reusedTokens)) reused, \(HumanFormat.count(questions.computedTokens)) computed",
            ])
        }
        return table.text
    }

    private static func times(_ value: Double) -> String {
        let tenths = (value * 10).rounded() / 10
        return "\(tenths) to 1"
    }

    private static func past(_ action: PlannedDocument.Action) -> String {
        switch action {
        case .compress: "compressed"
        case .extend: "extended"
        case .reuse: "reused"
        case .remove: "removed"
        case .skip: "skipped"
        }
    }
}
