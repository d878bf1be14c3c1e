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
}
