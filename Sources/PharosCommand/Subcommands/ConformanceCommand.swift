import ArgumentParser
import BeaconTraining
import Evaluation
import Foundation
import SystemPackage
import Tensors

struct ConformanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Hold the engine against reference values, tensor by tensor.",
        discussion: """
            Each case is a directory with config.json, case.json and expected.safetensors. Prints the largest \
            difference per tensor; exits with 1 if one exceeds the tolerance.

            Example: pharos conformance fixtures/beacon/*
            """)

    @Argument(help: "Directories of cases; other directories are passed over.")
    var cases: [String]

    @Option(help: "Largest absolute difference allowed; relative for training cases.")
    var tolerance: Double = 1e-4

    @Option(help: "The number format of the matrices: f32, bf16 or int8.")
    var weights: WeightFormat = .f32

    @Option(help: "Threads that compute.")
    var threads = 1

    @Flag(help: "Print one JSON object per case.")
    var json = false

    private struct Line: Encodable {
        var name: String
        var pass: Bool
        var tensors: [String: Double]
        /// Largest difference relative to its tensor's largest magnitude.
        var relative: Double?
        var note: String?
    }

    func run() async throws {
        let paths = cases.map { FilePath($0) }.filter {
            FileManager.default.fileExists(atPath: $0.appending("case.json").string)
        }
        guard !paths.isEmpty else {
            throw CommandError(.badInput, "none of the directories holds a case.json")
        }
        var failures = 0
        for path in paths {
            let line: Line
            do {
                line = try measure(path)
            } catch {
                // A case that cannot be loaded hides none of the others.
                line = Line(
                    name: path.lastComponent?.string ?? path.string, pass: false, tensors: [:],
                    note: ErrorReport.reports(of: error).map(\.message).joined(separator: "; "))
            }
            if !line.pass { failures += 1 }
            try show(line)
        }
        if !json {
            try StandardStream.output.write("\(paths.count - failures) of \(paths.count) cases pass\n")
        }
        if failures > 0 { throw FinishedWithStatus(.failed) }
    }

    private func measure(_ path: FilePath) throws -> Line {
        if try Conformance.isTraining(path) {
            let report = try TrainingConformance.run(path, tolerance: tolerance)
            return Line(
                name: path.lastComponent?.string ?? path.string, pass: report.pass,
                tensors: report.differences)
        }
        let conformance = Conformance(
            tolerance: tolerance, format: weights, context: ComputeContext(threads: threads))
        let result = try conformance.run(path)
        let note = result.differsByDesign.map { "differs by design: \($0)" } ?? result.planMismatch
        return Line(
            name: result.name, pass: result.pass, tensors: result.tensors, relative: result.relative,
            note: note)
    }

    private func show(_ line: Line) throws {
        guard !json else { return try JSONLines(StandardStream.output).write("case", line) }
        let worst = line.tensors.max { ($0.value, $1.key) < ($1.value, $0.key) }
        var text = "\(line.pass ? "pass" : "FAIL")  \(line.name)"
        if let worst { text += "  largest \(Self.short(worst.value)) in \(worst.key)" }
        if let note = line.note { text += "  \(note)" }
        if !line.pass {
            for (name, value) in line.tensors.sorted(by: { $0.key < $1.key }) where value > tolerance {
                text += "\n      \(name)  \(Self.short(value))"
            }
        }
        try StandardStream.output.write(text + "\n")
    }

    private static func short(_ value: Double) -> String { String(format: "%.2e", value) }
}
