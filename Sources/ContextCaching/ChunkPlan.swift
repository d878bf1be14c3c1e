public import BeaconModel

/// The windows of one document: what the *chunk* stage prints and compression follows.
public struct ChunkPlan: Sendable, Hashable {
    /// One entry of a memory, and what it stands for.
    public struct Entry: Sendable, Hashable {
        public var kind: EntryKind
        public var interval: Interval
    }

    public struct Window: Sendable, Hashable {
        /// Number of the window within the document.
        public var index: Int
        public var segment: Int
        /// Document tokens and bytes that the window covers.
        public var interval: Interval
        public var ratio: Int?
        /// Places of the beacons among the window's inputs.
        public var beaconOffsets: [Int]
        /// Entries that stay: beacons, and raw tokens that no beacon covers.
        public var entries: [Entry]
        /// Whether the window is full; the last one of a segment may not be.
        public var isComplete: Bool
    }

    public struct Segment: Sendable, Hashable {
        public var interval: Interval
        /// Windows of the segment, by their numbers within the document.
        public var windows: Range<Int>
        /// Everything in the unfinished last window of a document that is one segment; empty otherwise.
        public var tail: [Entry]
    }

    public var windowSize: Int
    public var sinkSize: Int
    public var segments: [Segment]
    public var windows: [Window]

    /// Entries that come from beacons.
    public var beaconCount: Int {
        windows.reduce(0) { $0 + $1.entries.count { $0.kind == .beacon } }
    }

    /// Plans `document` without running the model.
    ///
    /// - Throws: `ModelError` where the settings contradict each other or the head leaves no room.
    public init(
        _ document: DocumentTokens, settings: CompressionSettings, model: ModelConfiguration
    ) throws {
        let beacon = try settings.settings(for: model)
        windowSize = beacon.windowSize
        sinkSize = beacon.sinkSize
        segments = []
        windows = []
        let ranges: [Range<Int>]
        switch settings.segmentation {
        case .document:
            ranges = [0..<document.count]
        case .windows(let count):
            let (product, overflow) = count.multipliedReportingOverflow(by: beacon.windowSize)
            let limit = (overflow ? Int.max : product) - document.head.count
            guard limit > 0 else {
                throw ModelError(
                    .badRequest,
                    "a segment of \(count) windows has no room behind a prompt head of \(document.head.count) tokens"
                )
            }
            ranges = SegmentCutter(limit: limit).cut(document)
        }
        let keepsTail = settings.segmentation == .document
        for range in ranges {
            try append(range, document, beacon, model, keepsTail: keepsTail)
        }
    }

    private mutating func append(
        _ range: Range<Int>, _ document: DocumentTokens, _ settings: BeaconConfiguration,
        _ model: ModelConfiguration, keepsTail: Bool
    ) throws {
        let first = windows.count
        var planner = WindowPlanner(settings, contextLength: model.contextLength)
        try planner.append(document.head.count + range.count)
        var open = OpenWindow(segment: range, document: document)
        while let step = try planner.next() {
            open.take(step)
            if step.closesWindow {
                windows.append(open.close(index: windows.count, segment: segments.count, step.ending))
            }
        }
        var tail: [Entry] = []
        if !open.inputs.isEmpty {
            if keepsTail {
                tail = open.inputs
            } else {
                windows.append(open.close(index: windows.count, segment: segments.count, .open))
            }
        }
        segments.append(
            Segment(interval: document.interval(range), windows: first..<windows.count, tail: tail))
    }
}

/// The window being filled while a plan is made.
private struct OpenWindow {
    let segment: Range<Int>
    let document: DocumentTokens
    var inputs: [ChunkPlan.Entry] = []
    private var beaconOffsets: [Int] = []
    private var firstToken: Int?
    private var uncovered = 0
    private var nextToken: Int
    private var ratio: Int?

    init(segment: Range<Int>, document: DocumentTokens) {
        self.segment = segment
        self.document = document
        nextToken = segment.lowerBound - document.head.count
        firstToken = nil
    }

    private func interval(_ tokens: Range<Int>) -> Interval {
        document.interval(tokens.clamped(to: segment))
    }

    mutating func take(_ step: WindowStep) {
        ratio = step.ratio
        if firstToken == nil { firstToken = nextToken }
        let beacons = Set(step.beaconOffsets)
        for offset in 0..<step.inputCount {
            if beacons.contains(offset) {
                beaconOffsets.append(inputs.count)
                inputs.append(.init(kind: .beacon, interval: interval(nextToken - uncovered..<nextToken)))
                uncovered = 0
            } else {
                inputs.append(.init(kind: .raw, interval: interval(nextToken..<nextToken + 1)))
                nextToken += 1
                uncovered += 1
            }
        }
    }

    /// Beacons that all stand behind the window's tokens share them in order, `ratio` each (v2, "append").
    private mutating func divideAmongAppended() {
        guard let ratio, ratio > 0, let first = firstToken, beaconOffsets.count > 1,
            beaconOffsets.first == inputs.count - beaconOffsets.count
        else { return }
        for (number, offset) in beaconOffsets.enumerated() {
            let start = min(first + number * ratio, nextToken)
            let end = number == beaconOffsets.count - 1 ? nextToken : min(start + ratio, nextToken)
            inputs[offset].interval = interval(start..<end)
        }
    }

    mutating func close(index: Int, segment: Int, _ ending: WindowStep.Ending) -> ChunkPlan.Window {
        divideAmongAppended()
        var entries = inputs
        switch ending {
        case .condense: entries = inputs.filter { $0.kind == .beacon }
        case .open:
            let rest = (inputs.lastIndex { $0.kind == .beacon } ?? -1) + 1
            entries = inputs[..<rest].filter { $0.kind == .beacon } + inputs[rest...]
        case .keepRaw, .becomeSink: break
        }
        let window = ChunkPlan.Window(
            index: index, segment: segment, interval: interval((firstToken ?? nextToken)..<nextToken),
            ratio: ratio, beaconOffsets: beaconOffsets, entries: entries, isComplete: ending != .open)
        inputs = []
        beaconOffsets = []
        firstToken = nil
        // The interleave remainder runs on over a window's end (reference §4, step 3).
        return window
    }
}
