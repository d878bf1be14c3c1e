import Foundation
import Testing

@testable import BeaconModel

@Suite struct WindowPlannerTests {
    struct Plan: Decodable {
        enum Call: Decodable {
            case plain(Int)
            case skipping(length: Int, first: Int, last: Int?)

            private enum Keys: String, CodingKey { case length, skipFirst, skipLast }

            init(from decoder: any Decoder) throws {
                do {
                    self = .plain(try decoder.singleValueContainer().decode(Int.self))
                } catch {
                    let keys = try decoder.container(keyedBy: Keys.self)
                    self = .skipping(
                        length: try keys.decode(Int.self, forKey: .length),
                        first: try keys.decodeIfPresent(Int.self, forKey: .skipFirst) ?? 0,
                        last: try keys.decodeIfPresent(Int.self, forKey: .skipLast))
                }
            }

            var length: Int {
                switch self {
                case .plain(let length), .skipping(let length, _, _): length
                }
            }
        }

        struct Memory: Decodable, Equatable {
            var sink: Int
            var beacon: Int
            var raw: Int
        }

        /// One ratio, or one per parallel window.
        struct Ratio: Decodable {
            var value: Int?

            init(from decoder: any Decoder) throws {
                value = try? decoder.singleValueContainer().decode(Int.self)
            }
        }

        struct Step: Decodable {
            var windowStart: Int
            var rawBegin: Int
            var rawEnd: Int
            var nextWindowStart: Int
            var windowsInStep: Int
            var fullWindow: Bool
            var ratio: Ratio?
            var memoryBefore: Memory
            var interleaveRemainderBefore: Int
            var interleaveRemainderAfter: Int
            var beaconAt: [Int]
        }

        var config: PlanConfiguration
        var calls: [Call]
        var training: Bool?
        var steps: [Step]?
        var referenceError: String?
    }

    @Test func plansAreTheReferences() throws {
        var compared = 0
        for plan in try Fixtures.decode([Plan].self, "plans/grid.json") {
            // Where the reference itself fails, or runs several windows in one pass, there is nothing to hold
            // a sequential plan against.
            guard plan.referenceError == nil, plan.config.beaconParallelWindow == nil else { continue }
            let settings = try plan.config.settings()
            let arrivesInPieces = settings.sinkSize > 0 && plan.calls[0].length < settings.windowSize
            var planner = WindowPlanner(
                settings, contextLength: plan.config.contextLength,
                mode: plan.training == true ? .training : .inference)
            var steps: [WindowStep] = []
            for call in plan.calls {
                switch call {
                case .plain(let length): try planner.append(length)
                case .skipping(let length, let first, let last):
                    try planner.append(length, skipFirst: first, skipLast: last)
                }
                while let step = try planner.next() { steps.append(step) }
            }
            let expected = try #require(plan.steps)
            try #require(steps.count == expected.count, "\(plan.config) \(plan.calls)")
            for (ours, theirs) in zip(steps, expected) {
                #expect(ours.windowStart == theirs.windowStart)
                #expect(ours.raw == theirs.rawBegin..<theirs.rawEnd)
                #expect(ours.nextWindowStart == theirs.nextWindowStart)
                #expect(ours.closesWindow == theirs.fullWindow)
                #expect(ours.ratio == theirs.ratio?.value)
                #expect(ours.remainderBefore == theirs.interleaveRemainderBefore)
                #expect(ours.remainderAfter == theirs.interleaveRemainderAfter)
                #expect(ours.beaconOffsets == theirs.beaconAt)
                let memory = ours.memoryBefore
                #expect(memory.beacon == theirs.memoryBefore.beacon)
                #expect(memory.raw == theirs.memoryBefore.raw)
                if !arrivesInPieces { #expect(memory.sink == theirs.memoryBefore.sink) }
            }
            compared += 1
        }
        #expect(compared >= 40)
    }

    @Test func skippingRefusesWhatCannotBe() throws {
        let settings = try BeaconConfiguration(windowSize: 32, ratios: [4])
        var planner = WindowPlanner(settings, contextLength: 1024)
        #expect(throws: ModelError.self) { try planner.append(40, skipFirst: 40) }
        #expect(throws: ModelError.self) { try planner.append(40, skipFirst: 5, skipLast: 20) }
    }

    /// A document of one window and 20 tokens, then a question of 20: the paper closes the second window in the
    /// middle of the question; a model with a question window reads on.
    @Test func aQuestionKeepsItsWindowOpen() throws {
        func endings(questionWindow: Int?) throws -> [(raw: Range<Int>, beacons: Int, closes: Bool)] {
            let settings = try BeaconConfiguration(
                windowSize: 32, ratios: [4], questionWindow: questionWindow)
            var planner = WindowPlanner(settings, contextLength: 1024)
            var steps: [WindowStep] = []
            for (index, length) in [52, 20, 12, 1].enumerated() {
                if index == 1 { planner.beginQuestion() }
                try planner.append(length)
                while let step = try planner.next() { steps.append(step) }
            }
            return steps.map { ($0.raw, $0.beaconOffsets.count, $0.closesWindow) }
        }
        let paper = try endings(questionWindow: nil)
        #expect(paper.map(\.raw) == [0..<32, 32..<52, 52..<64, 64..<72, 72..<84, 84..<85])
        #expect(paper.map(\.closes) == [true, false, true, false, false, false])
        let whole = try endings(questionWindow: 48)
        #expect(whole.map(\.raw) == [0..<32, 32..<52, 52..<72, 72..<80, 80..<84, 84..<85])
        #expect(whole.map(\.closes) == [true, false, false, true, false, false])
        #expect(whole.map(\.beacons) == [8, 5, 5, 2, 1, 0])
    }
}
