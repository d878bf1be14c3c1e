import BeaconModel
public import ContextCaching
public import Tensors

/// Answers in the making, side by side: each token is one pass for all of them.
///
/// An answer may join between any two tokens, and leaves as soon as it has ended; what takes longer, getting it ready
/// before (``AnswerPreparation``) and finding its citations afterwards, is done elsewhere, so that the others need not
/// wait for it. Answers are the same as one by one, because no row's result depends on the rows beside it. Not for use
/// from several threads at once.
public final class AnswerBatch {
    /// An answer that has ended.
    public struct Finished: Sendable {
        /// The number that ``join(_:onText:)`` gave the question.
        public let number: Int
        public let result: Result<EndedAnswer, any Error>
    }

    private struct Active {
        let number: Int
        let onText: (String) throws -> Void
        var content: PreparedAnswer.Content
    }

    private let batch: SequenceBatch
    private var active: [Active] = []
    private var number = 0

    public init(_ loaded: LoadedModel, context: ComputeContext) {
        batch = SequenceBatch(loaded.model, context: context)
    }

    /// Answers in the making.
    public var count: Int { active.count }

    /// Goes on with an answer beside the others.
    ///
    /// - Parameters:
    ///   - answer: joins no other batch; its model must be this one's.
    ///   - onText: told of each piece of the answer during ``step()``; what it throws ends this answer alone.
    /// - Returns: the question's number.
    public func join(_ answer: PreparedAnswer, onText: @escaping (String) throws -> Void = { _ in }) -> Int {
        guard let content = answer.take() else { preconditionFailure("an answer joins one batch, once") }
        defer { number += 1 }
        active.append(Active(number: number, onText: onText, content: content))
        return number
    }

    /// Gives up on a question.
    public func remove(_ number: Int) { active.removeAll { $0.number == number } }

    /// Chooses the next token of every answer and feeds them in one pass.
    ///
    /// - Returns: the answers that ended with it, in the order in which their questions came.
    public func step() -> [Finished] {
        var finished: [Finished] = []
        var tokens: [Int32] = []
        var remaining: [Active] = []
        for var item in active {
            do {
                if let token = try item.content.open.next(item.onText) {
                    tokens.append(token)
                    remaining.append(item)
                } else {
                    let ended = EndedAnswer(
                        item.content.open, basis: item.content.basis, citations: item.content.citations)
                    finished.append(Finished(number: item.number, result: .success(ended)))
                }
            } catch {
                finished.append(Finished(number: item.number, result: .failure(error)))
            }
        }
        active = remaining
        guard !active.isEmpty else { return finished }
        do {
            let begin = ContinuousClock.now
            let logits = try batch.feed(tokens, to: active.map(\.content.open.sequence))
            let seconds = (ContinuousClock.now - begin).seconds / Double(active.count)
            remaining = []
            for (var item, logits) in zip(active, logits) {
                item.content.open.seconds.decode += seconds
                switch logits {
                case .success(let logits):
                    item.content.open.logits = logits
                    remaining.append(item)
                case .failure(let error):
                    finished.append(Finished(number: item.number, result: .failure(error)))
                }
            }
            active = remaining
        } catch {
            // A pass that fails leaves every sequence in it half done.
            finished += active.map { Finished(number: $0.number, result: .failure(error)) }
            active = []
        }
        return finished
    }
}
