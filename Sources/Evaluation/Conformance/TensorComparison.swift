import BeaconModel
import Foundation
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
    private var passes: [PlanComparison.Pass] = []
    /// All tokens fed so far.
    private var tokens: [Int32] = []
    private var isBatch = false
    /// Names of the tensors that were held against ours.
    private var seen: Set<String> = []

    init(expected: SafetensorsFile) { self.expected = expected }

    mutating func run(
        _ reference: ConformanceCase, model: LanguageModel, context: ComputeContext
    ) throws {
        let steps = reference.steps ?? []
        let sequence = BeaconSequence(model, isCompressing: !steps.isEmpty, context: context)
        let calls = reference.calls ?? []
        var logits: [Float] = []
        for (index, call) in calls.enumerated() {
            logits = try feed(call, index: index, to: sequence)
            compare(call.memoryAfter, of: "call\(index)", sequence)
            if let count = call.returnedLogitsLastN, count != passes.last?.step.raw.count, !steps.isEmpty {
                // The last pass of the reference may have been several windows side by side.
                let isParallel = steps.last { $0.call == index }.map { $0.windowsInStep > 1 } ?? false
                if !isParallel { differences["call\(index).returned_logits_last_n"] = 1 }
            }
            if comparesValues, !steps.isEmpty {
                try compareMemory(sequence.memory, prefix: "call\(index)")
            }
        }
        let generated = reference.generatedIds ?? []
        if !generated.isEmpty {
            try generate(generated, after: logits, sequence, call: calls.count)
            compare(reference.memoryFinal, of: "final", sequence)
        }
        if !steps.isEmpty { try comparePlan(steps, configuration: model.configuration) }
        guard comparesValues else { return }
        // What nothing was held against must not pass in silence.
        for tensor in expected.tensors where !seen.contains(tensor.name) {
            differences[tensor.name] = .infinity
        }
    }

    private mutating func feed(
        _ call: ConformanceCase.Call, index: Int, to sequence: BeaconSequence
    ) throws -> [Float] {
        let row: [Int32]
        switch call.inputIds {
        case .one(let ids): row = ids
        case .batch(let rows):
            isBatch = true
            row = rows.first ?? []
        }
        tokens += row
        let start = sequence.planner.total
        var wanted: [Int] = []
        if let tensor = expected.tensor("call\(index).logit_positions") {
            seen.insert(tensor.name)
            wanted = try expected.integers(tensor)
        }
        let positions = Set(wanted)
        var rows: [Int: [Float]] = [:]
        var last: [Float] = []
        var loss = 0.0
        try sequence.feed(
            row, skipFirst: call.skipFirst ?? 0, skipLast: call.skipLast,
            logits: .each { token, logits in
                let place = token - start
                if positions.contains(place) { rows[place] = logits }
                if place + 1 < row.count { loss += Self.surprise(row[place + 1], logits) }
                last = logits
            }, afterStep: { passes.append(.init(call: index, step: $0)) })
        guard comparesValues else { return last }
        let name = "call\(index).logits"
        if let tensor = expected.tensor(name) {
            record(tensor, ours: wanted.flatMap { rows[$0] ?? [] }, theirs: try self.row(tensor))
        } else {
            differences[name] = .infinity
        }
        if let theirs = isBatch ? call.batchLoss?.first : call.loss, row.count > 1 {
            differences["call\(index).loss"] = difference(loss / Double(row.count - 1), theirs)
        }
        if !isBatch, let theirs = call.batchLoss?.first, row.count > 1 {
            differences["call\(index).batch_loss"] = difference(loss / Double(row.count - 1), theirs)
        }
        return last
    }

    /// Negative log likelihood of `token`, natural log.
    private static func surprise(_ token: Int32, _ logits: [Float]) -> Double {
        guard logits.indices.contains(Int(token)), let largest = logits.max() else { return .nan }
        let sum = logits.reduce(0.0) { $0 + exp(Double($1 - largest)) }
        return log(sum) - Double(logits[Int(token)] - largest)
    }

    private func difference(_ ours: Double, _ theirs: Double) -> Double {
        let distance = abs(ours - theirs)
        return distance.isNaN ? .infinity : distance
    }

    private mutating func generate(
        _ expectedTokens: [Int32], after logits: [Float], _ sequence: BeaconSequence, call: Int
    ) throws {
        var rows: [Float] = logits
        var chosen = [Sampler.greedy(logits)]
        for token in expectedTokens.dropLast() {
            tokens.append(token)
            let next =
                try sequence.feed([token], afterStep: { passes.append(.init(call: call, step: $0)) }) ?? []
            rows += next
            chosen.append(Sampler.greedy(next))
        }
        guard comparesValues else { return }
        differences["generated_ids"] = Double(zip(chosen, expectedTokens).count { $0 != $1 })
        if let tensor = expected.tensor("generated.logits") {
            record(tensor, ours: rows, theirs: try row(tensor))
        }
        try compareMemory(sequence.memory, prefix: "final")
    }

    /// Sizes of the memory, and where the open window stands.
    private mutating func compare(
        _ theirs: ConformanceCase.State?, of name: String, _ sequence: BeaconSequence
    ) {
        guard let theirs else { return }
        let planner = sequence.planner
        let hasOpenWindow = passes.last.map { !$0.step.closesWindow } ?? false
        var isSame =
            planner.windowStart == theirs.windowStart && planner.consumed == theirs.rawEnd
            && planner.remainder == theirs.interleaveRemainder
            && (hasOpenWindow ? planner.openRatio : nil) == theirs.ratioOfOpenWindow
        if comparesValues {
            let counts = MemoryCounts(sink: theirs.sink, beacon: theirs.beacon, raw: theirs.raw)
            isSame = isSame && sequence.memory.counts == counts
        }
        differences["\(name).memory"] = isSame ? 0 : 1
    }

    private mutating func compareMemory(_ memory: KeyValueMemory, prefix: String) throws {
        let ours = memory.counts
        // Generation stores its memory only where it completed a window.
        let isStored = prefix != "final" || expected.tensors.contains { $0.name.hasPrefix("final.") }
        guard isStored else { return }
        let ranges = [
            "sink": 0..<ours.sink, "beacon": ours.sink..<ours.sink + ours.beacon,
            "raw": ours.sink + ours.beacon..<ours.total,
        ]
        for (part, range) in ranges where !range.isEmpty {
            let block = memory.block(range)
            let width = block.entries * block.kvHeads * block.headDim
            for layer in 0..<block.layers {
                for (suffix, values) in [("k", block.keys), ("v", block.values)] {
                    let name = "\(prefix).layer\(layer).\(part)_\(suffix)"
                    guard let tensor = expected.tensor(name) else {
                        differences[name] = .infinity
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

    private mutating func comparePlan(
        _ steps: [ConformanceCase.Step], configuration: ModelConfiguration
    ) throws {
        var comparison = PlanComparison(
            expected: expected, configuration: configuration, comparesValues: comparesValues,
            isBatch: isBatch, tokens: tokens, passes: passes)
        try comparison.run(steps)
        seen.formUnion(comparison.seen)
        planMismatch = comparison.first
        differences["plan"] = Double(comparison.mismatches)
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
        seen.insert(tensor.name)
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
