import Foundation
import Testing

@testable import BeaconModel

@Suite struct RatioChooserTests {
    /// NumPy's `default_rng(42).integers(0, n)`, the first draws.
    @Test(arguments: [
        (3, [0, 2, 1, 1, 1, 2, 0, 2, 0, 0, 1, 2, 2, 2, 2, 2, 1, 0, 2, 1, 1, 1, 0, 2]),
        (4, [0, 3, 2, 1, 1, 3, 0, 2, 0, 0, 2, 3, 2, 3, 2, 3, 2, 0, 3, 1, 2, 1, 0, 3]),
        (5, [0, 3, 3, 2, 2, 4, 0, 3, 1, 0, 2, 4, 3, 3, 3, 3, 2, 0, 4, 2, 2, 1, 0, 4]),
    ])
    func drawsAreNumPys(bound: Int, expected: [Int]) {
        var generator = NumPyGenerator(seed: 42)
        #expect(expected.map { _ in generator.integer(below: bound) } == expected)
    }

    struct Choices: Decodable {
        struct Sequence: Decodable {
            var length: Int
            var ratios: [Int]
            var referenceError: String?
        }
        var config: PlanConfiguration
        var training: Bool
        var firstWindowOnly: Bool
        var sequences: [Sequence]
    }

    /// The random generator runs on from sequence to sequence; everything else starts anew.
    @Test func choicesAreTheReferences() throws {
        for item in try Fixtures.decode([Choices].self, "plans/ratio-choices.json") {
            let settings = try item.config.settings()
            let mode: RatioChooser.Mode = item.training ? .training : .inference
            var chooser = RatioChooser(settings, contextLength: item.config.contextLength, mode: mode)
            for sequence in item.sequences {
                var planner = WindowPlanner(settings, chooser: chooser, mode: mode)
                try planner.append(sequence.length)
                var ratios: [Int] = []
                do {
                    while let step = try planner.next() {
                        if let ratio = step.ratio { ratios.append(ratio) }
                        if item.firstWindowOnly { break }
                    }
                    #expect(ratios == sequence.ratios, "\(item.config), length \(sequence.length)")
                } catch let error as ModelError {
                    #expect(sequence.referenceError != nil, "\(error)")
                }
                chooser = planner.ratioChooser
            }
        }
    }

    /// 48 positions stretched by 1.3 are 62.4: at ratio 4 and windows of 8 there is room for 225.6 tokens.
    @Test(arguments: [(224, 4), (225, 8)])
    func aFractionOfAPositionCounts(tokens: Int, expected: Int) throws {
        let settings = try BeaconConfiguration(
            windowSize: 8, ratios: [2, 4, 8], ratioRule: .adapt(newTokens: 1))
        var chooser = RatioChooser(settings, contextLength: 48 * 1.3)
        #expect(try chooser.choose(start: 0, firstCallLength: tokens, total: tokens) == expected)
    }
}
