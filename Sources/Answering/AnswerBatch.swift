import BeaconModel
public import ContextCaching
public import Tensors

/// Answers in the making, side by side: each token is one pass for all of them, and questions about the same pieces
/// share what was restored.
///
/// A question may join between any two tokens, and an answer leaves as soon as it has ended. Answers are the same as
/// one by one, because no row's result depends on the rows beside it. Not for use from several threads at once.
public final class AnswerBatch {
    /// An answer that has ended.
    public struct Finished {
        /// The number that ``add(_:of:choice:options:onText:)`` gave the question.
        public let number: Int
        public let result: Result<Answer, any Error>
    }

    private struct Active {
        let number: Int
        /// Windows that came from finer copies.
        let promoted: Int
        let citations: Int
        /// The question's own memory, and what it shares with others.
        let memory: ContextMemory
        let restored: SharedMemories.Restored
        let answerer: Answerer
        let onText: (String) throws -> Void
        var open: OpenAnswer
    }

    private let context: ComputeContext
    private let batch: SequenceBatch
    private var shared: SharedMemories
    private var active: [Active] = []
    private var number = 0

    /// - Parameters:
    ///   - sharedBytes: restored memory that is kept for later questions about the same pieces, in bytes at most.
    ///   - memoryBytes: restored memory in use and kept, in bytes at most; what would need more is refused.
    public init(
        _ loaded: LoadedModel, context: ComputeContext, sharedBytes: Int = 256 << 20, memoryBytes: Int = .max
    ) {
        self.context = context
        batch = SequenceBatch(loaded.model, context: context)
        shared = SharedMemories(limit: sharedBytes, most: memoryBytes)
    }

    /// Answers in the making.
    public var count: Int { active.count }

    /// Restores what `question` is answered from, unless that was done before, and reads the question.
    ///
    /// - Parameters:
    ///   - answerer: the store and collection to answer from; its model must be the batch's.
    ///   - onText: told of each piece of the answer during ``step()``; what it throws ends this answer alone.
    /// - Returns: the question's number.
    /// - Throws: as `StoreAnswerer.answer`, and `AnsweringError` of code `tooLarge` or `busy` where the memory is too
    ///   small; the batch goes on without the question.
    public func add(
        _ question: Question, of answerer: StoreAnswerer, choice: ContextChoice,
        options: Answerer.Options = Answerer.Options(), onText: @escaping (String) throws -> Void = { _ in }
    ) throws -> Int {
        let clock = ContinuousClock()
        let start = clock.now
        let selection = try answerer.choose(question, choice)
        let chosen = clock.now
        let restored = try shared.take(selection, answerer)
        let memory = restored.memory.copy()
        let ready = clock.now
        let asked = answerer.answerer(restored.settings)
        var open = try asked.read(question.question, into: memory.sequence, options: options)
        open.seconds.choose = (chosen - start).seconds
        open.seconds.restore = (ready - chosen).seconds
        defer { number += 1 }
        active.append(
            Active(
                number: number, promoted: selection.reduce(0) { $0 + $1.promoted.count },
                citations: options.citations, memory: memory, restored: restored, answerer: asked,
                onText: onText,
                open: open))
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
                if let token = try item.open.next(item.onText) {
                    tokens.append(token)
                    remaining.append(item)
                } else {
                    var answer = item.answerer.close(
                        item.open, item.memory, documents: item.restored.documents,
                        texts: item.restored.texts, citations: item.citations)
                    answer.promoted = item.promoted
                    finished.append(Finished(number: item.number, result: .success(answer)))
                }
            } catch {
                finished.append(Finished(number: item.number, result: .failure(error)))
            }
        }
        active = remaining
        guard !active.isEmpty else { return finished }
        do {
            let begin = ContinuousClock.now
            let logits = try batch.feed(tokens, to: active.map(\.open.sequence))
            let seconds = (ContinuousClock.now - begin).seconds / Double(active.count)
            remaining = []
            for (var item, logits) in zip(active, logits) {
                item.open.seconds.decode += seconds
                switch logits {
                case .success(let logits):
                    item.open.logits = logits
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
