import Answering

/// Tokens that a chat completion took, in OpenAI's words.
struct ChatUsage: Encodable {
    struct Details: Encodable {
        var cachedTokens: Int
        private enum CodingKeys: String, CodingKey { case cachedTokens = "cached_tokens" }
    }

    var promptTokens: Int
    var completionTokens: Int
    var totalTokens: Int
    var promptTokensDetails: Details

    private enum CodingKeys: String, CodingKey {
        case promptTokens = "prompt_tokens"
        case completionTokens = "completion_tokens"
        case totalTokens = "total_tokens"
        case promptTokensDetails = "prompt_tokens_details"
    }

    init(_ answer: Answer) {
        promptTokens = answer.reusedTokens + answer.computedTokens + answer.questionTokens
        completionTokens = answer.tokens.count
        totalTokens = promptTokens + completionTokens
        promptTokensDetails = Details(cachedTokens: answer.reusedTokens)
    }
}

/// A finished chat completion.
struct ChatReply: Encodable {
    struct Message: Encodable {
        var role = "assistant"
        var content: String
    }

    struct Choice: Encodable {
        var index = 0
        var message: Message
        var finishReason: String
        private enum CodingKeys: String, CodingKey {
            case index, message
            case finishReason = "finish_reason"
        }
    }

    var id: String
    var object = "chat.completion"
    var created: Int
    var model: String
    var choices: [Choice]
    var usage: ChatUsage
    /// Beside what OpenAI knows: what the answer rests on.
    var citations: [Citation]

    init(_ answer: Answer, to order: AnswerOrder, heading: ChatHeading) {
        id = heading.id
        created = heading.created
        model = heading.model
        choices = [
            Choice(message: Message(content: answer.text), finishReason: answer.finishReason(order))
        ]
        usage = ChatUsage(answer)
        citations = answer.citations
    }
}

/// What all parts of one completion carry.
struct ChatHeading: Sendable {
    var id: String
    /// Seconds since 1970.
    var created: Int
    var model: String
}

/// A piece of a chat completion that is streamed.
struct ChatChunk: Encodable {
    struct Delta: Encodable {
        var role: String?
        var content: String?
    }

    struct Choice: Encodable {
        var index = 0
        var delta: Delta
        var finishReason: String?

        private enum CodingKeys: String, CodingKey {
            case index, delta
            case finishReason = "finish_reason"
        }

        func encode(to encoder: any Encoder) throws {
            var keys = encoder.container(keyedBy: CodingKeys.self)
            try keys.encode(index, forKey: .index)
            try keys.encode(delta, forKey: .delta)
            try keys.encode(finishReason, forKey: .finishReason)
        }
    }

    var id: String
    var object = "chat.completion.chunk"
    var created: Int
    var model: String
    var choices: [Choice]
    var usage: ChatUsage?
    var citations: [Citation]?

    init(_ heading: ChatHeading, choices: [Choice]) {
        id = heading.id
        created = heading.created
        model = heading.model
        self.choices = choices
    }
}
