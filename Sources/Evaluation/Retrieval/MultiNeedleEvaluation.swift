/// Hides several needles in one text and asks for them turn by turn in one conversation.
///
/// The text is compressed once; every turn sees the questions and answers before it.
public struct MultiNeedleEvaluation: Sendable {
    public struct Settings: Sendable, Hashable, Codable {
        public var modes: [ContextMode]
        public var lengths: [Int]
        /// Needles per text, which is also the number of turns.
        public var needles: Int
        /// Texts per length.
        public var samples: Int
        /// Longest answer, in tokens.
        public var maxTokens: Int
        /// What needles are made from and turns are shuffled by.
        public var seed: UInt32

        public init(
            modes: [ContextMode], lengths: [Int], needles: Int = 3, samples: Int = 1, maxTokens: Int = 50,
            seed: UInt32 = 42
        ) {
            self.modes = modes
            self.lengths = lengths
            self.needles = needles
            self.samples = samples
            self.maxTokens = maxTokens
            self.seed = seed
        }
    }

    public var settings: Settings
    private let source: any AnswerSource

    public init(settings: Settings, source: any AnswerSource) {
        self.settings = settings
        self.source = source
    }

    /// - Parameter needles: taken in order, `settings.needles` per text; they lie at equal distances and are asked
    ///   for in an order that differs from text to text.
    public func run(
        haystack: Haystack, needles: [Needle], progress: (EvaluationProgress) -> Void = { _ in }
    ) async throws -> MultiNeedleReport {
        let count = settings.needles
        guard count > 0, needles.count >= count * settings.lengths.count * settings.samples else {
            throw EvaluationError(
                .badRequest,
                "\(needles.count) needles for \(settings.lengths.count * settings.samples) texts of \(count); "
                    + "give more needles or ask for fewer")
        }
        var outcomes: [MultiNeedleReport.Outcome] = []
        var next = 0
        let total = settings.lengths.count * settings.samples * settings.modes.count
        for length in settings.lengths {
            for sample in 0..<settings.samples {
                let chosen = Array(needles[next..<next + count])
                next += count
                let placed = chosen.enumerated().map {
                    ($0.element, depth: 100 * (Double($0.offset) + 0.5) / Double(count))
                }
                let document = try haystack.document(length: length, needles: placed)
                let order = Self.order(count, turned: sample)
                for mode in settings.modes {
                    try Task.checkCancellation()
                    let outputs = try await source.answers(
                        to: AnswerRequest(
                            id: "\(length)-\(sample + 1)", document: document,
                            questions: order.map { chosen[$0].question }, mode: mode,
                            maxTokens: settings.maxTokens))
                    for (turn, index) in order.enumerated() {
                        let output = turn < outputs.count ? outputs[turn] : ""
                        outcomes.append(
                            MultiNeedleReport.Outcome(
                                length: length, sample: sample + 1, turn: turn + 1,
                                depth: Int(placed[index].depth),
                                mode: mode, question: chosen[index].question, answers: chosen[index].answers,
                                output: output, isFound: chosen[index].isFound(in: output)))
                    }
                    progress(
                        EvaluationProgress(
                            done: outcomes.count / count, total: total,
                            label: "\(mode.title), \(length) tokens"))
                }
            }
        }
        return MultiNeedleReport(settings: settings, source: source.name, outcomes: outcomes)
    }

    /// The needles' numbers in the order asked for: backwards and forwards in turn, starting at another one each time.
    private static func order(_ count: Int, turned: Int) -> [Int] {
        let forward = (0..<count).map { ($0 + turned) % count }
        return turned.isMultiple(of: 2) ? forward.reversed() : forward
    }
}
