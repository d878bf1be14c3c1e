import Foundation
import Safetensors
import SystemPackage
import Tensors
import Testing

@testable import BeaconModel

@Suite struct RotaryEmbeddingTests {
    struct Entry: Decodable {
        struct Scaling: Decodable {
            var type: String
            var factor: Double
            var originalMaxPositionEmbeddings: Int?
            var lowFreqFactor: Double?
            var highFreqFactor: Double?
        }
        var name: String
        var headDim: Int
        var base: Double
        var maxPositionEmbeddings: Int
        var length: Int
        var positions: [Int]
        var ropeScaling: Scaling?

        func scaling() -> RotaryScaling {
            guard let ropeScaling else { return .none }
            switch ropeScaling.type {
            case "linear": return .linear(factor: ropeScaling.factor)
            case "dynamic": return .dynamic(factor: ropeScaling.factor)
            case "yarn": return .yarn(factor: ropeScaling.factor)
            default:
                return .llama3(
                    factor: ropeScaling.factor,
                    originalLength: ropeScaling.originalMaxPositionEmbeddings ?? 0,
                    lowFrequency: ropeScaling.lowFreqFactor ?? 0,
                    highFrequency: ropeScaling.highFreqFactor ?? 0)
            }
        }
    }

    @Test func tablesAreTheReferences() throws {
        let file = try SafetensorsFile(mapping: FilePath(Fixtures.url("rope/tables.safetensors").path))
        for entry in try Fixtures.decode([Entry].self, "rope/tables.json") {
            let rotary = RotaryEmbedding(
                headDim: entry.headDim, base: entry.base, scaling: entry.scaling(),
                trainedLength: entry.maxPositionEmbeddings)
            let table =
                rotary.dependsOnLength
                ? rotary.table(seen: entry.length) : rotary.table(covering: entry.length)
            let half = entry.headDim / 2
            for (suffix, ours) in [("cos", table.cosines), ("sin", table.sines)] {
                let tensor = try #require(file.tensor("\(entry.name).\(suffix)"))
                let theirs = try file.floats(tensor)
                for (row, position) in entry.positions.enumerated() {
                    for index in 0..<half {
                        let difference = abs(ours[position * half + index] - theirs[row * half + index])
                        #expect(difference < 2e-5, "\(entry.name).\(suffix) at \(position), \(index)")
                    }
                }
            }
        }
    }
}
