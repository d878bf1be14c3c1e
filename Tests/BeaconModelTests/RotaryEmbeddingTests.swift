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
            var original_max_position_embeddings: Int?
            var low_freq_factor: Double?
            var high_freq_factor: Double?
        }
        var name: String
        var head_dim: Int
        var base: Double
        var max_position_embeddings: Int
        var length: Int
        var positions: [Int]
        var rope_scaling: Scaling?

        func scaling() -> RotaryScaling {
            guard let rope_scaling else { return .none }
            switch rope_scaling.type {
            case "linear": return .linear(factor: rope_scaling.factor)
            case "dynamic": return .dynamic(factor: rope_scaling.factor)
            case "yarn": return .yarn(factor: rope_scaling.factor)
            default:
                return .llama3(
                    factor: rope_scaling.factor,
                    originalLength: rope_scaling.original_max_position_embeddings ?? 0,
                    lowFrequency: rope_scaling.low_freq_factor ?? 0,
                    highFrequency: rope_scaling.high_freq_factor ?? 0)
            }
        }
    }

    @Test func tablesAreTheReferences() throws {
        let file = try SafetensorsFile(mapping: FilePath(Fixtures.url("rope/tables.safetensors").path))
        for entry in try Fixtures.decode([Entry].self, "rope/tables.json") {
            let rotary = RotaryEmbedding(
                headDim: entry.head_dim, base: entry.base, scaling: entry.scaling(),
                trainedLength: entry.max_position_embeddings)
            let table = rotary.dependsOnLength
                ? rotary.table(seen: entry.length) : rotary.table(covering: entry.length)
            let half = entry.head_dim / 2
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
