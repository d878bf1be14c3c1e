import BeaconModel
import Foundation
import SystemPackage

@testable import BeaconTraining

/// A seeded model small enough for finite differences, and sequences for it.
enum TinyModel {
    static let shape = ModelShape(
        vocabularySize: 32, hiddenSize: 16, intermediateSize: 24, layers: 3, heads: 2, kvHeads: 1,
        beaconProjections: [.q, .k, .v, .o])
    static let windowSize = 8

    static func parameters(_ shape: ModelShape = shape, seed: UInt64 = 3) throws -> ModelParameters {
        let parameters = ModelParameters(ParameterTable(shape))
        var random = SeededRandom(seed: seed)
        for entry in parameters.table.entries {
            let isNorm = entry.name.contains("norm")
            try parameters.set(
                entry.name,
                to: (0..<entry.count).map { _ in Float(random.normal() * 0.25) + (isNorm ? 1 : 0) })
        }
        return parameters
    }

    static func engine(
        _ parameters: ModelParameters, _ choice: TrainableSet.Choice = .everything, lanes: Int = 1,
        segmentsPerPass: Int? = nil
    ) -> GradientEngine {
        GradientEngine(
            parameters, trainable: TrainableSet(choice, of: parameters.table),
            angles: RotaryAngles(positions: 256, headDim: parameters.table.shape.headDim, theta: 10000),
            lanes: lanes, segmentsPerPass: segmentsPerPass)
    }

    static func tokens(_ count: Int, seed: UInt64) -> [Int32] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in Int32(random.below(32)) }
    }

    /// Three windows at different ratios, two questions, an untold rest.
    static func plan(seed: UInt64 = 5, fresh: Int = 0, textWeight: Float = 0) -> SequencePlan {
        let document = tokens(3 * windowSize + 3, seed: seed)
        let branches = [1, 2].map { number in
            LabelledTokens(
                tokens: tokens(5, seed: seed + UInt64(number)), weights: [textWeight, textWeight, 0.5, 2, 1])
        }
        return QuestionSequencePlanner(windowSize: windowSize).plan(
            LabelledTokens(tokens: document, weights: [Float](repeating: textWeight, count: document.count)),
            branches: branches, compression: .init(ratios: [2, 4, 8], openRatio: 4, freshEvery: fresh))
    }
}

/// A directory that goes away with the test.
final class TemporaryDirectory {
    let path: FilePath

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "training-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = FilePath(url.path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path.string) }
}
