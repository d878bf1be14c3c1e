extension StoreAnswerer {
    /// Answers questions side by side; as soon as one answer is finished the next question takes its place.
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
        let preparation = AnswerPreparation()
        let batch = AnswerBatch(loaded, context: context)
        var places: [Int: Int] = [:]
        var finished: [Int: Result<Answer, any Error>] = [:]
        var next = 0
        var delivered = 0
        while delivered < questions.count {
            while batch.count < width, next < questions.count {
                do {
                    let answer = try preparation.prepare(
                        questions[next], of: self, choice: choice, options: options)
                    places[batch.join(answer)] = next
                } catch {
                    finished[next] = .failure(error)
                }
                next += 1
            }
            for item in batch.step() {
                if let place = places.removeValue(forKey: item.number) {
                    finished[place] = item.result.map { $0.complete() }
                }
            }
            while let result = finished.removeValue(forKey: delivered) {
                try deliver(delivered, result)
                delivered += 1
            }
        }
    }
}
