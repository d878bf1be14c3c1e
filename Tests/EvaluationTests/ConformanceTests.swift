import BeaconModel
import Evaluation
import Foundation
import SystemPackage
import Tensors
import Testing

/// The engine against values computed by the paper authors' published implementation.
@Suite struct ConformanceTests {
    static let cases: [String] = {
        guard let root = Bundle.module.resourceURL?.appendingPathComponent("Fixtures/beacon") else {
            return []
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        return names.filter { !$0.hasPrefix("train-") && $0 != "models" }.sorted()
    }()

    @Test func everyCaseIsThere() { #expect(Self.cases.count == 50) }

    @Test(arguments: cases)
    func valuesEqualTheReferences(name: String) throws {
        let root = try #require(Bundle.module.resourceURL)
        let path = FilePath(root.appendingPathComponent("Fixtures/beacon/\(name)").path)
        let result = try Conformance(context: ComputeContext(threads: 1)).run(path)
        #expect(result.pass, "\(result.planMismatch ?? "") \(result.tensors.filter { $0.value > 1e-4 })")
        #expect(!result.tensors.isEmpty)
    }

    /// Without beacons a call is one pass to the reference, whatever the window: angles that depend on the length
    /// depend on all of it.
    @Test func dynamicAnglesOfThePlainModelAreTheWholeCalls() throws {
        let directory = try EvaluationFixtures.model("qwen2-a")
        var configuration = try ModelConfiguration(directory: directory)
        configuration.rotaryScaling = .dynamic(factor: 2)
        configuration.maxPositions = 32
        let tokens = (0..<80).map { Int32($0 * 7 % 97) }
        func logits(windowSize: Int) throws -> [Float] {
            configuration.beacon.windowSize = windowSize
            let model = try LanguageModel(directory: directory, configuration: configuration)
            let sequence = BeaconSequence(model, isCompressing: false, context: ComputeContext(threads: 1))
            return try #require(try sequence.feed(tokens))
        }
        let whole = try logits(windowSize: 96)
        let largest = zip(try logits(windowSize: 16), whole).map { abs($0 - $1) }.max() ?? .infinity
        #expect(largest < 1e-4)
    }
}
