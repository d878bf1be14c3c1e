import ArgumentParser
import BeaconModel
import BeaconTraining
import Foundation
import SystemPackage
import Tokenization

struct TrainProbeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Measure how often whole answers come out right, on fresh documents with held-out names.",
        discussion: """
            A cell is windows:ratio; ratio 0 is without compression, 0 windows are documents shorter than one.

            Example: pharos train probe --model models/mine --cells 1:0,1:2,1:4,1:8,4:4 --count 1000
            """)

    @OptionGroup var model: ModelOptions

    @Option(help: "Cells, as windows:ratio, with commas between.")
    var cells = "0:0,1:0,1:2,1:4,1:8,4:4,8:4"

    @Option(help: "Questions a cell, at least.")
    var count = 200

    @Option(help: "Seed of the documents.")
    var seed: UInt64 = 99

    @Option(parsing: .upToNextOption, help: "JSON Lines files with 'text', for passages between facts.")
    var texts: [String] = []

    @Flag(help: "Documents of facts alone: short common names, no passages, no near-namesakes.")
    var plain = false

    @Flag(help: "Print one JSON object per cell.")
    var json = false

    private struct Line: Encodable {
        var windows: Int
        var ratio: Int
        var asked: Int
        var exactMatch: Double
        var tokenAccuracy: Double
        var notStatedRight: Double
        var falselyNotStated: Double
    }

    func run() async throws {
        let directory = try model.directory()
        let configuration = try ModelConfiguration(directory: directory)
        let tokenizer = try Tokenizer(contentsOf: directory.appending("tokenizer.json"))
        let parameters = try ModelParameters(configuration, checkpoint: Checkpoint(directory: directory))
        let wanted = try cells.split(separator: ",").map { cell -> (Int, Int) in
            let numbers = cell.split(separator: ":").compactMap { Int($0) }
            guard numbers.count == 2, (0...4096).contains(numbers[0]), (0...1024).contains(numbers[1]) else {
                throw CommandError(.usage, "--cells holds '\(cell)'", hint: "give windows:ratio, as 4:8")
            }
            return (numbers[0], numbers[1])
        }
        guard (1...1 << 24).contains(count) else {
            throw CommandError(.usage, "--count is \(count)", hint: "give 1 to \(1 << 24)")
        }
        let longest = (wanted.map(\.0).max() ?? 0) + 2
        let engine = try GradientEngine(
            configuration, parameters: parameters, train: .beacon,
            positions: longest * configuration.beacon.windowSize * 2 + 1024, lanes: try model.threadCount())
        var options = QuestionDocumentGenerator.Options()
        options.split = .heldOut
        if plain {
            options.unusualNames = 0
            options.filler = 0
            options.distractors = 0
            options.forms = 0
            options.everyday = 0
        }
        let filler = FillerText(texts: try TrainingRecipe.texts(texts.map { FilePath($0) }))
        let probe = AnswerProbe(
            windowSize: configuration.beacon.windowSize,
            generator: QuestionDocumentGenerator(seed: seed, options: options, filler: filler),
            encode: { tokenizer.encode($0, addingSpecialTokens: false).ids })
        for (windows, ratio) in wanted {
            try show(probe.measure(engine, windows: windows, ratio: ratio, count: count))
        }
    }

    private func show(_ cell: AnswerProbe.Cell) throws {
        func share(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
        let line = Line(
            windows: cell.windows, ratio: cell.ratio, asked: cell.asked, exactMatch: cell.exactMatch,
            tokenAccuracy: share(cell.tokensRight, cell.tokens),
            notStatedRight: share(cell.notStatedRight, cell.notStatedAsked),
            falselyNotStated: share(cell.falselyNotStated, cell.asked))
        if json {
            try JSONLines(StandardStream.output).write("cell", line)
            return
        }
        func percent(_ value: Double) -> String { String(format: "%.1f %%", value * 100) }
        try StandardStream.output.write(
            "windows \(line.windows), ratio \(line.ratio): \(percent(line.exactMatch)) of \(line.asked) right, "
                + "tokens \(percent(line.tokenAccuracy)), not stated right \(percent(line.notStatedRight)), "
                + "falsely not stated \(percent(line.falselyNotStated))\n")
    }
}
