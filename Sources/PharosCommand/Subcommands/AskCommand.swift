public import Answering
public import ArgumentParser
import BeaconModel
import CacheStorage
import ContextCaching
import Documents
import Foundation
import SystemPackage
import Tensors

extension ContextChoice.Unit: ExpressibleByArgument {}

struct AskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask",
        abstract: "Answer a question from a store's caches, with the sentences it rests on.",
        discussion: """
            Documents are not read again: the model sees their beacons alone. '-' reads questions as JSON lines \
            and answers in their order. Exits with 12 if a cache does not belong to the model at hand or was \
            pruned, 13 if one is damaged.

            Example: pharos ask 'Who manages the Fennick depot?' --store Samples/store
            """)

    @Argument(help: "The question, or '-' for JSON lines with the fields question, id, documents.")
    var question: String

    @OptionGroup var store: StoreOptions

    @Option(help: "The collection to answer from. (default: the only one)")
    var collection: String?

    @Option(help: "A document to answer from; may be repeated.")
    var document: [String] = []

    @Option(
        help:
            """
            What is laid into memory: a whole document, or the passages that fit best (segments or windows: what the \
            collection was cut into). (default: segments)
            """
    )
    var context: ContextChoice.Unit?

    @Option(help: "Memory entries that the pieces may take up together. (default: \(AnswerDefaults.beacons))")
    var beacons: Int?

    @Option(help: "Pieces laid into memory at most. (default: \(AnswerDefaults.top))")
    var top: Int?

    @Option(help: "The ratio that caches must have been made with.")
    var ratio: Int?

    @Option(help: "The longest answer, in tokens. (default: \(AnswerDefaults.maxTokens))")
    var maxTokens: Int?

    @Option(help: "0 for the likeliest answer; more for more variety. (default: 0)")
    var temperature: Float?

    @Option(help: "Tokens to choose among; 0 for all.")
    var topK = 0

    @Option(help: "Smallest set of tokens to choose among that reaches this probability.")
    var topP: Float = 1

    @Option(help: "The sampler's seed. (default: 0)")
    var seed: UInt64?

    @Flag(help: "Print the answer as it is decoded.")
    var stream = false

    @Option(help: "Questions of '-' answered side by side.")
    var batch = 8

    @Flag(help: "Print one JSON object per answer.")
    var json = false

    @Flag(help: "Add the generated token ids to the JSON.")
    var showTokens = false

    @OptionGroup var model: ModelOptions

    func validate() throws {
        guard topK >= 0 else { throw ValidationError("--top-k is \(topK); give 0 or more") }
        guard topP > 0, topP <= 1 else {
            throw ValidationError("--top-p is \(topP); give more than 0, 1 at most")
        }
        guard (1...256).contains(batch) else { throw ValidationError("--batch is \(batch); give 1 to 256") }
    }

    func run() async throws {
        let choice = try choice()
        let options = try answerOptions()
        let store = try self.store.open()
        let collection = try StoreOptions.collection(self.collection, in: store)
        var answerer = StoreAnswerer(
            store: store, collection: collection,
            loaded: try model.load(for: collection, in: store),
            normaliser: TextNormalizer.version, context: try model.context())
        // 'adaptive', as a variable meant for 'add' may say, asks for nothing.
        answerer.requirements.ratio =
            try ratio ?? environment.value(.ratio, as: String.self).flatMap { Int($0) }
        let questions = try questions()
        if question == "-", !stream || json {
            var worst: ExitStatus?
            try answerer.answer(questions, choice: choice, options: options, width: batch) { place, result in
                do {
                    let answer = try result.get()
                    try show(answer, id: questions[place].id, isStreamed: false, with: answerer)
                } catch {
                    let status = try UnansweredLine(questions[place], place, error).show(asJSON: json)
                    worst = ExitStatus.worst(worst, status)
                }
            }
            if let worst { throw FinishedWithStatus(worst) }
        } else {
            for question in questions { try answer(question, with: answerer, choice, options) }
        }
    }

    private func questions() throws -> [Question] {
        guard question == "-" else {
            guard question.contains(where: { !$0.isWhitespace }) else {
                throw CommandError(.usage, "the question is empty")
            }
            return [Question(question, documents: document.isEmpty ? nil : document)]
        }
        let data = try StandardInput.readAll()
        return try QuestionLines.parse(data, name: "standard input").map { question in
            var question = question
            if question.documents == nil, !document.isEmpty { question.documents = document }
            return question
        }
    }

    private var environment: EnvironmentSettings { model.environment }

    private func choice() throws -> ContextChoice {
        ContextChoice(
            unit: try environment.resolve(flag: context, .context, default: .segments),
            top: try environment.resolve(flag: top, .top, default: AnswerDefaults.top, within: 1...100_000),
            beacons: try environment.resolve(
                flag: beacons, .beacons, default: AnswerDefaults.beacons, within: 1...(1 << 30)))
    }

    private func answerOptions() throws -> Answerer.Options {
        var options = Answerer.Options()
        options.maxTokens = try environment.resolve(
            flag: maxTokens, .maxTokens, default: AnswerDefaults.maxTokens, within: 1...(1 << 20))
        options.sampler = Sampler(
            temperature: try environment.resolve(
                flag: temperature, .temperature, default: 0, within: 0...100),
            topK: topK, topP: topP, seed: try environment.resolve(flag: seed, .seed, default: 0))
        return options
    }

    private func answer(
        _ question: Question, with answerer: StoreAnswerer, _ choice: ContextChoice,
        _ options: Answerer.Options
    ) throws {
        let streams = stream && !json
        let answer = try answerer.answer(question, choice: choice, options: options) { piece in
            if streams { try StandardStream.output.write(piece) }
        }
        try show(answer, id: question.id, isStreamed: streams, with: answerer)
    }

    private func show(_ answer: Answer, id: String?, isStreamed: Bool, with answerer: StoreAnswerer) throws {
        if json {
            try JSONLines(StandardStream.output).write(
                "answer", AnswerLine(answer, id: id, showTokens: showTokens))
        } else {
            try StandardStream.output.write(AnswerLine.text(answer, isStreamed: isStreamed))
        }
        try noteUse(of: answer.documents, with: answerer)
    }

    /// Lets `prune` see which caches are in use, where the store may be written; that needs no lock.
    private func noteUse(of documents: [String], with answerer: StoreAnswerer) throws {
        guard FileManager.default.isWritableFile(atPath: answerer.store.paths.objects.string) else { return }
        let caches = try documents.flatMap {
            try answerer.store.findDocument($0, in: answerer.collection)?.caches ?? []
        }
        try answerer.store.noteUse(of: caches, at: Int(Date().timeIntervalSince1970))
    }
}
