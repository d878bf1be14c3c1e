import BeaconModel
import Evaluation
import Foundation
import Safetensors
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

    /// A case whose expectations are wrong anywhere does not pass: every number of the plan, the sizes, the losses and
    /// every tensor is held against the engine's.
    @Test(arguments: ["qwen2-interleave-ratio2", "llama-append-segmentation-attend-prev", "qwen2-ratio0"])
    func wrongExpectationsAreNoticed(name: String) throws {
        let fixtures = FilePath(try #require(Bundle.module.resourceURL).path).appending("Fixtures/beacon")
        let copy = FilePath(NSTemporaryDirectory()).appending("pharos-case-\(UUID().uuidString)")
        try FileManager.default.copyItem(
            atPath: fixtures.appending(name).string, toPath: copy.string)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: copy.string) } }
        let file = copy.appending("case.json")
        let data = try #require(FileManager.default.contents(atPath: file.string))
        var original = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let model = try #require(original["model"] as? String)
        original["model"] = fixtures.appending(name).pushing(FilePath(model)).lexicallyNormalized().string
        func passes() throws -> Bool {
            try Conformance(context: ComputeContext(threads: 1)).run(copy).pass
        }
        func write(_ object: [String: Any]) throws {
            try JSONSerialization.data(withJSONObject: object).write(to: URL(filePath: file.string))
        }
        try write(original)
        try #require(try passes())

        for path in JSONPath.numbers(in: original) where !path.isInformation {
            try write(try #require(path.changing(original) as? [String: Any]))
            #expect(try !passes(), "\(path)")
        }
        try write(original)

        let tensors = copy.appending("expected.safetensors")
        let bytes = try #require(FileManager.default.contents(atPath: tensors.string))
        let headerSize = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        for tensor in try SafetensorsFile(mapping: tensors).tensors where !tensor.byteRange.isEmpty {
            var damaged = bytes
            // The high byte of the last element: another exponent, another number, another flag.
            damaged[damaged.startIndex + 8 + headerSize + tensor.byteRange.upperBound - 1] ^= 1
            try damaged.write(to: URL(filePath: tensors.string))
            #expect(try !passes(), "\(tensor.name)")
        }
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

/// The way to a number within JSON.
private struct JSONPath: CustomStringConvertible {
    enum Step {
        case key(String)
        case index(Int)
    }
    var steps: [Step]

    var description: String {
        steps.map { step in
            switch step {
            case .key(let key): ".\(key)"
            case .index(let index): "[\(index)]"
            }
        }.joined()
    }

    /// What tells of the case or of how it was made, and expects nothing.
    var isInformation: Bool {
        steps.contains {
            guard case .key(let key) = $0 else { return false }
            return ["min_top2_gap", "max_abs_difference_eager_vs_sdpa", "index", "tokens"].contains(key)
        }
    }

    /// The first and the last number of each kind of place.
    static func numbers(in value: Any) -> [JSONPath] {
        var kinds: [String: (first: JSONPath, last: JSONPath)] = [:]
        func visit(_ value: Any, _ path: JSONPath, _ kind: String) {
            switch value {
            case let object as [String: Any]:
                for (key, child) in object {
                    visit(child, JSONPath(steps: path.steps + [.key(key)]), kind + "." + key)
                }
            case let list as [Any]:
                for (index, child) in list.enumerated() {
                    visit(child, JSONPath(steps: path.steps + [.index(index)]), kind + "[]")
                }
            case is NSNumber: kinds[kind] = (kinds[kind]?.first ?? path, path)
            default: break
            }
        }
        visit(value, JSONPath(steps: []), "")
        return kinds.sorted { $0.key < $1.key }.flatMap { [$0.value.first, $0.value.last] }
    }

    /// `root` with another number here.
    func changing(_ root: Any) -> Any {
        let isFlag = if case .key("full_window") = steps.last { true } else { false }
        return changing(root, isFlag: isFlag)
    }

    private func changing(_ root: Any, isFlag: Bool) -> Any {
        guard let step = steps.first else {
            let number = root as? NSNumber ?? 0
            if isFlag { return number == 0 }
            let isWhole = number.doubleValue == number.doubleValue.rounded()
            return isWhole ? number.intValue ^ 1 : number.doubleValue + 0.5
        }
        let rest = JSONPath(steps: Array(steps.dropFirst()))
        switch step {
        case .key(let key):
            var object = root as? [String: Any] ?? [:]
            object[key] = rest.changing(object[key] ?? 0, isFlag: isFlag)
            return object
        case .index(let index):
            var list = root as? [Any] ?? []
            if list.indices.contains(index) {
                list[index] = rest.changing(list[index], isFlag: isFlag)
            }
            return list
        }
    }
}
