import Answering
import CacheStorage
import ContextCaching
import Documents
import FileAccess
import Foundation
import Pipelines
import Tensors

/// Answers a pipeline's questions from the caches it just made, and counts the right ones where they are known.
struct QuestionBatch {
    var request: RunRequest
    var store: CacheStore?
    var loaded: LoadedModel
    var context: ContextRecipe
    var options: PipelineRun.Options

    /// How the questions went.
    struct Outcome: Encodable {
        var asked = 0
        /// Questions that got no answer.
        var unanswered = 0
        /// Questions whose answer is known.
        var known = 0
        var right = 0
        /// Right answers of the same model from the same pieces of text, uncompressed.
        var rightUncompressed = 0
        /// Questions whose document was among those chosen.
        var found = 0
        var reusedTokens = 0
        var computedTokens = 0
        /// What a run whose questions went so is to exit with; nil where all were answered.
        var status: ExitStatus?

        private enum CodingKeys: String, CodingKey {
            case asked, unanswered, known, right, found
            case rightUncompressed = "right_uncompressed"
            case reusedTokens = "context_tokens_reused"
            case computedTokens = "context_tokens_computed"
        }

        /// Notes a question that got no answer.
        mutating func note(_ reason: ExitStatus) {
            asked += 1
            unanswered += 1
            status = ExitStatus.worst(status, reason)
        }
    }

    /// Questions answered side by side.
    static let width = 8

    func answer() throws -> Outcome? {
        guard let path = request.questions, let store else { return nil }
        let questions = try QuestionLines.read(path)
        let answerer = StoreAnswerer(
            store: store, collection: request.collection, loaded: loaded, normaliser: TextNormalizer.version,
            context: ComputeContext(threads: options.threads))
        var outcome = Outcome()
        var lines = ""
        try answerer.answer(questions, choice: request.choice, width: Self.width) { place, result in
            if options.shouldStop() { throw CancellationError() }
            let question = questions[place]
            let answer: Answer
            do {
                answer = try result.get()
            } catch {
                let line = try UnansweredLine(question, place, error)
                lines += try JSONLines.line("error", line)
                outcome.note(try line.show(asJSON: false))
                if question.answer != nil { outcome.known += 1 }
                return
            }
            outcome.asked += 1
            outcome.reusedTokens += answer.reusedTokens
            outcome.computedTokens += answer.computedTokens
            lines += try JSONLines.line("answer", AnswerLine(answer, id: question.id, showTokens: false))
            guard let expected = question.answer else { return }
            outcome.known += 1
            if let document = question.document, answer.documents.contains(document) { outcome.found += 1 }
            if Self.isRight(answer.text, expected) { outcome.right += 1 }
            let control = try answerer.answerUncompressed(question, choice: request.choice)
            if Self.isRight(control.text, expected) { outcome.rightUncompressed += 1 }
        }
        if let path = request.answers { try AtomicFile.replace(path, with: Array(lines.utf8)) }
        return outcome
    }

    /// Exact match, white space around it and a final full stop aside.
    static func isRight(_ answer: String, _ expected: String) -> Bool {
        func plain(_ text: String) -> String {
            var text = text.trimmingCharacters(in: .whitespacesAndNewlines)
            if text.hasSuffix(".") { text.removeLast() }
            return text.lowercased()
        }
        return plain(answer) == plain(expected)
    }
}
