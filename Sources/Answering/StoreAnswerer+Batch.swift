public import BeaconModel
import CacheStorage
import ContextCaching

extension StoreAnswerer {
    /// An answer in the batch.
    private struct Active {
        let place: Int
        /// Windows that came from finer copies.
        let promoted: Int
        let memory: ContextMemory
        let parts: [ContextPart]
        let texts: [String: [UInt8]]
        let answerer: Answerer
        var open: OpenAnswer
    }

    /// Restored memory that the next question is answered from too.
    private struct Shared {
        let selection: [Piece]
        let restored: Restored
        let memory: ContextMemory
    }

    /// Answers questions side by side: each token is one pass for all of them, and questions about the same pieces
    /// share what was restored.
    ///
    /// As soon as one answer is finished the next question takes its place. Answers are the same as one by one.
    ///
    /// - Parameters:
    ///   - width: answers in work at a time.
    ///   - deliver: told of each question's number and answer, in the order of the questions. A question that cannot
    ///     be answered gives its error; what `deliver` throws ends the batch.
    public func answer(
        _ questions: [Question], choice: ContextChoice, options: Answerer.Options = Answerer.Options(),
        width: Int, deliver: (Int, Result<Answer, any Error>) throws -> Void
    ) throws {
        precondition(width > 0)
        let batch = SequenceBatch(loaded.model, context: context)
        var active: [Active] = []
        var finished: [Int: Result<Answer, any Error>] = [:]
        var next = 0
        var delivered = 0
        var shared: Shared?
        while delivered < questions.count {
            while active.count < width, next < questions.count {
                do {
                    active.append(try begin(questions, next, choice, options, &shared))
                } catch {
                    finished[next] = .failure(error)
                }
                next += 1
            }
            var tokens: [Int32] = []
            var remaining: [Active] = []
            for var item in active {
                if let token = try item.open.next({ _ in }) {
                    tokens.append(token)
                    remaining.append(item)
                } else {
                    var answer = item.answerer.close(
                        item.open, item.memory, parts: item.parts, texts: item.texts,
                        citations: options.citations)
                    answer.promoted = item.promoted
                    finished[item.place] = .success(answer)
                }
            }
            active = remaining
            if !active.isEmpty {
                let begin = ContinuousClock.now
                let logits = try batch.feed(tokens, to: active.map(\.open.sequence))
                let seconds = (ContinuousClock.now - begin).seconds / Double(active.count)
                for index in active.indices {
                    active[index].open.logits = logits[index]
                    active[index].open.seconds.decode += seconds
                }
            }
            while let result = finished.removeValue(forKey: delivered) {
                try deliver(delivered, result)
                delivered += 1
            }
        }
    }

    /// Restores and reads question `place`, so that its first token can be chosen.
    private func begin(
        _ questions: [Question], _ place: Int, _ choice: ContextChoice, _ options: Answerer.Options,
        _ shared: inout Shared?
    ) throws -> Active {
        let clock = ContinuousClock()
        let start = clock.now
        let selection = try choose(questions[place], choice)
        let chosen = clock.now
        let restored: Restored
        let memory: ContextMemory
        if let known = shared, known.selection == selection {
            restored = known.restored
            memory = known.memory.copy()
        } else {
            restored = try restore(selection)
            memory = try ContextMemory(
                restored.parts, model: loaded.model, settings: restored.settings, context: context)
            let isWanted = isNextChoice(questions, place + 1, choice, selection)
            shared =
                isWanted ? Shared(selection: selection, restored: restored, memory: memory.copy()) : nil
        }
        let ready = clock.now
        let answerer = answerer(restored.settings)
        var open = try answerer.read(questions[place].question, into: memory.sequence, options: options)
        open.seconds.choose = (chosen - start).seconds
        open.seconds.restore = (ready - chosen).seconds
        return Active(
            place: place, promoted: selection.reduce(0) { $0 + $1.promoted.count }, memory: memory,
            parts: restored.parts, texts: restored.texts, answerer: answerer,
            open: open)
    }

    /// Whether question `place` will be answered from the same pieces; one that fails will say so when it is its turn.
    private func isNextChoice(
        _ questions: [Question], _ place: Int, _ choice: ContextChoice, _ selection: [Piece]
    ) -> Bool {
        guard place < questions.count else { return false }
        do {
            return try choose(questions[place], choice) == selection
        } catch {
            return false
        }
    }
}
