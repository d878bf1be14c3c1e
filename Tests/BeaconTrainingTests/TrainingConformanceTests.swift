import BeaconModel
import BeaconTraining
import Foundation
import SystemPackage
import Testing

struct TrainingConformanceTests {
    @Test(
        "Losses, gradients and optimizer steps equal the authors' implementation",
        arguments: ["train-append", "train-interleave", "train-llama-sink-masked-labels"], [nil, 1, 2])
    func matches(name: String, segmentsPerPass: Int?) throws {
        let report = try TrainingConformance.run(
            Fixtures.directory.appending(name), segmentsPerPass: segmentsPerPass)
        let worst = report.differences.sorted { $0.value > $1.value }.prefix(5)
        #expect(report.pass, "\(worst)")
        #expect(report.differences.count > 6)
    }

    /// One layer's lack is every layer's: all are copies of the ordinary ones then (reference §2).
    @Test(arguments: ["weight", "bias"])
    func aProjectionThatOneLayerLacksIsCopiedInAll(part: String) throws {
        let source = Fixtures.directory.appending("models/qwen2-qkvo")
        let directory = try TemporaryDirectory()
        for name in ["config.json", "model.safetensors"] {
            var bytes = try Data(contentsOf: URL(filePath: source.appending(name).string))
            if let place = bytes.range(of: Data("layers.1.self_attn.beacon_q_proj.\(part)".utf8)) {
                bytes.replaceSubrange(place, with: Data("layers.1.self_attn.beacon_x_proj.\(part)".utf8))
            }
            try bytes.write(to: URL(filePath: directory.path.appending(name).string))
        }
        let parameters = try ModelParameters(
            ModelConfiguration(directory: directory.path), checkpoint: Checkpoint(directory: directory.path))
        for layer in 0..<2 {
            let name = "model.layers.\(layer).self_attn."
            for part in ["weight", "bias"] {
                #expect(parameters[name + "beacon_q_proj.\(part)"] == parameters[name + "q_proj.\(part)"])
            }
            #expect(parameters[name + "beacon_k_proj.weight"] != parameters[name + "k_proj.weight"])
        }
    }
}

enum Fixtures {
    static var directory: FilePath {
        FilePath(URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures").path)
    }
}
