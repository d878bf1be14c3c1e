import ArgumentParser
import Evaluation
import Foundation
import SystemPackage
import Tensors

struct ConformanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Hold the engine against reference values, tensor by tensor.",
        discussion: """
            Each case is a directory with config.json, case.json and expected.safetensors. Exits with 1 if a \
            difference exceeds the tolerance.

            Example: pharos conformance fixtures/beacon/*
            """)

    @Argument(help: "Directories of cases; other directories are passed over.")
    var cases: [String]

    @Option(help: "Largest absolute difference allowed.")
    var tolerance: Double = 1e-4

    @Flag(help: "Print one JSON object per case.")
    var json = false

    func run() async throws {
        let conformance = Conformance(tolerance: tolerance, format: .f32, context: ComputeContext(threads: 2))
        var failures = 0
        for path in cases.map({ FilePath($0) }) {
            guard FileManager.default.fileExists(atPath: path.appending("case.json").string) else { continue }
            guard try !Conformance.isTraining(path) else { continue }
            let result = try conformance.run(path)
            let worst = result.tensors.values.max() ?? 0
            print(result.name, worst, result.pass, result.differsByDesign ?? "", result.planMismatch ?? "", result.pass ? "" : "\(result.tensors)")
            if !result.pass { failures += 1 }
        }
        print(failures)
    }
}
