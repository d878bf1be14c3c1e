import BeaconModel
import Testing

@testable import BeaconTraining

/// The pass does the same work however it is divided.
struct PassTests {
    private func gradients(_ plans: [[SequencePlan]], lanes: Int = 1, segmentsPerPass: Int? = nil) throws
        -> [Float]
    {
        let engine = TinyModel.engine(
            try TinyModel.parameters(), lanes: lanes, segmentsPerPass: segmentsPerPass)
        let loss = try engine.accumulate(plans)
        return [Float(loss)] + engine.gradients.values(0..<engine.trainable.count)
    }

    private func distance(_ a: [Float], _ b: [Float]) throws -> Double {
        try TrainingConformance.difference(a, b)
    }

    @Test("Window by window equals all at once", arguments: [1, 2, 3])
    func segments(size: Int) throws {
        let plans = [[TinyModel.plan(), TinyModel.plan(seed: 8, fresh: 1)], [TinyModel.plan(seed: 20)]]
        #expect(try distance(gradients(plans, segmentsPerPass: size), gradients(plans)) < 1e-5)
    }

    @Test("Groups and lanes do not matter beyond rounding")
    func lanes() throws {
        let plans = (0..<4).map { TinyModel.plan(seed: 30 + UInt64($0)) }
        let one = try gradients([plans])
        #expect(try distance(gradients(plans.map { [$0] }, lanes: 3), one) < 1e-5)
        #expect(try gradients(plans.map { [$0] }, lanes: 2) == gradients(plans.map { [$0] }, lanes: 2))
    }

    @Test("Rows that nobody looks at are left out without a trace")
    func pruning() throws {
        // A tiny weight on every token keeps every row alive and hardly changes the gradient.
        let pruned = try gradients([[TinyModel.plan()]])
        let complete = try gradients([[TinyModel.plan(textWeight: 1e-9)]])
        #expect(try distance(pruned, complete) < 1e-5)
        let plan = TinyModel.plan()
        let levels = PassLayout.levels(of: plan, layers: 3)
        let layout = PassLayout([plan], levels: [levels], segments: 0..<plan.segments.count, layers: 3)
        #expect(layout.layers[2].outputs.count < layout.layers[1].outputs.count)
        #expect(layout.layers[0].inputs.count <= plan.inputs.count)
    }

    @Test("Branches of one document equal sequences of their own")
    func branches() throws {
        let document = LabelledTokens(
            tokens: TinyModel.tokens(19, seed: 1), weights: [Float](repeating: 0, count: 19))
        let branches = (0..<2).map {
            LabelledTokens(tokens: TinyModel.tokens(4, seed: 50 + UInt64($0)), weights: [0, 1, 1, 1])
        }
        let planner = QuestionSequencePlanner(windowSize: 8)
        let compression = QuestionSequencePlanner.Compression(ratios: [2, 4], openRatio: 2)
        let together = planner.plan(document, branches: branches, compression: compression)
        let apart = branches.map { planner.plan(document, branches: [$0], compression: compression) }
        #expect(try distance(gradients([[together]]), gradients([apart])) < 1e-5)
    }

    @Test("Memory does not grow with the windows when activations are computed again")
    func memory() throws {
        func peak(_ windows: Int, _ segmentsPerPass: Int?) throws -> Int {
            let tokens = TinyModel.tokens(windows * 8 + 4, seed: 2)
            let plan = QuestionSequencePlanner(windowSize: 8).plan(
                LabelledTokens(tokens), branches: [LabelledTokens(TinyModel.tokens(3, seed: 3))],
                compression: .init(ratios: [Int](repeating: 8, count: windows), openRatio: 0))
            let engine = TinyModel.engine(try TinyModel.parameters(), segmentsPerPass: segmentsPerPass)
            _ = try engine.accumulate([[plan]])
            return engine.peakActivationBytes
        }
        // 16 more windows: keys, values and gradients of 16 beacons, 3 layers, padded.
        let beacons = 16 * 3 * 4 * 16 * 4
        #expect(try peak(24, 1) - peak(8, 1) < 3 * beacons)
        #expect(try peak(24, nil) > 2 * peak(8, nil))
    }

    @Test("A batch without labels, with unknown tokens or too many positions is refused")
    func refusals() throws {
        let engine = TinyModel.engine(try TinyModel.parameters())
        let planner = QuestionSequencePlanner(windowSize: 8)
        func plan(_ tokens: [Int32], weight: Float) -> SequencePlan {
            planner.plan(
                LabelledTokens(tokens: [], weights: []),
                branches: [LabelledTokens(tokens: tokens, weights: tokens.map { _ in weight })],
                compression: .init(ratios: [], openRatio: 0))
        }
        #expect(throws: TrainingError.self) { try engine.accumulate([[plan([1, 2, 3], weight: 0)]]) }
        #expect(throws: TrainingError.self) { try engine.accumulate([[plan([1, 99], weight: 1)]]) }
        #expect(throws: TrainingError.self) {
            try engine.accumulate([[plan([Int32](repeating: 1, count: 300), weight: 1)]])
        }
    }
}
