import Answering

/// An answer as `--json` prints it.
struct AnswerLine: Encodable {
    var id: String?
    var question: String
    var answer: String
    var citations: [Citation]
    var documents: [String]
    var reused: Int
    var computed: Int
    var promoted: Int
    var questionTokens: Int
    var seconds: Answer.Seconds
    var tokens: [Int32]?

    private enum CodingKeys: String, CodingKey {
        case id, question, answer, citations, documents, seconds, tokens
        case reused = "context_tokens_reused"
        case computed = "context_tokens_computed"
        case promoted = "promoted_windows"
        case questionTokens = "question_tokens"
    }

    init(_ answer: Answer, id: String?, showTokens: Bool) {
        self.id = id
        question = answer.question
        self.answer = answer.text
        citations = answer.citations
        documents = answer.documents
        reused = answer.reusedTokens
        computed = answer.computedTokens
        promoted = answer.promoted
        questionTokens = answer.questionTokens
        seconds = answer.seconds
        tokens = showTokens ? answer.tokens : nil
    }

    /// The answer for people: text, quotes with their places, what it cost.
    static func text(_ answer: Answer, isStreamed: Bool) -> String {
        var text = isStreamed ? "\n" : "\(answer.text)\n"
        for citation in answer.citations {
            text += "\n  \(citation.document), line \(citation.line), "
            text += "bytes \(citation.bytes.lowerBound)–\(citation.bytes.upperBound), "
            text +=
                "\(HumanFormat.percent(Int((citation.attention * 1000).rounded()), of: 1000)) of the attention\n"
            text += "  “\(citation.quote)”\n"
        }
        let seconds =
            answer.seconds.choose + answer.seconds.restore + answer.seconds.question + answer.seconds.decode
        text +=
            "\n  context: \(answer.reusedTokens) tokens reused from caches, \(answer.computedTokens) computed; "
        if answer.promoted > 0 { text += "\(answer.promoted) windows from the finer copy; " }
        text += "question: \(answer.questionTokens) tokens; \(HumanFormat.duration(.seconds(seconds)))\n"
        return text
    }
}
