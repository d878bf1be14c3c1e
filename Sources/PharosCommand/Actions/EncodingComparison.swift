import Answering
import BeaconModel
import CacheStorage

/// What the encodings of keys and values cost: stores of the same documents, asked the same questions.
///
/// The first store is the measure of the others: how far the logits of an answer's first token lie from its, and how
/// many answers have the very same tokens.
struct EncodingComparison {
    /// One store's outcome.
    struct Row: Encodable, Hashable {
        var store: String
        /// Key and value encodings, such as `int8/int8`.
        var encoding = ""
        var beacons = 0
        /// Bytes of the caches' files, intervals and headers included.
        var bytes = 0
        var questions = 0
        var right = 0
        /// Answers with the tokens of the first store's.
        var equal = 0
        /// Answers whose first token is the likeliest one of the first store's too.
        var equalFirst = 0
        /// The largest difference of any logit.
        var largestError = 0.0
        /// The root of the mean square of all differences.
        var typicalError = 0.0

        var bytesPerBeacon: Int { beacons == 0 ? 0 : (bytes + beacons / 2) / beacons }

        private enum CodingKeys: String, CodingKey {
            case store, encoding, beacons, bytes, questions, right
            case equal = "answers_equal"
            case equalFirst = "first_tokens_equal"
            case largestError = "largest_logit_error"
            case typicalError = "rms_logit_error"
        }
    }

    let questions: [Question]
    let choice: ContextChoice
    private var reference: [Answer] = []

    init(questions: [Question], choice: ContextChoice) {
        self.questions = questions
        self.choice = choice
    }

    /// Asks one store; the first one asked is the measure.
    mutating func row(_ name: String, _ answerer: StoreAnswerer) throws -> Row {
        var options = Answerer.Options()
        options.citations = 0
        options.keepsLogits = true
        var row = Row(store: name)
        for usage in try answerer.store.usage() {
            row.encoding = usage.encoding
            row.beacons += usage.beacons
            row.bytes += usage.bytes
        }
        var answers: [Answer] = []
        var squares = 0.0
        var count = 0
        try answerer.answer(questions, choice: choice, options: options, width: QuestionBatch.width) {
            place, result in
            let answer = try result.get()
            let measure = reference.isEmpty ? answer : reference[place]
            row.questions += 1
            if let known = questions[place].answer, QuestionBatch.isRight(answer.text, known) {
                row.right += 1
            }
            if answer.tokens == measure.tokens { row.equal += 1 }
            if answer.tokens.first == measure.tokens.first { row.equalFirst += 1 }
            for (found, wanted) in zip(answer.firstLogits, measure.firstLogits) {
                let error = abs(Double(found) - Double(wanted))
                row.largestError = max(row.largestError, error)
                squares += error * error
            }
            count += answer.firstLogits.count
            answers.append(answer)
        }
        if count > 0 { row.typicalError = (squares / Double(count)).squareRoot() }
        if reference.isEmpty { reference = answers }
        return row
    }
}
