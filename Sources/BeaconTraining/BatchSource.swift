public import BeaconModel

/// Makes the batches of a training run, each from its number alone.
///
/// Batch `index` of a stage is the same whether the run was interrupted before it or not.
public struct BatchSource: Sendable {
    public typealias Encoder = @Sendable (String) -> [Int32]

    public let seed: UInt64
    public let windowSize: Int
    /// Raw tokens of a batch, about.
    public var batchTokens: Int
    /// Raw tokens that go through the model together, about.
    public var groupTokens: Int
    public var answerWeights = AnswerWeights()
    /// The token between a document and its repeated part.
    public var separator: Int32
    private let generator: QuestionDocumentGenerator
    private let texts: TextSamples
    private let sequences: [LabelledTokens]
    private let encode: Encoder
    private let planner: QuestionSequencePlanner
    private let released: SequencePlanner?

    /// - Parameters:
    ///   - texts: real text for batches of text and repetition.
    ///   - sequences: the user's rows, tokenized and labelled.
    ///   - beacon: settings for text and conversations under the reference's training mode.
    public init(
        seed: UInt64, windowSize: Int, batchTokens: Int, groupTokens: Int, separator: Int32,
        generator: QuestionDocumentGenerator, texts: TextSamples = TextSamples(),
        sequences: [LabelledTokens] = [], beacon: BeaconConfiguration? = nil, encode: @escaping Encoder
    ) {
        self.seed = seed
        self.windowSize = windowSize
        self.batchTokens = batchTokens
        self.groupTokens = groupTokens
        self.separator = separator
        self.generator = generator
        self.texts = texts
        self.sequences = sequences
        self.encode = encode
        planner = QuestionSequencePlanner(windowSize: windowSize)
        released = beacon.map { SequencePlanner($0) }
    }

    /// The groups of batch `index`: sequences that go through the model together.
    public func groups(_ kind: BatchKind, index: UInt64) throws -> [[SequencePlan]] {
        var random = SeededRandom(seed: seed, stream: 2, index: index)
        if kind.content == .sequences { return try epoch(kind, index: index, &random) }
        var groups: [[SequencePlan]] = [[]]
        var batch = 0
        var group = 0
        var item: UInt64 = 0
        // Documents differ in length; the number of windows is drawn once per group so that they go side by side.
        var windows = drawWindows(kind, &random)
        while batch < batchTokens {
            let plan = try sequence(kind, windows: windows, item: index &* 4096 &+ item, &random)
            item += 1
            guard let plan else {
                guard item < 4096 else {
                    throw TrainingError(
                        .invalidData, "no sequence of \(kind.label) can be made from the data given")
                }
                continue
            }
            let size = plan.inputs.count
            if group > 0, group + size > groupTokens {
                groups.append([])
                group = 0
                windows = drawWindows(kind, &random)
            }
            groups[groups.count - 1].append(plan)
            group += size
            batch += size
        }
        return groups
    }

    /// Short documents more often: each step up is a little rarer.
    private func drawWindows(_ kind: BatchKind, _ random: inout SeededRandom) -> Int {
        random.pick(weights: kind.windows.map { 1 / Double($0 + 1) }) + kind.windows.lowerBound
    }

    private func sequence(
        _ kind: BatchKind, windows: Int, item: UInt64, _ random: inout SeededRandom
    ) throws -> SequencePlan? {
        switch kind.content {
        case .questions: return questions(kind, windows: windows, item: item, &random)
        case .repetition: return repetition(kind, windows: windows, item: item, &random)
        case .text:
            let length = windows * windowSize + random.integer(in: windowSize / 2...windowSize)
            guard let tokens = texts.tokens(length, &random) else { return nil }
            return try released(LabelledTokens(tokens), kind, &random)
        case .sequences: return nil
        }
    }

    // MARK: Questions

    private func compression(
        _ kind: BatchKind, windows: Int, _ random: inout SeededRandom
    ) -> QuestionSequencePlanner.Compression {
        guard !kind.ratios.isEmpty else { return .init(ratios: [], openRatio: 0) }
        let one = random.pick(kind.ratios)
        let mixed = random.chance(0.25)
        let ratios = (0..<windows).map { _ in mixed ? random.pick(kind.ratios) : one }
        let fresh =
            windows > 1 && random.chance(kind.freshShare) ? random.integer(in: 1...min(windows, 8)) : 0
        return .init(
            ratios: ratios, openRatio: random.chance(0.15) ? 0 : ratios.last ?? one, freshEvery: fresh)
    }

    private func questions(
        _ kind: BatchKind, windows: Int, item: UInt64, _ random: inout SeededRandom
    ) -> SequencePlan? {
        let target = Double(windows) + (windows == 0 ? 0.3 + 0.65 * random.unit() : random.unit())
        let document = generator.document(
            item, bytes: Int(target * Double(windowSize) * 3.1), questions: random.integer(in: 5...8))
        let tokens = encode(document.text)
        guard tokens.count >= 24 else { return nil }
        let full = kind.ratios.isEmpty ? 0 : tokens.count / windowSize
        let rest = tokens.count - full * windowSize
        // Branches that stay within their window are what answering computes; longer ones ask more of one document.
        let fits = max(windowSize - rest, windowSize / 3)
        let available = random.chance(0.3) ? fits : max(fits, windowSize * 5 / 4)
        let branches = branches(document, available: kind.ratios.isEmpty ? Int.max : available, kind)
        guard !branches.isEmpty else { return nil }
        let labelled = LabelledTokens(
            tokens: tokens, weights: [Float](repeating: kind.textWeight, count: tokens.count))
        return planner.plan(
            labelled, branches: branches, compression: compression(kind, windows: full, &random))
    }

    /// Questions packed into branches of at most `available` tokens, at least one each.
    private func branches(
        _ document: QuestionDocument, available: Int, _ kind: BatchKind
    ) -> [LabelledTokens] {
        var branches: [LabelledTokens] = []
        var open = LabelledTokens(tokens: [], weights: [])
        for item in document.questions {
            let prompt = encode(QuestionDocument.prompt(item.question))
            let answer = encode(QuestionDocument.completion(item.answer))
            if !open.tokens.isEmpty, open.tokens.count + prompt.count + answer.count > available {
                branches.append(open)
                open = LabelledTokens(tokens: [], weights: [])
            }
            open.tokens += prompt + answer
            open.weights += [Float](repeating: kind.textWeight, count: prompt.count)
            open.weights += answer.indices.map { $0 < 2 ? answerWeights.opening : answerWeights.answer }
        }
        if !open.tokens.isEmpty { branches.append(open) }
        return branches
    }

    // MARK: Repetition

    private func repetition(
        _ kind: BatchKind, windows: Int, item: UInt64, _ random: inout SeededRandom
    ) -> SequencePlan? {
        let count = max(windows, 1) * windowSize
        let length = windows == 0 ? random.integer(in: windowSize / 2...windowSize) : count
        var tokens: [Int32]
        if random.chance(0.3), let real = texts.tokens(length, &random) {
            tokens = real
        } else {
            tokens = encode(generator.document(item, bytes: count * 5, questions: 0).text)
            guard tokens.count > length else { return nil }
            let start = random.below(tokens.count - length)
            tokens = Array(tokens[start..<start + length])
        }
        let span = min(100, length - 1)
        let start = random.below(length - span)
        var weights = [Float](repeating: 1, count: span)
        // Nothing can be foretold before a few tokens say what is repeated.
        for index in 0..<min(4, span) { weights[index] = 0 }
        let branch = LabelledTokens(
            tokens: [separator] + tokens[start..<start + span], weights: [0] + weights)
        let labelled = LabelledTokens(
            tokens: tokens, weights: [Float](repeating: kind.textWeight, count: length))
        let compression = compression(kind, windows: kind.ratios.isEmpty ? 0 : length / windowSize, &random)
        return planner.plan(labelled, branches: [branch], compression: compression)
    }

    // MARK: Rows

    /// Batch `index` of an endless run of epochs, each with an order of its own.
    private func epoch(_ kind: BatchKind, index: UInt64, _ random: inout SeededRandom) throws
        -> [[SequencePlan]]
    {
        let lengths = sequences.map(\.tokens.count)
        let mean = lengths.isEmpty ? 0 : lengths.reduce(0, +) / lengths.count
        let size = max(1, batchTokens / max(1, mean))
        func grouping(_ epoch: UInt64) -> WindowGrouping {
            WindowGrouping(lengths: lengths, windowSize: windowSize, batchSize: size, seed: seed &+ epoch)
        }
        // The number of batches is the same in every epoch.
        let count = UInt64(grouping(0).batches.count)
        guard count > 0 else {
            throw TrainingError(
                .invalidData,
                "\(lengths.count) sequences do not fill a batch of \(size) with equal window counts")
        }
        let batch = grouping(index / count).batches[Int(index % count)]
        var groups: [[SequencePlan]] = [[]]
        var group = 0
        for number in batch {
            guard let plan = try released(sequences[number], kind, &random), plan.weight > 0 else { continue }
            if group > 0, group + plan.inputs.count > groupTokens {
                groups.append([])
                group = 0
            }
            groups[groups.count - 1].append(plan)
            group += plan.inputs.count
        }
        return groups
    }

    // MARK: Text

    private func released(
        _ sequence: LabelledTokens, _ kind: BatchKind, _ random: inout SeededRandom
    ) throws -> SequencePlan? {
        if kind.ratios.isEmpty {
            return planner.plan(
                LabelledTokens(tokens: [], weights: []), branches: [sequence],
                compression: .init(ratios: [], openRatio: 0))
        }
        guard let released else {
            throw TrainingError(.invalidRecipe, "\(kind.label) needs a model with beacon settings")
        }
        var settings = released.configuration
        settings.ratios = kind.ratios
        settings.ratioRule = random.chance(0.75) ? .instanceRandom : .stepRandom
        var chooser = RatioChooser(
            settings, contextLength: 1e15, mode: .training,
            seed: UInt32(truncatingIfNeeded: random.next()))
        return try SequencePlanner(settings).compressed(sequence, chooser: &chooser)
    }
}
