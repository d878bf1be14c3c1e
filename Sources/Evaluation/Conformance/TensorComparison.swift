import BeaconModel
import Safetensors
import Tensors

/// Runs one case and collects differences, tensor by tensor.
struct TensorComparison {
    let expected: SafetensorsFile
    /// Whether values are compared, or only the plan.
    var comparesValues = true
    private(set) var differences: [String: Double] = [:]
    private(set) var relative = 0.0
    private(set) var planMismatch: String?
    private var plan: [WindowStep] = []
    private var isBatch = false

    init(expected: SafetensorsFile) { self.expected = expected }

    mutating func run(
        _ reference: ConformanceCase, model: LanguageModel, context: ComputeContext
    ) throws {
        let isPlain = reference.steps == nil || reference.steps?.isEmpty == true
        let sequence = BeaconSequence(model, isCompressing: !isPlain, context: context)
        var logits: [Float] = []
        for (index, call) in (reference.calls ?? []).enumerated() {
            logits = try feed(call, index: index, to: sequence)
            if comparesValues {
                try compareMemory(sequence.memory, prefix: "call\(index)", counts: call.memoryAfter)
            }
        }
        let generated = reference.generatedIds ?? []
        if !generated.isEmpty {
            try compareGeneration(generated, after: logits, sequence)
        }
        if !isPlain { comparePlan(reference.steps ?? [], configuration: model.configuration) }
    }

    private mutating func feed(
        _ call: ConformanceCase.Call, index: Int, to sequence: BeaconSequence
    ) throws -> [Float] {
        let tokens: [Int32]
        switch call.inputIds {
        case .one(let row): tokens = row
        case .batch(let rows):
            isBatch = true
            tokens = rows.first ?? []
        }
        let start = sequence.planner.total
        var positions: Set<Int> = []
        var wanted: [Int] = []
        if let tensor = expected.tensor("call\(index).logit_positions") {
            wanted = try expected.integers(tensor)
            positions = Set(wanted)
        }
        var rows: [Int: [Float]] = [:]
        var last: [Float] = []
        try sequence.feed(
            tokens, skipFirst: call.skipFirst ?? 0, skipLast: call.skipLast,
            logits: .each { token, row in
                if positions.contains(token - start) { rows[token - start] = row }
                last = row
            }, afterStep: { plan.append($0) })
        if comparesValues, let tensor = expected.tensor("call\(index).logits") {
            record(tensor, ours: wanted.flatMap { rows[$0] ?? [] }, theirs: try row(tensor))
        }
        return last
    }

    private mutating func compareGeneration(
        _ expectedTokens: [Int32], after logits: [Float], _ sequence: BeaconSequence
    ) throws {
        var rows: [Float] = logits
        var tokens = [Sampler.greedy(logits)]
        for token in expectedTokens.dropLast() {
            let next = try sequence.feed([token], afterStep: { plan.append($0) }) ?? []
            rows += next
            tokens.append(Sampler.greedy(next))
        }
        guard comparesValues else { return }
        differences["generated_ids"] = Double(zip(tokens, expectedTokens).count { $0 != $1 })
        if let tensor = expected.tensor("generated.logits") {
            record(tensor, ours: rows, theirs: try row(tensor))
        }
        try compareMemory(sequence.memory, prefix: "final", counts: nil)
    }

    private mutating func compareMemory(
        _ memory: KeyValueMemory, prefix: String, counts: ConformanceCase.Memory?
    ) throws {
        let ours = memory.counts
        if let counts {
            let same = ours == MemoryCounts(sink: counts.sink, beacon: counts.beacon, raw: counts.raw)
            differences["\(prefix).memory"] = same ? 0 : 1
        }
        let ranges = [
            "sink": 0..<ours.sink, "beacon": ours.sink..<ours.sink + ours.beacon,
            "raw": ours.sink + ours.beacon..<ours.total,
        ]
        for (part, range) in ranges {
            let block = memory.block(range)
            let width = block.entries * block.kvHeads * block.headDim
            for layer in 0..<block.layers {
                for (suffix, values) in [("k", block.keys), ("v", block.values)] {
                    guard let tensor = expected.tensor("\(prefix).layer\(layer).\(part)_\(suffix)") else {
                        continue
                    }
                    let ours = Array(values[layer * width..<(layer + 1) * width])
                    record(
                        tensor,
                        ours: Self.headMajor(
                            ours, entries: block.entries, heads: block.kvHeads, dim: block.headDim),
                        theirs: try row(tensor))
                }
            }
        }
    }

    /// `[entries, heads, dim]` as `[heads, entries, dim]`, the reference's order.
    private static func headMajor(_ values: [Float], entries: Int, heads: Int, dim: Int) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(values.count)
        for head in 0..<heads {
            for entry in 0..<entries {
                let start = (entry * heads + head) * dim
                result += values[start..<start + dim]
            }
        }
        return result
    }

    /// The tensor's values; of a batch, row 0's.
    private func row(_ tensor: SafetensorsTensor) throws -> [Float] {
        let values = try expected.floats(tensor)
        guard isBatch, let rows = tensor.shape.first, rows > 0 else { return values }
        return Array(values[..<(values.count / rows)])
    }

    private mutating func record(_ tensor: SafetensorsTensor, ours: [Float], theirs: [Float]) {
        guard ours.count == theirs.count else {
            differences[tensor.name] = .infinity
            return
        }
        var largest = 0.0
        var magnitude = 0.0
        for (a, b) in zip(ours, theirs) {
            let difference = Double(abs(a - b))
            largest = difference.isNaN ? .infinity : max(largest, difference)
            magnitude = max(magnitude, Double(abs(b)))
        }
        differences[tensor.name] = largest
        if magnitude > 0 { relative = max(relative, largest / magnitude) }
    }
}

extension TensorComparison {
    /// Holds the passes made against the reference's; parallel windows count as the passes they stand for.
    private mutating func comparePlan(_ steps: [ConformanceCase.Step], configuration: ModelConfiguration) {
        var mismatches = 0
        var kinds: [EntryKind] = []
        var position = 0
        func note(_ text: String) {
            mismatches += 1
            if planMismatch == nil { planMismatch = text }
        }
        for (number, theirs) in steps.enumerated() {
            guard theirs.windowsInStep >= 1, position + theirs.windowsInStep <= plan.count else {
                note("pass \(number) is missing")
                break
            }
            let ours = plan[position]
            if theirs.windowsInStep == 1 {
                let geometry = PlanGeometry(ours, cached: kinds, configuration: configuration.beacon)
                if let text = mismatch(ours, theirs, geometry) { note("pass \(number): \(text)") }
            } else if ours.raw.lowerBound != theirs.rawBegin
                || plan[position + theirs.windowsInStep - 1].raw.upperBound != theirs.rawEnd
            {
                note("pass \(number) covers other tokens")
            }
            for step in plan[position..<position + theirs.windowsInStep] {
                kinds = step.closesWindow ? [] : kinds + PlanGeometry.kinds(step)
            }
            position += theirs.windowsInStep
        }
        if position != plan.count { note("\(plan.count - position) passes too many") }
        differences["plan"] = Double(mismatches)
    }

    private func mismatch(
        _ ours: WindowStep, _ theirs: ConformanceCase.Step, _ geometry: PlanGeometry
    ) -> String? {
        if ours.windowStart != theirs.windowStart { return "window starts at \(ours.windowStart)" }
        if ours.raw.lowerBound != theirs.rawBegin || ours.raw.upperBound != theirs.rawEnd {
            return "raw tokens \(ours.raw)"
        }
        if ours.nextWindowStart != theirs.nextWindowStart {
            return "next window at \(ours.nextWindowStart)"
        }
        if ours.closesWindow != theirs.fullWindow { return "closes: \(ours.closesWindow)" }
        if case .one(let ratio) = theirs.ratio, ours.ratio != ratio { return "ratio \(ours.ratio ?? -1)" }
        if theirs.ratio == nil, ours.ratio != nil { return "ratio \(ours.ratio ?? -1) chosen" }
        let kinds = PlanGeometry.kinds(ours).map { Int($0.rawValue) }
        if kinds != theirs.kind.map({ max(0, $0) }) { return "beacons at \(ours.beaconOffsets)" }
        guard comparesValues else { return nil }
        let memory = theirs.memoryBefore
        if ours.memoryBefore != MemoryCounts(sink: memory.sink, beacon: memory.beacon, raw: memory.raw) {
            return "memory before is \(ours.memoryBefore)"
        }
        let positions = theirs.positionIds ?? theirs.positions
        if !isBatch, positions?.matches(geometry.positions) == false { return "positions differ" }
        return nil
    }
}
