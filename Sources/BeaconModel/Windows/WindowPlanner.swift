/// Cuts a stream of tokens into the passes that the model makes over it (reference §4).
///
/// Pure bookkeeping: lengths and settings go in, windows, beacon places and memory sizes come out. The
/// *chunk* stage prints what it plans; a `BeaconSequence` follows it.
public struct WindowPlanner: Sendable {
    private let configuration: BeaconConfiguration
    private let mode: RatioChooser.Mode
    private var chooser: RatioChooser
    private var firstCallLength: Int?
    private var openBeacons = 0
    private var skipFirst = 0
    private var skipLast: Int?
    private var windowIsNew = true
    /// Raw tokens at which the open window closes.
    private var windowSize: Int

    /// Tokens appended so far.
    public private(set) var total = 0
    /// Tokens planned so far.
    public private(set) var consumed = 0
    /// First raw token of the open window.
    public private(set) var windowStart = 0
    /// Raw tokens since the last interleaved beacon.
    public private(set) var remainder = 0
    /// The ratio chosen last.
    public private(set) var openRatio: Int?
    public private(set) var memory = MemoryCounts()

    public init(
        _ configuration: BeaconConfiguration, chooser: RatioChooser, mode: RatioChooser.Mode = .inference
    ) {
        self.configuration = configuration
        self.chooser = chooser
        self.mode = mode
        windowSize = configuration.windowSize
        self.chooser.startSequence()
    }

    /// A planner with a chooser of its own.
    public init(
        _ configuration: BeaconConfiguration, contextLength: Double, mode: RatioChooser.Mode = .inference
    ) {
        self.init(
            configuration,
            chooser: RatioChooser(configuration, contextLength: contextLength, mode: mode), mode: mode)
    }

    /// The chooser with its random generator where it stands, to hand to the next sequence.
    public var ratioChooser: RatioChooser { chooser }

    /// Appends the tokens of a call.
    ///
    /// - Parameters:
    ///   - skipFirst: tokens in front that go through uncompressed in a pass of their own and become the
    ///     sink (`beacon_skip_first`); first call only.
    ///   - skipLast: the token from which on nothing is compressed within this call.
    public mutating func append(_ count: Int, skipFirst: Int = 0, skipLast: Int? = nil) throws {
        precondition(count >= 0)
        if skipFirst > 0 || skipLast != nil {
            guard configuration.sinkSize == 0, total == 0 || skipFirst == 0, skipFirst < count else {
                throw ModelError(
                    .badRequest,
                    "skipping \(skipFirst) tokens in front needs sink size 0 and a first call longer than that"
                )
            }
            if let skipLast, skipLast < skipFirst || (skipLast - skipFirst) % configuration.windowSize != 0 {
                throw ModelError(
                    .badRequest,
                    "skip_last \(skipLast) is not a whole number of windows after skip_first \(skipFirst)")
            }
        }
        if firstCallLength == nil, count > 0 { firstCallLength = count }
        total += count
        self.skipFirst = skipFirst
        self.skipLast = skipLast
    }

    /// Lets the open window and those after it grow to `questionWindow`, so that a question is seen whole.
    mutating func beginQuestion() { windowSize = configuration.questionWindow }

    /// Appends the tokens of a call to the plain model: passes of up to a window, nothing compressed.
    mutating func appendPlain(_ count: Int) {
        if firstCallLength == nil, count > 0 { firstCallLength = count }
        total += count
        skipLast = 0
    }

    /// Starts from restored memory that stands for the first `consumed` tokens, one sequence's or several laid together.
    mutating func resume(
        consumed: Int, openTokens: Int, openBeacons: Int, remainder: Int, ratio: Int?, memory: MemoryCounts
    ) throws {
        precondition(total == 0 && openTokens <= consumed)
        // Ratios that were chosen then: a cycle and a generator go on from there.
        let counted = configuration.placement == .interleave ? consumed : consumed - openTokens
        for start in stride(from: 0, to: counted, by: windowSize) {
            _ = try chooser.choose(start: start, firstCallLength: consumed, total: consumed)
        }
        total = consumed
        self.consumed = consumed
        windowStart = consumed - openTokens
        firstCallLength = consumed > 0 ? consumed : nil
        self.openBeacons = openBeacons
        self.remainder = remainder
        openRatio = ratio
        windowIsNew = openTokens == 0
        self.memory = memory
    }

    /// The next pass, or `nil` once every token is planned.
    public mutating func next() throws -> WindowStep? {
        guard consumed < total else {
            skipFirst = 0
            skipLast = nil
            return nil
        }
        if consumed == 0, skipFirst > 0 { return skipFront() }
        if let skipLast, windowStart >= skipLast { return skipTail() }
        return try window()
    }

    private func step(end: Int, ending: WindowStep.Ending, ratio: Int? = nil) -> WindowStep {
        WindowStep(
            windowStart: windowStart, raw: consumed..<end, nextWindowStart: windowStart, ending: ending,
            ratio: ratio, beaconOffsets: [], memoryBefore: memory, remainderBefore: remainder,
            remainderAfter: remainder)
    }

    private mutating func skipFront() -> WindowStep {
        var step = step(end: skipFirst, ending: .becomeSink)
        step.nextWindowStart = skipFirst
        windowStart = skipFirst
        consumed = skipFirst
        memory.sink = skipFirst
        return step
    }

    private mutating func skipTail() -> WindowStep {
        let end = min(consumed + configuration.windowSize, total)
        var step = step(end: end, ending: .open)
        step.nextWindowStart = end
        memory.raw += end - consumed
        windowStart = end
        consumed = end
        windowIsNew = false
        return step
    }

    private mutating func window() throws -> WindowStep {
        let end = min(windowStart + windowSize, total)
        let isLastOfTraining = mode == .training && end == total
        let closes = windowStart + windowSize <= total && !isLastOfTraining
        let count = end - consumed

        var ratio: Int?
        if isLastOfTraining {
            ratio = nil
        } else if configuration.placement == .interleave {
            if windowIsNew || openRatio == nil { openRatio = try chooseRatio() }
            ratio = openRatio
        } else if closes {
            ratio = try chooseRatio()
        }

        var step = step(end: end, ending: .open, ratio: ratio)
        if let ratio, ratio > 0 {
            if configuration.placement == .interleave {
                let beacons = (count + remainder) / ratio
                step.beaconOffsets = (0..<beacons).map { $0 * (ratio + 1) + ratio - remainder }
                remainder = (count + remainder) % ratio
            } else {
                step.beaconOffsets = (0..<windowSize / ratio).map { count + $0 }
            }
        }
        step.remainderAfter = remainder
        openBeacons += step.beaconOffsets.count
        consumed = end
        if closes {
            close(&step)
        } else {
            memory.raw += step.inputCount
        }
        windowIsNew = closes
        return step
    }

    private mutating func chooseRatio() throws -> Int {
        try chooser.choose(start: windowStart, firstCallLength: firstCallLength ?? total, total: total)
    }

    private mutating func close(_ step: inout WindowStep) {
        let keepsRaw = step.ratio == 0
        step.ending = keepsRaw ? .keepRaw : .condense
        if memory.beacon == 0, memory.sink == 0 {
            memory.sink = min(configuration.sinkSize, memory.raw + step.inputCount)
        }
        memory.beacon += keepsRaw ? windowSize : openBeacons
        memory.raw = 0
        openBeacons = 0
        windowStart += windowSize
        step.nextWindowStart = windowStart
    }
}
