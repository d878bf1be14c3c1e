public import Tokenization

/// The passkey and needle prompts of the published evaluation, token for token (reference §14).
///
/// The parts are joined as tokens and decoded, because that is what the published code hands to its chat template.
public struct PublishedPrompts: Sendable {
    /// Stands before the text; its spelling is the original's.
    public static let description =
        "There is an important infomation hidden in the following context. Find the information and memorize it. "
        + "I will quiz you about the important information there.\n"
    static let noise =
        "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again."

    private let tokenizer: Tokenizer
    private let descriptionTokens: [Int32]

    public init(_ tokenizer: Tokenizer) {
        self.tokenizer = tokenizer
        descriptionTokens = tokenizer.encode(Self.description, addingSpecialTokens: false).ids
    }

    /// A pass key among sentences about grass and sky.
    ///
    /// - Parameter depth: percent of the noise before the key.
    /// - Throws: `EvaluationError` of code `badRequest` where `length` leaves no room.
    public func passkey(length: Int, depth: Int, key: String) throws -> RetrievalPrompt {
        let question = "\n\nWhat is the pass key?"
        let information = tokens("\n\nThe pass key is \(key). Remember it. \(key) is the pass key.\n\n")
        let prompt = tokens(question)
        let noise = tokens(String(repeating: Self.noise, count: max(0, length / 10)))
        let before = descriptionTokens.count
        let position = Self.position(
            from: before, to: length - prompt.count - information.count - 1, depth: depth)
        let after = length - position - information.count - prompt.count
        guard position >= before, after >= 0 else { throw Self.tooShort(length) }
        let context = Array(noise.prefix(position - before)) + information + Array(noise.prefix(after))
        return RetrievalPrompt(
            length: length, depth: depth, needle: .passkey(key), document: decode(context),
            firstTurn: decode(descriptionTokens + context + prompt))
    }

    /// A needle in `haystack`, which is repeated as often as the length may need.
    ///
    /// As published, the place already counts the description's tokens, so a needle lies that much deeper, and the
    /// deepest ones at the very end.
    public func needle(_ needle: Needle, haystack: PublishedHaystack, depth: Int) throws -> RetrievalPrompt {
        let length = haystack.length
        let prompt = tokens("\n\n\(needle.question)\nAnswer:")
        let needleTokens = tokens(needle.text)
        let before = descriptionTokens.count
        let room = length - before - needleTokens.count - prompt.count
        guard room >= 0 else { throw Self.tooShort(length) }
        let text = haystack.tokens.prefix(room)
        let position = Self.position(
            from: before, to: length - prompt.count - needleTokens.count - 1, depth: depth)
        let place = min(max(position, 0), text.count)
        let context = Array(text.prefix(place)) + needleTokens + Array(text.dropFirst(place))
        return RetrievalPrompt(
            length: length, depth: depth, needle: needle, document: decode(context),
            firstTurn: decode(descriptionTokens + context + prompt))
    }

    /// The haystack's tokens for prompts of `length` tokens.
    public func haystack(_ text: String, length: Int) throws -> PublishedHaystack {
        let words = WordSplitting.words(text.unicodeScalars).count
        guard words > 0 else {
            throw EvaluationError(.badInput, "the haystack has no words; give a file with text")
        }
        let repeated = String(repeating: text, count: (max(0, length) + words - 1) / words)
        return PublishedHaystack(length: length, tokens: tokens(repeated))
    }

    private func tokens(_ text: String) -> [Int32] { tokenizer.encode(text, addingSpecialTokens: false).ids }

    private func decode(_ ids: [Int32]) -> String { tokenizer.decode(ids, skippingSpecialTokens: false) }

    /// `depth` percent of the way, rounded half to even.
    private static func position(from low: Int, to high: Int, depth: Int) -> Int {
        low + Int((Double((high - low) * depth) / 100).rounded(.toNearestOrEven))
    }

    private static func tooShort(_ length: Int) -> EvaluationError {
        EvaluationError(
            .badRequest, "\(length) tokens are too few for the description, the needle and the question",
            context: ["length": "\(length)"])
    }
}
