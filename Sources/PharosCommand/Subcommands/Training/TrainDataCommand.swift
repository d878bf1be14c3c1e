import ArgumentParser
import BeaconTraining
import Foundation
import SystemPackage

struct TrainDataCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract: "Print made documents with questions, one JSON object per line.",
        discussion: """
            Things, names and values are invented; one name in ten is held out for measuring.

            Example: pharos train data --count 1000 --bytes 2000 --names heldOut > questions.jsonl
            """)

    @Option(help: "Documents.")
    var count = 100

    @Option(help: "Bytes of a document, about.")
    var bytes = 1500

    @Option(help: "Most questions a document.")
    var questions = 8

    @Option(help: "Seed; equal seeds give equal documents.")
    var seed: UInt64 = 1

    @Option(help: "Names to use: training, heldOut or either.")
    var names = QuestionDocumentSplit.training.rawValue

    @Option(parsing: .upToNextOption, help: "JSON Lines files with 'text', for passages between facts.")
    var texts: [String] = []

    @Flag(help: "One line a question: id, context, question, answers.")
    var byQuestion = false

    func run() async throws {
        guard let split = QuestionDocumentSplit(rawValue: names) else {
            throw CommandError(.usage, "--names is '\(names)'", hint: "give training, heldOut or either")
        }
        guard count >= 0, (1...1 << 26).contains(bytes), (0...10_000).contains(questions) else {
            throw CommandError(.usage, "--count, --bytes or --questions is out of range")
        }
        var options = QuestionDocumentGenerator.Options()
        options.split = split
        let filler = FillerText(texts: try TrainingRecipe.texts(texts.map { FilePath($0) }))
        let generator = QuestionDocumentGenerator(seed: seed, options: options, filler: filler)
        for index in 0..<count {
            let document = generator.document(UInt64(index), bytes: bytes, questions: questions)
            let id = "made-\(seed)-\(index)"
            let lines =
                try byQuestion
                ? QuestionDocumentWriter.questionLines(document, id: id)
                : [QuestionDocumentWriter.line(document, id: id)]
            for line in lines { try StandardStream.output.write(line + "\n") }
        }
    }
}
