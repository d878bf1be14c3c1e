import ArgumentParser
import BundledModel
import CacheStorage
import ContextCaching
import Foundation
import SystemPackage
import Tensors
import Tokenization

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Show versions, kernels, model and store, and what is wrong with them.",
        discussion: "Example: pharos doctor --store Samples/store")

    @OptionGroup var store: StoreOptions

    @OptionGroup var model: ModelOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Finding: Encodable {
        var name: String
        var value: String
        var ok: Bool
    }

    private struct Report: Encodable {
        var findings: [Finding]
    }

    func run() async throws {
        var findings = [
            Finding(name: "pharos", value: Pharos.version, ok: true),
            Finding(
                name: "processors", value: String(ProcessInfo.processInfo.activeProcessorCount), ok: true),
            Finding(
                name: "memory", value: HumanFormat.bytes(Int(ProcessInfo.processInfo.physicalMemory)),
                ok: true),
        ]
        findings += try kernels()
        findings.append(
            check("model") {
                let hasStore = FileManager.default.fileExists(atPath: try store.path.string)
                // What made the store's caches is what questions to it need.
                let loaded = try hasStore ? model.load(for: nil, in: store.open()) : model.load()
                return
                    "\(loaded.directory) (\(loaded.layout.family.rawValue) layout, \(loaded.tokenizer.vocabularySize) tokens)"
            })
        findings.append(
            check("store") {
                let path = try store.path
                guard FileManager.default.fileExists(atPath: path.string) else { return "\(path): none yet" }
                let statistics = try store.open().statistics()
                return
                    "\(path): \(statistics.documents) documents, \(HumanFormat.bytes(statistics.cacheBytes))"
            })
        for warning in model.environment.unknownVariables {
            findings.append(Finding(name: "environment", value: warning, ok: false))
        }
        if json {
            try JSONLines(StandardStream.output).write("doctor", Report(findings: findings))
        } else {
            var table = TextTable([.init("what"), .init(""), .init("finding")])
            for finding in findings { table.add([finding.name, finding.ok ? "ok" : "!!", finding.value]) }
            try StandardStream.output.write(table.text)
        }
        if findings.contains(where: { !$0.ok }) { throw FinishedWithStatus(.failed) }
    }

    /// What products are computed with, and with what they could be.
    private func kernels() throws -> [Finding] {
        let report = KernelReport(try model.context())
        let products = report.products.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.key.rawValue): \($0.value)" }.joined(separator: ", ")
        let available = report.available.map { "\($0)" }.joined(separator: ", ")
        return [
            Finding(
                name: "kernels",
                value: "\(report.instructionSet) of \(available); \(products); \(report.threads) threads",
                ok: true),
            Finding(
                name: "OpenBLAS", value: "\(report.blasCore) kernels; \(report.blasConfiguration)", ok: true),
        ]
    }

    private func check(_ name: String, _ body: () throws -> String) -> Finding {
        do {
            return Finding(name: name, value: try body(), ok: true)
        } catch {
            return Finding(
                name: name, value: ErrorReport.reports(of: error).map(\.message).joined(separator: "; "),
                ok: false)
        }
    }
}
