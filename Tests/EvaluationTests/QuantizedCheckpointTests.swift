import BeaconModel
import Foundation
import SystemPackage
import Tensors
import Testing

@Suite struct QuantizedCheckpointTests {
    let tokens: [Int32] = (0..<70).map { $0 * 37 % 96 }

    private func logits(_ directory: FilePath, _ format: WeightFormat) throws -> [Float] {
        let sequence = BeaconSequence(
            try LanguageModel(directory: directory, format: format), context: ComputeContext(threads: 1))
        return try #require(try sequence.feed(tokens))
    }

    @Test(arguments: ["qwen2-a"])
    func aQuantizedCopyGivesWhatQuantizingAtLoadGives(_ name: String) throws {
        let source = try EvaluationFixtures.model(name)
        let root = FilePath(NSTemporaryDirectory()).appending("quantized-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: root.string) }
        let copies = ["one", "two"].map { root.appending($0) }
        for (threads, copy) in zip([1, 2], copies) {
            try QuantizedCheckpoint.write(
                source, to: copy, groupSize: 64, using: ComputeContext(threads: threads))
        }
        let files = try copies.map {
            try Data(contentsOf: URL(fileURLWithPath: $0.appending("model.safetensors").string))
        }
        #expect(files[0] == files[1])
        let quantized = try logits(copies[0], .int8)
        let exact = try logits(source, .f32)
        #expect(relativeError(quantized, exact) < 0.05)
        #expect(throws: ModelError.self) { try LanguageModel(directory: copies[0], format: .f32) }
        #expect(throws: ModelError.self) {
            try QuantizedCheckpoint.write(
                copies[0], to: root.appending("x"), using: ComputeContext(threads: 1))
        }
        #expect(throws: ModelError.self) {
            try QuantizedCheckpoint.write(source, to: copies[0], using: ComputeContext(threads: 1))
        }
    }

    private func relativeError(_ values: [Float], _ reference: [Float]) -> Double {
        let difference = zip(values, reference).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
        return (difference / reference.reduce(0.0) { $0 + Double($1) * Double($1) }).squareRoot()
    }
}
