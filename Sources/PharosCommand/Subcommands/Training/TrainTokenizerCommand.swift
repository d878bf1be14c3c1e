import ArgumentParser
import BeaconTraining
import FileAccess
import Foundation
import SystemPackage
import Tokenization

struct TrainTokenizerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenizer",
        abstract: "Learn a byte-level BPE tokenizer from texts and made documents.",
        discussion: """
            Writes a tokenizer.json.

            Example: pharos train tokenizer texts.jsonl --vocabulary 2048 --documents 3000 --output tokenizer.json
            """)

    @Argument(help: "JSON Lines files with 'text'.")
    var texts: [String] = []

    @Option(help: "Size of the vocabulary.")
    var vocabulary = 2048

    @Option(help: "Made documents to learn from besides the texts.")
    var documents = 0

    @Option(help: "Bytes read of each file.")
    var limit = 2_000_000

    @Option(help: "The file to write.")
    var output: String

    func run() async throws {
        guard limit > 0, documents >= 0 else {
            throw CommandError(
                .usage, "--limit is \(limit) and --documents \(documents)",
                hint: "give 1 byte or more, and no fewer than 0 documents")
        }
        guard !texts.isEmpty || documents > 0 else {
            throw CommandError(
                .usage, "there is nothing to learn from", hint: "name files with texts, or give --documents")
        }
        var trainer = try BytePairTrainer(
            vocabularySize: vocabulary, specialTokens: ["<|endoftext|>"])
        for text in try TrainingRecipe.texts(texts.map { FilePath($0) }, limit: limit) { trainer.add(text) }
        let generator = QuestionDocumentGenerator(seed: 77)
        for index in 0..<documents {
            let document = generator.document(UInt64(index), bytes: 900, questions: 8)
            let questions = document.questions.map {
                QuestionDocument.prompt($0.question) + QuestionDocument.completion($0.answer)
            }
            trainer.add(document.text + questions.joined())
        }
        try AtomicFile.replace(FilePath(output), with: trainer.train(), permissions: .shared())
    }
}
