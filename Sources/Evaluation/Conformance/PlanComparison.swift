import BeaconModel
import Safetensors

/// Holds the passes that the engine made against those of the reference, field by field.
struct PlanComparison {
    /// A pass that was made, and the call that it belongs to.
    struct Pass {
        var call: Int
        var step: WindowStep
    }

    let expected: SafetensorsFile
    let configuration: ModelConfiguration
    /// Whether memory and visibility are the reference's too, or its cuts alone.
    let comparesValues: Bool
    /// Whether the case is a batch, of which row 0 is compared: its padding has positions of its own.
    let isBatch: Bool
    /// All tokens that were fed.
    let tokens: [Int32]
    let passes: [Pass]

    /// Reference passes that ours do not equal.
    private(set) var mismatches = 0
    /// The first of them, in words.
    private(set) var first: String?
    /// Names of the reference tensors that were held against ours, or stand for what has no like in ours.
    private(set) var seen: Set<String> = []

    init(
        expected: SafetensorsFile, configuration: ModelConfiguration, comparesValues: Bool, isBatch: Bool,
        tokens: [Int32], passes: [Pass]
    ) {
        self.expected = expected
        self.configuration = configuration
        self.comparesValues = comparesValues
        self.isBatch = isBatch
        self.tokens = tokens
        self.passes = passes
    }

    /// Compares all passes; parallel windows count as the passes that they stand for.
    mutating func run(_ steps: [ConformanceCase.Step]) throws {
        var kinds: [EntryKind] = []
        var position = 0
        for (number, theirs) in steps.enumerated() {
            guard theirs.windowsInStep >= 1, position + theirs.windowsInStep <= passes.count else {
                note("pass \(number) is missing")
                break
            }
            let group = passes[position..<position + theirs.windowsInStep]
            let ours = passes[position]
            let mask = expected.tensor("step\(number).mask")
            if theirs.windowsInStep > 1 {
                // Positions and visibility of parallel windows count copies of beacons that ours never make.
                if let mask { seen.insert(mask.name) }
                if ours.step.raw.lowerBound != theirs.rawBegin
                    || group.last?.step.raw.upperBound != theirs.rawEnd
                    || group.contains(where: { $0.call != theirs.call })
                {
                    note("pass \(number) covers other tokens")
                }
            } else {
                let geometry = PlanGeometry(ours.step, cached: kinds, configuration: configuration.beacon)
                let text =
                    try mismatch(ours, theirs) ?? geometryMismatch(geometry, theirs, mask: mask)
                if let mask { seen.insert(mask.name) }
                if let text { note("pass \(number): \(text)") }
            }
            for pass in group {
                kinds = pass.step.closesWindow ? [] : kinds + PlanGeometry.kinds(pass.step)
            }
            position += theirs.windowsInStep
        }
        if position < passes.count { note("\(passes.count - position) passes too many") }
    }

    private mutating func note(_ text: String) {
        mismatches += 1
        if first == nil { first = text }
    }

    private func mismatch(_ pass: Pass, _ theirs: ConformanceCase.Step) throws -> String? {
        let ours = pass.step
        let memory = theirs.memoryBefore
        if comparesValues,
            ours.memoryBefore != MemoryCounts(sink: memory.sink, beacon: memory.beacon, raw: memory.raw)
        {
            return "memory before is \(ours.memoryBefore)"
        }
        if pass.call != theirs.call { return "belongs to call \(pass.call)" }
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
        // Ratio 0: raw tokens are kept as beacons, which the reference marks by -1.
        let kinds = PlanGeometry.kinds(ours)
        let isKept = ours.ending == .keepRaw
        if theirs.kind != (isKept ? kinds.map { _ in -1 } : kinds.map { Int($0.rawValue) }) {
            return "beacons at \(ours.beaconOffsets)"
        }
        let size = ours.ratio == 0 ? -1 : ours.beaconOffsets.count
        if case .one(let theirSize) = theirs.beaconSize, theirSize != size { return "\(size) beacons" }
        if ours.remainderBefore != theirs.interleaveRemainderBefore
            || ours.remainderAfter != theirs.interleaveRemainderAfter
        {
            return "\(ours.remainderBefore) raw tokens since a beacon before, \(ours.remainderAfter) after"
        }
        if case .one(let ids) = theirs.inputIds, ids != inputs(ours, kinds) { return "other input ids" }
        return nil
    }

    /// The pass's tokens with a beacon, the id after the vocabulary, at each beacon's place.
    private func inputs(_ step: WindowStep, _ kinds: [EntryKind]) -> [Int32] {
        guard step.raw.upperBound <= tokens.count else { return [] }
        var raw = tokens[step.raw].makeIterator()
        return kinds.map { kind in
            kind == .beacon ? Int32(clamping: configuration.vocabularySize) : raw.next() ?? -1
        }
    }

    private func geometryMismatch(
        _ ours: PlanGeometry, _ theirs: ConformanceCase.Step, mask: SafetensorsTensor?
    ) throws -> String? {
        guard comparesValues, !isBatch else { return nil }
        guard let positions = theirs.positionIds ?? theirs.positions else { return "no positions stored" }
        if !positions.matches(ours.positions) { return "positions differ" }
        let columns = ours.positions.count
        let visible = ours.visible
        let stored: [Bool]
        if theirs.mask == "causal" {
            let rows = columns == 0 ? 0 : visible.count / columns
            stored = (0..<rows).flatMap { row in (0..<columns).map { $0 <= columns - rows + row } }
        } else {
            guard let mask else { return "no mask stored" }
            stored = try expected.integers(mask).map { $0 != 0 }
        }
        return visible == stored ? nil : "sees other columns"
    }
}
