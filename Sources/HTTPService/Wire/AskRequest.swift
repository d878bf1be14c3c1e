import Answering

/// The body of `POST /v1/ask`.
struct AskRequest: Decodable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case question, collection, documents, context, beacons, top, temperature, seed, citations, stream
        case maxTokens = "max_tokens"
        case topP = "top_p"
        case topK = "top_k"
    }

    static let maximumDocuments = 64

    var question: String
    var collection: String?
    var documents: [String]?
    var choice: ContextChoice
    var maxTokens: Int
    var temperature: Double
    var topP: Double
    var topK: Int
    var seed: Int
    var citations: Int
    var stream: Bool

    init(from decoder: any Decoder) throws {
        try decoder.refuseUnknownKeys(CodingKeys.self)
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        question = try keys.decode(String.self, forKey: .question)
        collection = try keys.decodeIfPresent(String.self, forKey: .collection)
        documents = try keys.documents(.documents)
        var choice = ContextChoice()
        if let name = try keys.decodeIfPresent(String.self, forKey: .context) {
            guard let unit = ContextChoice.Unit(rawValue: name) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .context, in: keys, debugDescription: "document, segments or windows")
            }
            choice.unit = unit
        }
        choice.beacons = try keys.number(.beacons, in: 1...65_536, default: choice.beacons)
        choice.top = try keys.number(.top, in: 1...64, default: choice.top)
        self.choice = choice
        maxTokens = try keys.number(.maxTokens, in: 1...Int(Int32.max), default: 64)
        temperature = try keys.number(.temperature, in: 0...2, default: 0)
        topP = try keys.number(.topP, in: 0...1, default: 1)
        topK = try keys.number(.topK, in: 0...Int(Int32.max), default: 0)
        seed = try keys.decodeIfPresent(Int.self, forKey: .seed) ?? 0
        citations = try keys.number(.citations, in: 0...20, default: 3)
        stream = try keys.decodeIfPresent(Bool.self, forKey: .stream) ?? false
    }
}

extension KeyedDecodingContainer {
    /// Ids of documents: none given, or one to ``AskRequest/maximumDocuments``.
    func documents(_ key: Key) throws -> [String]? {
        guard let ids = try decodeIfPresent([String].self, forKey: key) else { return nil }
        guard (1...AskRequest.maximumDocuments).contains(ids.count) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self,
                debugDescription: "1 to \(AskRequest.maximumDocuments) ids of documents")
        }
        return ids
    }
}
