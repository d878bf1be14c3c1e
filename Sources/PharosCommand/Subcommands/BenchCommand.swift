import ArgumentParser
import BeaconModel
import CacheStorage
import FileAccess
import Foundation
import SystemPackage
import Tensors

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure prefill, compression, decoding, restoring and answering on this machine.",
        discussion: """
            Runs on synthetic tokens, so any checkpoint works, with or without a tokenizer. Speeds are medians; \
            the spread is half the distance from the fastest to the slowest run. Arithmetic is a share of what \
            one core was measured to do at most, by CPU time.

            Example: pharos bench --model models/qwen2 --weights int8 --lengths 512,2048,8192 --depths 0,8192 --json > now.ndjson
            Example: pharos bench --model models/qwen2 --weights int8 --compare now.ndjson
            """)

    @OptionGroup var model: ModelOptions

    @Option(help: "Tokens of documents: for prefill and document.")
    var lengths = NumberList([512, 2048, 8192])

    @Option(help: "Tokens that the memory stands for: for decode, restore and first_token.")
    var depths = NumberList([0, 8192, 32768])

    @Option(
        help:
            "What to measure, with commas: prefill, document, products, decode, restore, first_token. (default: all)"
    )
    var work: String?

    @Option(help: "Raw tokens per beacon.")
    var ratio = 8

    @Option(help: "Raw tokens per window. (default: the model's own)")
    var window: Int?

    @Option(help: "Runs that count, after one that does not.")
    var `repeat` = 3

    @Option(help: "New tokens of a measurement of decoding.")
    var decodeTokens = 32

    @Option(help: "Encoding of stored keys and values: f32, f16, int8 or int4.")
    var values = KeyValueEncoding.int8

    @Option(help: "Results of an earlier run, as --json printed them.")
    var compare: String?

    @Flag(help: "Print one JSON object per measurement.")
    var json = false

    private struct Machine: Encodable {
        var instructions: String
        var threads: Int
        /// Per core: multiplications and additions per second by format, and bytes read per second.
        var operations: [String: Double]
        var bytesRead: Double

        private enum CodingKeys: String, CodingKey {
            case instructions, threads
            case operations = "operations_per_second"
            case bytesRead = "bytes_read_per_second"
        }
    }

    func run() async throws {
        let works = try chosenWork()
        let lengths = try lengths.checked("--lengths", in: 1...1 << 22)
        let depths = try depths.checked("--depths", in: 0...1 << 22)
        guard (0...1000).contains(`repeat`), (1...4096).contains(decodeTokens), (1...1024).contains(ratio)
        else {
            throw CommandError(.usage, "--repeat, --decode-tokens or --ratio is out of range")
        }
        let earlier = try compare.map { try Self.measurements(FilePath($0)) } ?? []
        let context = try model.context()
        let peak = MachinePeak(context, seconds: 0.8)
        let machine = Machine(
            instructions: "\(context.instructionSet)", threads: context.threads,
            operations: Dictionary(
                uniqueKeysWithValues: peak.operationsPerSecond.map { ($0.key.rawValue, $0.value) }),
            bytesRead: peak.bytesPerSecond)
        if json { try JSONLines(StandardStream.output).write("machine", machine) }
        let directory = FilePath(FileManager.default.temporaryDirectory.path)
            .appending("pharos-bench-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(
            atPath: directory.string, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: directory.string) }
        let benchmark = Benchmark(
            model: try LanguageModel(
                directory: try model.directory(), format: try model.format(), using: context),
            context: context, peak: peak, repetitions: `repeat`, ratio: ratio, window: window,
            decodeCount: decodeTokens, encoding: values, directory: directory)
        let settings = try benchmark.settings()
        var table = BenchmarkTable(earlier: earlier)
        func show(_ item: Measurement) throws {
            table.add(item)
            if json { try JSONLines(StandardStream.output).write("measurement", item) }
        }
        for work in works {
            switch work {
            case .prefill: for length in lengths { try show(try benchmark.prefill(length)) }
            case .document: for length in lengths { try show(try benchmark.document(length)) }
            case .products: try show(try benchmark.products())
            case .decode: for depth in depths { try show(try benchmark.decode(depth: depth)) }
            case .restore:
                for depth in depths where depth >= settings.windowSize {
                    try show(try benchmark.restore(depth: depth))
                }
            case .firstToken:
                for depth in depths where depth >= settings.windowSize {
                    try show(try benchmark.firstToken(depth: depth))
                }
            }
        }
        guard !json else { return }
        let speeds = WeightFormat.allCases.map {
            String(format: "\($0.rawValue) %.0f", (peak.operationsPerSecond[$0] ?? 0) / 1e9)
        }.joined(separator: ", ")
        try StandardStream.output.write(
            table.text + "One core at most: \(speeds) billion operations a second, "
                + String(format: "%.1f GB/s read; ", peak.bytesPerSecond / 1e9)
                + "\(context.instructionSet), \(context.threads) threads, \(benchmark.model.weightFormat.rawValue).\n"
        )
    }

    private func chosenWork() throws -> [Measurement.Work] {
        guard let work else { return Measurement.Work.allCases }
        return try work.split(separator: ",").map { name in
            guard let item = Measurement.Work(rawValue: String(name)) else {
                throw CommandError(
                    .usage, "--work names '\(name)'",
                    hint: "give " + Measurement.Work.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return item
        }
    }

    /// The measurements of a file of JSON lines; lines of other types are passed over.
    private static func measurements(_ path: FilePath) throws -> [Measurement] {
        struct Head: Decodable { var type: String }
        let decoder = JSONDecoder()
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path.string))
        } catch {
            throw CommandError(.badInput, "the earlier run cannot be read: \(path)")
        }
        return try data.split(separator: UInt8(ascii: "\n")).enumerated().compactMap { number, line in
            do {
                guard try decoder.decode(Head.self, from: line).type == "measurement" else { return nil }
                return try decoder.decode(Measurement.self, from: line)
            } catch {
                throw CommandError(
                    .badInput, "\(path):\(number + 1): the line is no measurement of 'pharos bench --json'")
            }
        }
    }
}
