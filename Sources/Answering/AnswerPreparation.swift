/// Gets questions ready to be answered: chooses what from, restores it unless that was done before, reads the question.
///
/// Each step may run on a thread of its own, beside others and beside the batch that the answers then join; what one of
/// them computes does not depend on it. Questions about the same pieces share what was restored.
public final class AnswerPreparation: Sendable {
    /// A question, and the pieces to answer it from.
    public struct Chosen: Sendable {
        let question: Question
        let answerer: StoreAnswerer
        let selection: [StoreAnswerer.Piece]
        var seconds = Answer.Seconds()
    }

    /// A question, and the memory to answer it from.
    public struct Restored: Sendable {
        let chosen: Chosen
        let memory: SharedMemories.Restored
    }

    let shared: SharedMemories

    /// - Parameters:
    ///   - sharedBytes: restored memory that is kept for later questions about the same pieces, in bytes at most.
    ///   - memoryBytes: restored memory in use, kept and being restored, in bytes at most; what would need more is
    ///     refused.
    public init(sharedBytes: Int = 256 << 20, memoryBytes: Int = .max) {
        shared = SharedMemories(limit: sharedBytes, most: memoryBytes)
    }

    /// Chooses what `question` is answered from.
    ///
    /// - Parameter answerer: the store and collection to answer from.
    /// - Throws: as `StoreAnswerer.answer`.
    public func choose(_ question: Question, of answerer: StoreAnswerer, _ choice: ContextChoice) throws
        -> Chosen
    {
        let begin = ContinuousClock.now
        var chosen = Chosen(
            question: question, answerer: answerer, selection: try answerer.choose(question, choice))
        chosen.seconds.choose = (ContinuousClock.now - begin).seconds
        return chosen
    }

    /// What was chosen, where it is restored already.
    public func find(_ chosen: Chosen) -> Restored? {
        shared.find(chosen.selection, chosen.answerer.requirements).map {
            Restored(chosen: chosen, memory: $0)
        }
    }

    /// What was chosen, restored unless it is already.
    ///
    /// - Parameter check: called every few entries; ends the restoring by throwing.
    /// - Throws: as `StoreAnswerer.answer`, what `check` throws, and `AnsweringError` of code `tooLarge` or `busy` where
    ///   the memory is too small.
    public func restore(_ chosen: Chosen, check: () throws -> Void = {}) throws -> Restored {
        let begin = ContinuousClock.now
        var chosen = chosen
        let memory = try shared.take(chosen.selection, chosen.answerer, check: check)
        chosen.seconds.restore = (ContinuousClock.now - begin).seconds
        return Restored(chosen: chosen, memory: memory)
    }

    /// Reads the question into what was restored.
    ///
    /// - Parameter check: called after each window; ends the reading by throwing.
    public func read(
        _ restored: Restored, options: Answerer.Options, check: @Sendable () throws -> Void = {}
    ) throws -> PreparedAnswer {
        let (chosen, shared) = (restored.chosen, restored.memory)
        let memory = ContextMemory(shared.context, context: chosen.answerer.context)
        var open = try chosen.answerer.answerer(shared.settings).read(
            chosen.question.question, into: memory.sequence, options: options, check: check)
        open.seconds.choose = chosen.seconds.choose
        open.seconds.restore = chosen.seconds.restore
        var basis = AnswerBasis(memory, documents: shared.documents, texts: shared.texts)
        basis.promoted = chosen.selection.reduce(0) { $0 + $1.promoted.count }
        return PreparedAnswer(
            PreparedAnswer.Content(
                open: open, basis: basis, citations: options.citations, restored: shared))
    }

    /// All steps, one after another.
    public func prepare(
        _ question: Question, of answerer: StoreAnswerer, choice: ContextChoice,
        options: Answerer.Options = Answerer.Options()
    ) throws -> PreparedAnswer {
        try read(restore(choose(question, of: answerer, choice)), options: options)
    }
}
