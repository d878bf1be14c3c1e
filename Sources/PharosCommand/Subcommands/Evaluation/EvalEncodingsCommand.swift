import Answering
import ArgumentParser
import CacheStorage
import Documents
import Foundation
import SystemPackage
import Tensors

struct EvalEncodingsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encodings",
        abstract: "Compare stores of the same documents whose keys and values are encoded differently.",
        discussion: """
            Every store is asked the same questions. The first is the measure: how far the logits of the first \
            token lie from its, and how many answers are the same, token by token.

            Example: pharos eval encodings questions.jsonl store-f32 store-f16 store-int8 store-int4
            """)

    @Argument(help: "Questions as JSON lines, as 'pharos ask -' reads them.")
    var questions: String

    @Argument(help: "The stores' directories, the exact one first.")
    var stores: [String]

    @Option(help: "Memory entries that the pieces may take up together.")
    var beacons = 2048

    @Option(help: "Pieces laid into memory at most.")
    var top = AnswerDefaults.top

    @OptionGroup var model: ModelOptions

    @Flag(help: "Print one JSON object per store.")
    var json = false

    func run() async throws {
        var comparison = EncodingComparison(
            questions: try QuestionLines.read(FilePath(questions)),
            choice: ContextChoice(unit: .segments, top: max(1, top), beacons: max(1, beacons)))
        var table = TextTable([
            .init("encoding"), .init("bytes per beacon", .right), .init("right", .right),
            .init("equal answers", .right), .init("equal first tokens", .right),
            .init("largest logit error", .right), .init("rms logit error", .right),
        ])
        for path in stores {
            let row = try comparison.row(path, answerer(path))
            if json {
                try JSONLines(StandardStream.output).write("encoding", row)
                continue
            }
            table.add([
                row.encoding, String(row.bytesPerBeacon), "\(row.right) of \(row.questions)",
                String(row.equal), String(row.equalFirst), String(format: "%.5f", row.largestError),
                String(format: "%.6f", row.typicalError),
            ])
        }
        if !json { try StandardStream.output.write(table.text) }
    }

    private func answerer(_ path: String) throws -> StoreAnswerer {
        let store = try CacheStore(FilePath(path))
        return StoreAnswerer(
            store: store, collection: try StoreOptions.collection(nil, in: store),
            loaded: try model.load(for: nil, in: store), normaliser: TextNormalizer.version,
            context: try model.context())
    }
}
