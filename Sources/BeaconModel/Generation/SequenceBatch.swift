public import Tensors

/// Several sequences that take a token each in one pass, so that every weight is read once for all of them.
///
/// Decoding reads all weights for every token; side by side the reading is shared. Each sequence's logits are the
/// same bits as alone, because no row's result depends on the rows beside it (large bf16 matrices that are used where
/// they lie in the file excepted).
public final class SequenceBatch {
    private let model: LanguageModel
    private let context: ComputeContext
    private var buffers: StepBuffers?

    public init(_ model: LanguageModel, context: ComputeContext) {
        self.model = model
        self.context = context
    }

    /// Feeds `tokens[i]` to `sequences[i]`, which must be different sequences of this batch's model.
    ///
    /// - Returns: each token's logits, `[vocabulary]`; an error where they are not finite, which is no other sequence's.
    /// - Throws: `ModelError` where a token is outside the vocabulary; no sequence is of use then.
    public func feed(
        _ tokens: [Int32], to sequences: [BeaconSequence]
    ) throws -> [Result<[Float], ModelError>] {
        precondition(tokens.count == sequences.count && sequences.allSatisfy { $0.model === model })
        let steps = try zip(tokens, sequences).map { token, sequence in
            guard let step = try sequence.plan(token) else {
                throw ModelError(.badRequest, "a token was fed that makes no pass")
            }
            return step
        }
        let rawCount = steps.reduce(0) { $0 + $1.raw.count }
        let rows = steps.reduce(0) { $0 + $1.inputCount }
        let buffers = reserve(rows)
        var first = BeaconSequence.FirstRows(beacon: rawCount)
        var members: [TransformerPass.Member] = []
        for (step, sequence) in zip(steps, sequences) {
            members.append(
                sequence.member(for: step, wanted: step.raw.count - 1..<step.raw.count, at: first))
            first.raw += step.raw.count
            first.beacon += step.beaconOffsets.count
            first.input += step.inputCount
        }
        try model.embedding.write(tokens[...], beacons: rows - rawCount, into: buffers.residual)
        var pass = TransformerPass(members, model: model, buffers: buffers, context: context)
        pass.run()
        for (index, sequence) in sequences.enumerated() {
            sequence.record(pass.members[index].mass)
            sequence.finish(steps[index])
        }
        return model.logits(of: 0..<sequences.count, in: buffers, using: context).map(model.finite)
    }

    private func reserve(_ rows: Int) -> StepBuffers {
        if let buffers, buffers.rows >= rows { return buffers }
        let fresh = StepBuffers(model.configuration, rows: rows)
        buffers = fresh
        return fresh
    }
}
