/// The body of `POST /v1/chat/completions`, as far as it is honoured.
///
/// Fields that change nothing here are passed over; those that ask for what the service cannot do are refused.
struct ChatRequest: Decodable {
    struct Message: Decodable {
        var role: String
        var text: String?

        private enum CodingKeys: String, CodingKey { case role, content }
        private struct Part: Decodable {
            var type: String
            var text: String?
        }

        init(from decoder: any Decoder) throws {
            let keys = try decoder.container(keyedBy: CodingKeys.self)
            role = try keys.decode(String.self, forKey: .role)
            guard ["system", "developer", "user", "assistant", "tool", "function"].contains(role) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .role, in: keys, debugDescription: "there is no such role")
            }
            guard try keys.contains(.content) && !keys.decodeNil(forKey: .content) else { return }
            let single: String?
            do {
                single = try keys.decode(String.self, forKey: .content)
            } catch DecodingError.typeMismatch {
                single = nil
            }
            if let single {
                text = single
                return
            }
            text = try keys.decode([Part].self, forKey: .content).map { part in
                guard part.type == "text", let text = part.text else {
                    throw DecodingError.dataCorruptedError(
                        forKey: .content, in: keys, debugDescription: "only parts of type text are read")
                }
                return text
            }.joined(separator: "\n")
        }
    }

    private enum CodingKeys: String, CodingKey {
        case model, messages, stream, temperature, seed, documents, stop, tools, functions, logprobs, n
        case maxTokens = "max_tokens"
        case maxCompletionTokens = "max_completion_tokens"
        case topP = "top_p"
        case streamOptions = "stream_options"
        case responseFormat = "response_format"
    }

    private struct StreamOptions: Decodable {
        var includeUsage: Bool?
        private enum CodingKeys: String, CodingKey { case includeUsage = "include_usage" }
    }

    private struct ResponseFormat: Decodable { var type: String }

    /// Anything at all.
    private struct Something: Decodable {
        init(from decoder: any Decoder) throws {}
    }

    var model: String
    var question: String
    var documents: [String]?
    var stream: Bool
    var includesUsage: Bool
    var maxTokens: Int
    var temperature: Double
    var topP: Double
    var seed: Int

    init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        model = try keys.decode(String.self, forKey: .model)
        let messages = try keys.decode([Message].self, forKey: .messages)
        let texts = messages.compactMap { $0.role == "user" ? $0.text : nil }
        guard let text = texts.last(where: OrderDesk.isVisible) else {
            throw DecodingError.dataCorruptedError(
                forKey: .messages, in: keys, debugDescription: "there is no user message with a text")
        }
        question = text
        documents = try keys.documents(.documents)
        stream = try keys.decodeIfPresent(Bool.self, forKey: .stream) ?? false
        includesUsage =
            try keys.decodeIfPresent(StreamOptions.self, forKey: .streamOptions)?.includeUsage ?? false
        let limit = 1...Int(Int32.max)
        maxTokens = try keys.number(
            .maxCompletionTokens, in: limit, default: keys.number(.maxTokens, in: limit, default: 64))
        temperature = try keys.number(.temperature, in: 0...2, default: 0)
        topP = try keys.number(.topP, in: 0...1, default: 1)
        seed = try keys.decodeIfPresent(Int.self, forKey: .seed) ?? 0
        _ = try keys.number(.n, in: 1...1, default: 1)
        try Self.refuseUnsupported(keys)
    }

    private static func refuseUnsupported(_ keys: KeyedDecodingContainer<CodingKeys>) throws {
        func refuse(_ key: CodingKeys, _ isAsked: Bool) throws {
            guard isAsked else { return }
            throw DecodingError.dataCorruptedError(
                forKey: key, in: keys, debugDescription: "the service does not know this; leave it out")
        }
        for key in [CodingKeys.tools, .functions] {
            try refuse(key, keys.decodeIfPresent([Something].self, forKey: key)?.isEmpty == false)
        }
        try refuse(.stop, keys.contains(.stop) && !keys.decodeNil(forKey: .stop))
        try refuse(.logprobs, keys.decodeIfPresent(Bool.self, forKey: .logprobs) == true)
        let format = try keys.decodeIfPresent(ResponseFormat.self, forKey: .responseFormat)?.type
        try refuse(.responseFormat, format != nil && format != "text")
    }
}
