/// The rows of one pass over some segments of several sequences, and what each layer does with them.
///
/// A row leaves the pass in the layer after which nobody looks at it: with no loss on a document's own tokens, its raw
/// rows end two layers before the top, where only beacons and the question still count. Rows are ordered so
/// that what a layer needs is one range: raw tokens with the shortest-lived first, then beacons with the
/// shortest-lived last, so each projection stays one matrix product per kind of row.
struct PassLayout {
    /// What one layer computes of one sequence.
    struct Step {
        /// A segment with queries; `keys` counts in gathered keys, `queries` in gathered queries.
        struct Segment {
            let keys: Range<Int>
            let queries: Range<Int>
            /// Places in the memory.
            let memory: Range<Int>
            let mask: [UInt8]?
            /// Entries in the whole segment: the row length of `mask`.
            let entries: Int
        }

        let sequence: Int
        var segments: [Segment] = []
        var keyRows: [Int32] = []
        var keyPositions: [Int32] = []
        var queryRows: [Int32] = []
        var queryPositions: [Int32] = []
        /// Place of each query within its segment.
        var queryEntries: [Int32] = []
        /// Rows that enter the memory and their places in it.
        var retainedRows: [Int32] = []
        var retainedPositions: [Int32] = []
    }

    /// What one layer computes.
    struct Layer {
        /// Rows whose keys and values are needed; the layer's input.
        let inputs: Range<Int>
        /// Rows whose output is needed.
        let outputs: Range<Int>
        var steps: [Step] = []
    }

    private(set) var layers: [Layer] = []
    /// Token ids of raw rows, in row order.
    private(set) var tokens: [Int32] = []
    let rawCount: Int
    let rows: Int
    /// Rows with a target, their targets and weights, and the sequence and entry they come from.
    private(set) var targetRows: [Int32] = []
    private(set) var targets: [Int32] = []
    private(set) var weights: [Float] = []
    private(set) var origins: [(sequence: Int, entry: Int)] = []

    /// - Parameters:
    ///   - levels: of every sequence, from `PassLayout.levels(of:layers:)`.
    ///   - segments: which segments of every sequence; shorter sequences take part as far as they go.
    init(_ plans: [SequencePlan], levels: [[Int]], segments: Range<Int>, layers layerCount: Int) {
        var raw: [(level: Int, sequence: Int, entry: Int)] = []
        var beacons: [(level: Int, sequence: Int, entry: Int)] = []
        var spans: [Range<Int>] = []
        for (sequence, plan) in plans.enumerated() {
            let lower = min(segments.lowerBound, plan.segments.count)
            let chosen = plan.segments[lower..<max(lower, min(segments.upperBound, plan.segments.count))]
            let begin = chosen.first?.entries.lowerBound ?? 0
            let span = begin..<(chosen.last?.entries.upperBound ?? begin)
            spans.append(span)
            for entry in span {
                let item = (level: levels[sequence][entry], sequence: sequence, entry: entry)
                if plan.inputs[entry] == SequencePlan.beacon {
                    beacons.append(item)
                } else {
                    raw.append(item)
                }
            }
        }
        // Buckets instead of a sort: levels are few and the order inside one must stay.
        let order =
            Self.ordered(raw, ascending: true, layers: layerCount)
            + Self.ordered(beacons, ascending: false, layers: layerCount)
        rawCount = raw.count
        rows = order.count
        var rowOf = plans.indices.map { [Int32](repeating: -1, count: spans[$0].count) }
        for (row, item) in order.enumerated() {
            rowOf[item.sequence][item.entry - spans[item.sequence].lowerBound] = Int32(row)
        }
        tokens = order.prefix(raw.count).map { plans[$0.sequence].inputs[$0.entry] }
        for (sequence, plan) in plans.enumerated() {
            for entry in spans[sequence] where plan.weights[entry] > 0 {
                targetRows.append(rowOf[sequence][entry - spans[sequence].lowerBound])
                targets.append(plan.targets[entry])
                weights.append(plan.weights[entry])
                origins.append((sequence, entry))
            }
        }
        func range(_ level: Int) -> Range<Int> {
            let lower = raw.count { $0.level < level }
            return lower..<raw.count + beacons.count { $0.level >= level }
        }
        for layer in 0..<layerCount {
            var result = Layer(inputs: range(layer - 1), outputs: range(layer))
            for (sequence, plan) in plans.enumerated() {
                let step = Self.step(
                    plan, sequence: sequence, levels: levels[sequence], layer: layer, span: spans[sequence],
                    segments: segments, rows: rowOf[sequence])
                if let step { result.steps.append(step) }
            }
            layers.append(result)
        }
    }

    /// The last layer after which each entry's row still matters: -1 the embedding, -2 never.
    static func levels(of plan: SequencePlan, layers: Int) -> [Int] {
        var levels = plan.weights.map { $0 > 0 ? layers - 1 : -2 }
        for layer in stride(from: layers - 1, through: 0, by: -1) {
            let memory = memoryNeeded(plan, levels: levels, layer: layer)
            for segment in plan.segments {
                guard let last = segment.entries.last(where: { levels[$0] >= layer }) else { continue }
                let end = segment.mask == nil ? last + 1 : segment.entries.upperBound
                for entry in segment.entries.lowerBound..<end {
                    levels[entry] = max(levels[entry], layer - 1)
                }
            }
            for entry in plan.retained[memory] {
                levels[Int(entry)] = max(levels[Int(entry)], layer - 1)
            }
        }
        return levels
    }

    /// The run of memory places that holds all that a layer's queries see.
    private static func memoryNeeded(_ plan: SequencePlan, levels: [Int], layer: Int) -> Range<Int> {
        var memory: Range<Int>?
        for segment in plan.segments where !segment.memory.isEmpty {
            guard segment.entries.contains(where: { levels[$0] >= layer }) else { continue }
            let known = memory ?? segment.memory
            memory =
                min(
                    known.lowerBound, segment.memory.lowerBound)..<max(
                    known.upperBound, segment.memory.upperBound)
        }
        return memory ?? 0..<0
    }

    private static func ordered(
        _ items: [(level: Int, sequence: Int, entry: Int)], ascending: Bool, layers: Int
    ) -> [(level: Int, sequence: Int, entry: Int)] {
        let levels = Array(-2..<layers)
        var result: [(level: Int, sequence: Int, entry: Int)] = []
        result.reserveCapacity(items.count)
        for level in ascending ? levels : levels.reversed() {
            result.append(contentsOf: items.lazy.filter { $0.level == level })
        }
        return result
    }

    private static func step(
        _ plan: SequencePlan, sequence: Int, levels: [Int], layer: Int, span: Range<Int>,
        segments: Range<Int>,
        rows: [Int32]
    ) -> Step? {
        var step = Step(sequence: sequence)
        let begin = span.lowerBound
        for index in segments where index < plan.segments.count {
            let segment = plan.segments[index]
            let firstQuery = step.queryRows.count
            let firstKey = step.keyRows.count
            var last = -1
            for entry in segment.entries where levels[entry] >= layer {
                step.queryRows.append(rows[entry - begin])
                step.queryPositions.append(plan.positions[entry])
                step.queryEntries.append(Int32(entry - segment.entries.lowerBound))
                last = entry
            }
            guard last >= 0 else { continue }
            let end = segment.mask == nil ? last + 1 : segment.entries.upperBound
            step.keyRows.append(contentsOf: rows[segment.entries.lowerBound - begin..<end - begin])
            step.keyPositions.append(contentsOf: plan.positions[segment.entries.lowerBound..<end])
            step.segments.append(
                Step.Segment(
                    keys: firstKey..<step.keyRows.count, queries: firstQuery..<step.queryRows.count,
                    memory: segment.memory, mask: segment.mask, entries: segment.entries.count))
        }
        let needed = memoryNeeded(plan, levels: levels, layer: layer)
        for place in needed where span.contains(Int(plan.retained[place])) {
            step.retainedRows.append(rows[Int(plan.retained[place]) - begin])
            step.retainedPositions.append(Int32(place))
        }
        return step.segments.isEmpty && step.retainedRows.isEmpty ? nil : step
    }
}
