/// Measures how often whole answers come out right, on fresh documents with held-out names.
///
/// An answer counts when every one of its tokens, the line's end included, is the most likely one given those before:
/// exactly what greedy decoding gives.
public struct AnswerProbe: Sendable {
    /// One cell of a table.
    public struct Cell: Sendable, Hashable {
        public var windows: Int
        /// 0 = without compression.
        public var ratio: Int
        public var asked = 0
        public var right = 0
        public var tokens = 0
        public var tokensRight = 0
        public var notStatedAsked = 0
        public var notStatedRight = 0
        /// Stated answers that were given as "not stated".
        public var falselyNotStated = 0

        public init(windows: Int, ratio: Int) {
            self.windows = windows
            self.ratio = ratio
        }

        public var exactMatch: Double { asked == 0 ? 0 : Double(right) / Double(asked) }
    }

    public let windowSize: Int
    public let generator: QuestionDocumentGenerator
    public let encode: BatchSource.Encoder

    public init(windowSize: Int, generator: QuestionDocumentGenerator, encode: @escaping BatchSource.Encoder)
    {
        self.windowSize = windowSize
        self.generator = generator
        self.encode = encode
    }

    /// Asks at least `count` questions whose values end within the first `windows` windows of their document.
    ///
    /// With 0 windows, documents are shorter than a window.
    public func measure(_ engine: GradientEngine, windows: Int, ratio: Int, count: Int) throws -> Cell {
        var cell = Cell(windows: windows, ratio: ratio)
        let planner = QuestionSequencePlanner(windowSize: windowSize)
        let notStated = encode(QuestionDocument.completion(QuestionDocument.notStated))
        var index: UInt64 = 0
        let limit = UInt64(count) * 20
        // What the bundled tokenizer makes of these documents; measured where that misses the cell again and again.
        var bytesPerToken = 3.1
        var misses = 0
        while cell.asked < count, index < limit {
            var groups: [[SequencePlan]] = []
            var stated: [[Bool]] = []
            while groups.count < 16, index < limit {
                defer { index += 1 }
                let share = windows == 0 ? 0.6 : Double(windows) + 0.4
                let document = generator.document(
                    index, bytes: Int(share * Double(windowSize) * bytesPerToken), questions: 6)
                let tokens = encode(document.text)
                guard windows == 0 ? tokens.count < windowSize : tokens.count / windowSize == windows else {
                    misses += 1
                    if misses > 20 { bytesPerToken = Double(document.text.utf8.count) / Double(tokens.count) }
                    continue
                }
                misses = 0
                var branches: [LabelledTokens] = []
                var flags: [Bool] = []
                for item in document.questions {
                    if let end = item.valueEnd, windows > 0 {
                        let before = encode(String(decoding: document.text.utf8.prefix(end), as: UTF8.self))
                        guard before.count <= windows * windowSize else { continue }
                    }
                    let prompt = encode(QuestionDocument.prompt(item.question))
                    let answer = encode(QuestionDocument.completion(item.answer))
                    branches.append(
                        LabelledTokens(
                            tokens: prompt + answer,
                            weights: [Float](repeating: 0, count: prompt.count)
                                + [Float](repeating: 1, count: answer.count)))
                    flags.append(item.valueEnd != nil)
                }
                guard !branches.isEmpty else { continue }
                let plain = [Float](repeating: 0, count: tokens.count)
                groups.append([
                    planner.plan(
                        LabelledTokens(tokens: tokens, weights: plain), branches: branches,
                        compression: .init(
                            ratios: [Int](repeating: ratio, count: ratio == 0 ? 0 : windows), openRatio: ratio
                        ))
                ])
                stated.append(flags)
            }
            let best = try engine.evaluate(groups).best
            for (group, flags) in stated.enumerated() {
                let plan = groups[group][0]
                for (segment, isStated) in zip(plan.segments.suffix(flags.count), flags) {
                    Self.score(
                        plan, segment, best[group][0], isStated: isStated, notStated: notStated, into: &cell)
                }
            }
        }
        return cell
    }

    private static func score(
        _ plan: SequencePlan, _ segment: SequencePlan.Segment, _ best: [Int32], isStated: Bool,
        notStated: [Int32], into cell: inout Cell
    ) {
        let places = segment.entries.filter { plan.targets[$0] >= 0 }
        let hits = places.count { best[$0] == plan.targets[$0] }
        let isRight = hits == places.count
        guard isStated else {
            cell.notStatedAsked += 1
            if isRight { cell.notStatedRight += 1 }
            return
        }
        cell.asked += 1
        if isRight { cell.right += 1 }
        cell.tokens += places.count
        cell.tokensRight += hits
        // Teacher forcing shows the first token only; "not" opens nothing else.
        if let first = places.first, best[first] == notStated.first, best[first] != plan.targets[first] {
            cell.falselyNotStated += 1
        } else if places.count > 1, best[places[0]] == notStated[0], plan.targets[places[0]] == notStated[0],
            notStated.count > 1, best[places[1]] == notStated[1], plan.targets[places[1]] != notStated[1]
        {
            cell.falselyNotStated += 1
        }
    }
}
