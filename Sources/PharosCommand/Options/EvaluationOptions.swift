import Answering
import ArgumentParser
import BeaconModel
import ContextCaching
import Evaluation
import FileAccess
import Foundation
import Pipelines
import SystemPackage
import Tensors

/// What a model's context is held against (`--against`).
enum EvaluationControl: String, ExpressibleByArgument, CaseIterable {
    case full
    case lastWindow = "last-window"
}

/// What answers in an evaluation (`--source`).
enum EvaluationSource: String, ExpressibleByArgument, CaseIterable {
    case model, store
}

/// What all evaluations share: the model, the modes, where results go.
struct EvaluationOptions: ParsableArguments {
    @OptionGroup var model: ModelOptions

    @Option(
        help:
            "Compression ratios, such as 2,4,8; 'adaptive' is the checkpoint's own rule, 0 keeps raw activations."
    )
    var ratio: String = "adaptive"

    @Option(help: "Run beside it, once or twice: 'full' without compression, 'last-window' without the rest.")
    var against: [EvaluationControl] = []

    @Option(
        help:
            "What answers: the 'model', given the whole text, or a 'store' of segments, as 'pharos ask' does."
    )
    var source: EvaluationSource = .model

    @Option(
        help: "With a store, 'document', or how many windows begin with a fresh memory, such as '4 windows'.")
    var segment: String = SegmentRule.windows(CompressionDefaults.segmentWindows).description

    @Option(help: "With a store, segments laid into memory at most.")
    var top = AnswerDefaults.top

    @Option(help: "A directory for JSON, text, SVG and HTML.")
    var output: String?

    @Option(help: "Samples taken at most: texts, questions, or needles in each cell.")
    var limit: Int?

    @Flag(help: "Print the report as one JSON object instead of tables.")
    var json = false

    /// The modes in the order given, controls last.
    func modes() throws -> [ContextMode] {
        var modes = try ratio.split(separator: ",", omittingEmptySubsequences: false).map { part in
            let mode = ContextMode(String(part))
            guard let mode, mode != .full, mode != .lastWindow else {
                throw CommandError(
                    .usage, "--ratio names '\(part)'", hint: "give ratios such as 2,4,8, or 'adaptive'")
            }
            return mode
        }
        modes += against.map { $0 == .full ? .full : .lastWindow }
        var seen: Set<ContextMode> = []
        return modes.filter { seen.insert($0).inserted }
    }

    /// Samples at most.
    ///
    /// - Parameter standard: what holds without `--limit`.
    func count(default standard: Int) throws -> Int {
        guard let limit else { return standard }
        guard (1...1 << 24).contains(limit) else {
            throw CommandError(.usage, "--limit is \(limit)", hint: "give 1 to \(1 << 24)")
        }
        return limit
    }

    /// The longest answer, in tokens.
    func answerLength(_ maxTokens: Int) throws -> Int {
        guard maxTokens > 0 else {
            throw CommandError(.usage, "--max-tokens is \(maxTokens)", hint: "give 1 or more")
        }
        return maxTokens
    }

    /// Refuses at once what would end the evaluation after hours: modes that the model or the source has not, a
    /// directory for the results that cannot be made.
    func check(_ loaded: LoadedModel) throws {
        let modes = try modes()
        for mode in modes { _ = try mode.sequence(loaded.model, context: ComputeContext(threads: 1)) }
        if source == .store, modes.contains(.lastWindow) {
            throw CommandError(
                .usage, "--against last-window is for the model alone", hint: "leave --source store out")
        }
        if let output { try FileSystem.createDirectory(FilePath(output)) }
    }

    /// Runs `body` with what `--source` names; a store lies in a temporary directory that is removed afterwards.
    func withSource(_ loaded: LoadedModel, _ body: (any AnswerSource) async throws -> Void) async throws {
        try check(loaded)
        let context = try model.context()
        guard source == .store else {
            try await body(
                DirectAnswerSource(
                    loaded.model, tokenizer: loaded.tokenizer, layout: loaded.layout, context: context))
            return
        }
        guard top > 0 else { throw CommandError(.usage, "--top is \(top)", hint: "give 1 or more") }
        let compression = try CompressionChoice.settings(ratio: "adaptive", segment: segment, window: nil)
        let directory = FilePath(FileManager.default.temporaryDirectory.path).appending(
            "pharos-eval-\(UUID().uuidString)")
        try FileSystem.createDirectory(directory)
        let result: Result<Void, any Error>
        do {
            let source = StoreAnswerSource(
                loaded, context: context, segmentation: compression.segmentation,
                choice: ContextChoice(unit: .segments, top: top, beacons: .max), modes: try modes(),
                directory: directory)
            result = .success(try await body(source))
        } catch {
            result = .failure(error)
        }
        try FileManager.default.removeItem(atPath: directory.string)
        try result.get()
    }

    /// Prints the report and writes its files.
    ///
    /// - Parameter name: the files' name instead of the report's kind.
    func deliver(_ report: some EvaluationReport, name: String? = nil) throws {
        if json {
            try JSONLines(StandardStream.output).write(name ?? type(of: report).kind, report)
        } else {
            try StandardStream.output.write(report.text)
        }
        if let output {
            let files = try ReportWriter(FilePath(output)).write(report, name: name)
            try StandardStream.error.write("wrote \(files.count) files to \(output)\n")
        }
    }
}
