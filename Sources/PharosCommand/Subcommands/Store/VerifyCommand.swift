import ArgumentParser
import CacheStorage

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a store against itself, and its caches against the model.",
        discussion: """
            Without flags, the catalog, the headers of all caches and the presence of all texts are checked. \
            Exits with 13 if anything is damaged, missing or misplaced, or a window comes out with other bits; with \
            12 if windows were to be recomputed and the model at hand is not the one that made them.

            Example: pharos verify --read-data --recompute 3 --store Samples/store
            """)

    @OptionGroup var store: StoreOptions

    @Flag(help: "Read every byte and check it against its digest.")
    var readData = false

    @Option(help: "Windows to choose at random, compress again and compare bit for bit.")
    var recompute = 0

    @Option(help: "The seed that chooses the windows.")
    var seed: UInt64 = 0

    @OptionGroup var model: ModelOptions

    @Flag(help: "Print one JSON object per finding and window, then a summary.")
    var json = false

    private struct Summary: Encodable {
        var documents: Int
        var caches: Int
        var bytesRead: Int
        var findings: Int
        var windowsEqual: Int
        var windowsDiffering: Int
        var windowsOfOtherModels: Int
        var sound: Bool

        private enum CodingKeys: String, CodingKey {
            case documents, caches, findings, sound
            case bytesRead = "bytes_read"
            case windowsEqual = "windows_equal"
            case windowsDiffering = "windows_differing"
            case windowsOfOtherModels = "windows_of_other_models"
        }
    }

    func validate() throws {
        guard recompute >= 0 else { throw ValidationError("--recompute is \(recompute); give 0 or more") }
    }

    func run() async throws {
        let store = try self.store.open()
        let report = try store.verify(readingData: readData, threads: try model.threadCount())
        for finding in report.findings { try show(StoreFindingLine(finding)) }
        var outcomes: [WindowRecomputation.Outcome] = []
        if recompute > 0 {
            let sample = try WindowSample(of: store, count: recompute, seed: seed)
            let recomputation = WindowRecomputation(store: store, model: model)
            for choice in sample.choices {
                for outcome in try recomputation.outcomes(of: choice) {
                    outcomes.append(outcome)
                    if json { try JSONLines(StandardStream.output).write("window", outcome) }
                    if !json, outcome.result != .equal { try StandardStream.output.write(outcome.text) }
                }
            }
        }
        let differing = outcomes.count { $0.result == .differs || $0.result == .unreadable }
        let others = outcomes.count { $0.result == .otherModel }
        let summary = Summary(
            documents: report.documents, caches: report.caches, bytesRead: report.bytesRead,
            findings: report.findings.count, windowsEqual: outcomes.count { $0.result == .equal },
            windowsDiffering: differing, windowsOfOtherModels: others,
            sound: report.isSound && differing == 0)
        try show(summary)
        if !summary.sound { throw FinishedWithStatus(.integrity) }
        if others > 0 { throw FinishedWithStatus(.identityMismatch) }
    }

    private func show(_ line: StoreFindingLine) throws {
        if json { return try JSONLines(StandardStream.output).write("finding", line) }
        try StandardStream.output.write(line.text)
    }

    private func show(_ summary: Summary) throws {
        if json { return try JSONLines(StandardStream.output).write("summary", summary) }
        var text = "\(summary.documents) documents, \(summary.caches) caches"
        if readData { text += ", \(HumanFormat.bytes(summary.bytesRead)) read" }
        if recompute > 0 {
            let all = summary.windowsEqual + summary.windowsDiffering + summary.windowsOfOtherModels
            text += ", \(summary.windowsEqual) of \(all) recomputed windows equal bit for bit"
        }
        let verdict = summary.sound ? "sound" : "not sound; the lines above say what to do"
        try StandardStream.output.write("\(text): \(verdict)\n")
    }
}
