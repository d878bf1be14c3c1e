import Answering

/// An answer as `POST /v1/ask` gives it.
struct AskReply: Encodable {
    struct Looked: Encodable {
        var document: String
        var bytes: [Int]
        var attention: Double
    }

    /// Intervals told of at most: those that were looked at most.
    static let maximumIntervals = 4096

    var type = "answer"
    var question: String
    var collection: String
    var answer: String
    var finishReason: String
    var citations: [Citation]
    var looked: [Looked]
    var documents: [String]
    var reused: Int
    var computed: Int
    var questionTokens: Int
    var answerTokens: Int
    var seconds: Answer.Seconds

    private enum CodingKeys: String, CodingKey {
        case type, question, collection, answer, citations, documents, seconds
        case finishReason = "finish_reason"
        case looked = "looked_at"
        case reused = "context_tokens_reused"
        case computed = "context_tokens_computed"
        case questionTokens = "question_tokens"
        case answerTokens = "answer_tokens"
    }

    init(_ answer: Answer, to order: AnswerOrder) {
        question = answer.question
        collection = order.collection
        self.answer = answer.text
        finishReason = answer.finishReason(order)
        citations = answer.citations
        looked = Self.strongest(answer.attended).map {
            Looked(
                document: $0.document, bytes: [$0.bytes.lowerBound, $0.bytes.upperBound],
                attention: $0.attention)
        }
        documents = answer.documents
        reused = answer.reusedTokens
        computed = answer.computedTokens
        questionTokens = answer.questionTokens
        answerTokens = answer.tokens.count
        seconds = answer.seconds
    }

    private static func strongest(_ intervals: [AttendedInterval]) -> [AttendedInterval] {
        guard intervals.count > maximumIntervals else { return intervals }
        let least = intervals.map(\.attention).sorted(by: >)[maximumIntervals - 1]
        return Array(intervals.filter { $0.attention >= least }.prefix(maximumIntervals))
    }
}

extension Answer {
    /// `length` where the answer was cut off, else `stop`.
    func finishReason(_ order: AnswerOrder) -> String { tokens.count >= order.maxTokens ? "length" : "stop" }
}
