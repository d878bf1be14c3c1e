public import BeaconModel

/// Lays sequences out for training: which windows there are, where beacons stand, what is predicted.
public struct SequencePlanner: Sendable {
    public let configuration: BeaconConfiguration

    public init(_ configuration: BeaconConfiguration) { self.configuration = configuration }

    /// A sequence without any beacon: one causal segment.
    public func plain(_ sequence: LabelledTokens) -> SequencePlan {
        var plan = SequencePlan()
        append(sequence, tokens: 0..<sequence.tokens.count, beaconOffsets: [], to: &plan)
        plan.segments = [.init(entries: 0..<plan.inputs.count, memory: 0..<0)]
        plan.positions = (0..<Int32(plan.inputs.count)).map { $0 }
        return plan
    }

    /// The reference's training mode (§12): every window but the last is compressed at the ratio that `chooser`
    /// draws; labels of the first window count only in the released layout.
    public func compressed(_ sequence: LabelledTokens, chooser: inout RatioChooser) throws -> SequencePlan {
        var windows = WindowPlanner(configuration, chooser: chooser, mode: .training)
        try windows.append(sequence.tokens.count)
        var plan = SequencePlan()
        var sinkTaken = false
        while let step = try windows.next() {
            let memory = plan.retained.count
            let begin = plan.inputs.count
            append(sequence, tokens: step.raw, beaconOffsets: step.beaconOffsets, to: &plan)
            let geometry = PlanGeometry(step, cached: [], configuration: configuration)
            plan.positions.append(contentsOf: geometry.positions.suffix(step.inputCount).map(Int32.init))
            plan.segments.append(
                .init(
                    entries: begin..<plan.inputs.count, memory: 0..<memory,
                    mask: TrainingGeometry.ownMask(step, configuration: configuration)))
            if !sinkTaken, step.closesWindow {
                sinkTaken = true
                plan.retained.append(
                    contentsOf: (0..<min(configuration.sinkSize, step.inputCount)).map { Int32(begin + $0) })
            }
            switch step.ending {
            case .condense: plan.retained.append(contentsOf: step.beaconOffsets.map { Int32(begin + $0) })
            case .keepRaw:
                plan.retained.append(contentsOf: (0..<configuration.windowSize).map { Int32(begin + $0) })
            case .open, .becomeSink: break
            }
        }
        chooser = windows.ratioChooser
        let released = configuration.placement == .interleave && configuration.attention == .fullCoverage
        if !released, let first = plan.segments.first {
            for entry in first.entries {
                plan.targets[entry] = -1
                plan.weights[entry] = 0
            }
        }
        return plan
    }

    /// Appends raw tokens with beacons at `beaconOffsets` of the result, each raw token predicting its successor.
    private func append(
        _ sequence: LabelledTokens, tokens: Range<Int>, beaconOffsets: [Int], to plan: inout SequencePlan
    ) {
        let begin = plan.inputs.count
        var beacons = beaconOffsets.makeIterator()
        var next = beacons.next()
        func appendBeacons() {
            while let offset = next, begin + offset == plan.inputs.count {
                plan.inputs.append(SequencePlan.beacon)
                plan.targets.append(-1)
                plan.weights.append(0)
                next = beacons.next()
            }
        }
        for token in tokens {
            appendBeacons()
            let weight = token + 1 < sequence.tokens.count ? sequence.weights[token + 1] : 0
            plan.inputs.append(sequence.tokens[token])
            plan.targets.append(weight > 0 ? sequence.tokens[token + 1] : -1)
            plan.weights.append(weight)
        }
        appendBeacons()
    }
}
