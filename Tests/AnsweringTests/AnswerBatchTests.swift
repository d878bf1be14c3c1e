import BeaconModel
import BundledModel
import Tensors
import Testing

@testable import Answering

/// Answering side by side is answering one by one, only sooner.
struct AnswerBatchTests {
    /// Sequences of different lengths, some between two beacons and some at the end of a window, give the same bits
    /// together as alone.
    @Test(arguments: [WeightFormat.f32, .int8])
    func tokensSideBySideAreTokensAlone(format: WeightFormat) throws {
        let directory = try #require(BundledModel.directory)
        let model = try LanguageModel(directory: directory, format: format)
        let context = ComputeContext(threads: 2)
        var settings = model.configuration.beacon
        settings.ratios = [4]
        let lengths = [3, 127, 130, 260]
        func sequences() throws -> [BeaconSequence] {
            try lengths.map { length in
                let sequence = BeaconSequence(model, settings: settings, context: context)
                try sequence.feed((0..<length).map { Int32(100 + $0 * 7 % 1000) }, logits: .none)
                return sequence
            }
        }
        let together = try sequences()
        let alone = try sequences()
        let batch = SequenceBatch(model, context: context)
        for step in 0..<12 {
            let tokens = lengths.indices.map { Int32(300 + step * 11 + $0) }
            let logits = try batch.feed(tokens, to: together)
            for (index, sequence) in alone.enumerated() {
                let expected = try #require(try sequence.feed([tokens[index]]))
                #expect(logits[index] == expected, "sequence \(index), token \(step)")
            }
        }
        #expect(zip(together, alone).allSatisfy { $0.memory.counts == $1.memory.counts })
    }

    /// A copy goes on by itself and leaves the first as it was.
    @Test func copiesGoOnByThemselves() throws {
        let model = try LanguageModel(directory: #require(BundledModel.directory))
        let context = ComputeContext(threads: 1)
        let first = BeaconSequence(model, context: context)
        try first.feed((0..<200).map { Int32(50 + $0) }, logits: .none)
        let second = first.copy()
        let expected = try second.feed([7, 8, 9])
        try second.feed([10, 11])
        #expect(try first.feed([7, 8, 9]) == expected)
    }
}
