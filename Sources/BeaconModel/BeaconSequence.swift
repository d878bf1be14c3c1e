public import Tensors

/// One sequence of tokens going through a model, with its memory: what the reference calls a reset and the
/// calls after it.
///
/// Feed tokens in calls of any size; each is cut into windows, and every complete window leaves only its
/// beacons behind (reference §3 and §4). Not for use from several threads at once.
public final class BeaconSequence {
    public let model: LanguageModel
    /// The beacon settings in force: the model's own, or others given for this sequence.
    public let settings: BeaconConfiguration
    public let memory: KeyValueMemory
    /// The passes planned so far.
    public private(set) var planner: WindowPlanner
    /// Whether windows are compressed; without, the sequence is the plain causal model.
    public let isCompressing: Bool
    /// The number that new entries carry as their origin.
    public var origin: Int32 = -1
    /// Attention that memory entries received since `startRecordingAttention`, summed over layers, heads and
    /// rows, by origin; entries without an origin are left out.
    public private(set) var attentionByOrigin: [Int32: Float]?

    private let context: ComputeContext
    /// Tokens that no pass has read yet.
    private var tokens: ArraySlice<Int32> = []
    private var buffers: StepBuffers?
    private var tableLength = 0

    /// - Parameters:
    ///   - settings: other beacon settings than the model's, such as one fixed ratio.
    ///   - isCompressing: false runs the ordinary model, untouched by beacons.
    public init(
        _ model: LanguageModel, settings: BeaconConfiguration? = nil, isCompressing: Bool = true,
        context: ComputeContext
    ) {
        let settings = settings ?? model.configuration.beacon
        self.model = model
        self.settings = settings
        self.isCompressing = isCompressing
        self.context = context
        memory = KeyValueMemory(model.configuration, storage: model.memoryStorage)
        planner = WindowPlanner(settings, contextLength: model.configuration.contextLength)
    }

    /// The sequence so far, shared with those that begin with it from now on.
    ///
    /// It may go on itself; what it changes of the memory so far is copied first.
    public func share() -> SharedSequence {
        let (table, isNew) = rotaryTable(length: memory.counts.total)
        return SharedSequence(
            model: model, settings: settings, isCompressing: isCompressing,
            memory: memory.share(
                table: table, anew: isNew, keepsKeys: model.rotary.dependsOnLength, using: context),
            planner: planner, origin: origin, attentionByOrigin: attentionByOrigin, tokens: tokens,
            tableLength: tableLength)
    }

    /// Goes on where `start` stands.
    public init(_ start: SharedSequence, context: ComputeContext) {
        model = start.model
        settings = start.settings
        isCompressing = start.isCompressing
        self.context = context
        memory = KeyValueMemory(start.memory)
        planner = start.planner
        origin = start.origin
        attentionByOrigin = start.attentionByOrigin
        tokens = start.tokens
        tableLength = start.tableLength
    }

    /// Appends `tokens` and runs the passes they need.
    ///
    /// - Parameters:
    ///   - skipFirst: tokens in front that go through uncompressed and become the sink; first call only.
    ///   - skipLast: the token from which on this call compresses nothing.
    ///   - restoredPasses: passes at the beginning of this call whose results are in the memory already, and
    ///     which therefore are planned but not run.
    ///   - afterStep: told of each pass after the memory took it in.
    /// - Returns: the last raw token's logits, `[vocabulary]`, if asked for.
    @discardableResult
    public func feed(
        _ tokens: [Int32], skipFirst: Int = 0, skipLast: Int? = nil, logits request: LogitsRequest = .last,
        restoredPasses: Int = 0, afterStep: (WindowStep) throws -> Void = { _ in }
    ) throws -> [Float]? {
        if isCompressing {
            try planner.append(tokens.count, skipFirst: skipFirst, skipLast: skipLast)
        } else {
            planner.appendPlain(tokens.count)
        }
        self.tokens += tokens
        var last: [Float]?
        var restored = 0
        while let step = try planner.next() {
            guard restored == restoredPasses else {
                self.tokens.removeFirst(step.raw.count)
                restored += 1
                continue
            }
            let isLastStep = step.raw.upperBound == planner.total
            let wanted: Range<Int>
            switch request {
            case .none: wanted = 0..<0
            case .last: wanted = isLastStep ? step.raw.count - 1..<step.raw.count : 0..<0
            case .each: wanted = 0..<step.raw.count
            }
            let buffers = try run(step, wanted: wanted)
            switch request {
            case .none: break
            case .last where wanted.isEmpty: break
            case .last: last = try model.finiteLogits(of: 0..<1, in: buffers, using: context)[0]
            case .each(let body): try deliver(step, buffers, body)
            }
            finish(step)
            try afterStep(step)
        }
        return last
    }

    /// Says that what is fed from here on is questions and answers: windows may grow to `questionWindow`.
    public func beginQuestion() { planner.beginQuestion() }

    /// Starts the sum in `attentionByOrigin` anew.
    public func startRecordingAttention() { attentionByOrigin = [:] }

    /// Tells the planner that restored memory stands for everything up to token `consumed`.
    ///
    /// - Parameters:
    ///   - openTokens: raw tokens of the open window among the restored raw entries.
    ///   - remainder: raw tokens since the last interleaved beacon.
    ///   - ratio: the open window's ratio.
    public func resume(consumed: Int, openTokens: Int, remainder: Int, ratio: Int?) throws {
        try planner.resume(
            consumed: consumed, openTokens: openTokens, openBeacons: memory.openKinds.count { $0 == .beacon },
            remainder: remainder, ratio: ratio, memory: memory.counts)
    }

    private func run(_ step: WindowStep, wanted: Range<Int>) throws -> StepBuffers {
        let buffers = reserve(step.inputCount)
        let member = member(for: step, wanted: wanted, at: .init(beacon: step.raw.count))
        try model.embedding.write(
            tokens.prefix(step.raw.count), beacons: step.beaconOffsets.count, into: buffers.residual)
        var pass = TransformerPass([member], model: model, buffers: buffers, context: context)
        pass.run()
        record(pass.members[0].mass)
        return buffers
    }

    /// Where a sequence's rows begin in a pass.
    struct FirstRows {
        var raw = 0
        var beacon: Int
        var input = 0
    }

    /// Makes room for the inputs of `step` in the memory and says how they go into a pass.
    func member(for step: WindowStep, wanted: Range<Int>, at first: FirstRows) -> TransformerPass.Member {
        let inputs = step.inputCount
        let geometry = StepGeometry(step, cached: memory.openKinds, configuration: settings)
        let base = memory.counts.total
        let highest = max(geometry.inputPositions.max() ?? 0, geometry.cachedPositions.max() ?? 0) + 1
        // The plain model reads a call at once: angles that depend on the length depend on the whole call's.
        let (table, isNew) = rotaryTable(
            length: max(highest, base + inputs, isCompressing ? 0 : planner.total))
        memory.place(openPositions: geometry.cachedPositions, table: table, anew: isNew, using: context)
        memory.extend(by: inputs, positions: geometry.inputPositions)
        var isBeacon = [Bool](repeating: false, count: inputs)
        for offset in step.beaconOffsets { isBeacon[offset] = true }
        func placements(_ rows: [Int]) -> [RowPlacement] {
            rows.map { RowPlacement(row: $0, position: geometry.inputPositions[$0]) }
        }
        return TransformerPass.Member(
            memory: memory, firstRaw: first.raw, firstBeacon: first.beacon, firstInput: first.input,
            rawPlacements: placements((0..<inputs).filter { !isBeacon[$0] }),
            beaconPlacements: placements(step.beaconOffsets), mask: geometry.mask, table: table, base: base,
            wanted: wanted,
            mass: attentionByOrigin == nil ? nil : [Float](repeating: 0, count: base + inputs))
    }

    /// Adds a pass's attention to the sums by origin.
    func record(_ mass: [Float]?) {
        guard let mass else { return }
        for (index, origin) in memory.origins.enumerated() where origin >= 0 {
            attentionByOrigin?[origin, default: 0] += mass[index]
        }
    }

    /// Plans one more token, to go into a pass beside those of other sequences.
    func plan(_ token: Int32) throws -> WindowStep? {
        if isCompressing { try planner.append(1) } else { planner.appendPlain(1) }
        tokens.append(token)
        return try planner.next()
    }

    /// Takes in a pass that was planned by `plan`.
    func finish(_ step: WindowStep) {
        memory.finish(step, sinkSize: settings.sinkSize, origin: origin)
        tokens.removeFirst(step.raw.count)
    }

    private func reserve(_ rows: Int) -> StepBuffers {
        if let buffers, buffers.rows >= rows { return buffers }
        let fresh = StepBuffers(model.configuration, rows: max(rows, buffers?.rows ?? 0))
        buffers = fresh
        return fresh
    }

    private func rotaryTable(length: Int) -> (RotaryTable, isNew: Bool) {
        guard model.rotary.dependsOnLength else { return (model.rotary.table(covering: length), false) }
        let seen = max(length, tableLength)
        let isNew = seen > tableLength
        tableLength = seen
        return (model.rotary.table(seen: seen), isNew)
    }

    private func deliver(
        _ step: WindowStep, _ buffers: StepBuffers, _ body: (Int, [Float]) throws -> Void
    ) throws {
        let chunk = 64
        for start in stride(from: 0, to: step.raw.count, by: chunk) {
            let rows = start..<min(start + chunk, step.raw.count)
            for (offset, row) in model.logits(of: rows, in: buffers, using: context).enumerated() {
                try body(step.raw.lowerBound + rows.lowerBound + offset, row)
            }
        }
    }
}
