/// When a generated text ends and how its tokens are chosen.
public struct GenerationOptions: Sendable {
    public var maxTokens: Int
    public var sampler: Sampler
    /// Tokens that end the text; they are not part of it.
    public var stopTokens: Set<Int32>

    public init(maxTokens: Int, sampler: Sampler = Sampler(), stopTokens: Set<Int32> = []) {
        self.maxTokens = maxTokens
        self.sampler = sampler
        self.stopTokens = stopTokens
    }
}

extension BeaconSequence {
    /// Continues the sequence token by token (reference §11); the last new token is not fed.
    ///
    /// - Parameters:
    ///   - logits: what the call before returned.
    ///   - accept: told of each token with the logits it was chosen from; false ends the text after it.
    /// - Returns: the new tokens.
    public func generate(
        after logits: [Float], options: GenerationOptions,
        accept: (Int32, [Float]) throws -> Bool = { _, _ in true }
    ) throws -> [Int32] {
        var sampler = options.sampler
        var logits = logits
        var result: [Int32] = []
        while result.count < options.maxTokens {
            let token = sampler.next(logits)
            if options.stopTokens.contains(token) { break }
            result.append(token)
            let goesOn = try accept(token, logits)
            guard goesOn, result.count < options.maxTokens, let next = try feed([token]) else { break }
            logits = next
        }
        return result
    }
}
