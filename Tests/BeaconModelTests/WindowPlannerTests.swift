import Foundation
import Testing

@testable import BeaconModel

@Suite struct WindowPlannerTests {
    struct Plan: Decodable {
        enum Call: Decodable {
            case plain(Int)
            case skipping(length: Int, first: Int, last: Int?)

            private enum Keys: String, CodingKey { case length, skip_first, skip_last }

            init(from decoder: any Decoder) throws {
                do {
                    self = .plain(try decoder.singleValueContainer().decode(Int.self))
                } catch {
                    let keys = try decoder.container(keyedBy: Keys.self)
                    self = .skipping(
                        length: try keys.decode(Int.self, forKey: .length),
                        first: try keys.decodeIfPresent(Int.self, forKey: .skip_first) ?? 0,
                        last: try keys.decodeIfPresent(Int.self, forKey: .skip_last))
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

            init(from decoder: any Decoder) throws { value = try? decoder.singleValueContainer().decode(Int.self) }
        }

        struct Step: Decodable {
            var window_start: Int
            var raw_begin: Int
            var raw_end: Int
            var next_window_start: Int
            var windows_in_step: Int
            var full_window: Bool
            var ratio: Ratio?
            var memory_before: Memory
            var interleave_remainder_before: Int
            var interleave_remainder_after: Int
            var beacon_at: [Int]
        }

        var config: PlanConfiguration
        var calls: [Call]
        var training: Bool?
        var steps: [Step]?
        var reference_error: String?
    }

    @Test func plansAreTheReferences() throws {
        var compared = 0
        for plan in try Fixtures.decode([Plan].self, "plans/grid.json") {
            // Where the reference itself fails, or runs several windows in one pass, there is nothing to hold
            // a sequential plan against.
            guard plan.reference_error == nil, plan.config.beacon_parallel_window == nil else { continue }
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
                #expect(ours.windowStart == theirs.window_start)
                #expect(ours.raw == theirs.raw_begin..<theirs.raw_end)
                #expect(ours.nextWindowStart == theirs.next_window_start)
                #expect(ours.closesWindow == theirs.full_window)
                #expect(ours.ratio == theirs.ratio?.value)
                #expect(ours.remainderBefore == theirs.interleave_remainder_before)
                #expect(ours.remainderAfter == theirs.interleave_remainder_after)
                #expect(ours.beaconOffsets == theirs.beacon_at)
                let memory = ours.memoryBefore
                #expect(memory.beacon == theirs.memory_before.beacon)
                #expect(memory.raw == theirs.memory_before.raw)
                if !arrivesInPieces { #expect(memory.sink == theirs.memory_before.sink) }
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
}
