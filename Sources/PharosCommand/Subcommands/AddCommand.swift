public import ArgumentParser
public import CacheStorage
import ContextCaching
import Foundation
import Pipelines
import SystemPackage

extension KeyValueEncoding: ExpressibleByArgument {
    /// The encoding that a pipeline file names.
    init(_ values: ValueEncoding) {
        switch values {
        case .f32: self = .f32
        case .f16: self = .f16
        case .int8: self = .int8
        case .int4: self = .int4
        }
    }
}

struct AddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Compress files or folders into a store, without a pipeline file.",
        discussion: "Example: pharos add Samples/manuals --collection manuals --store /tmp/store")

    @Argument(help: "Files, folders or patterns; '-' is standard input.")
    var paths: [String]

    @Option(help: "The collection that the documents join.")
    var collection: String?

    @OptionGroup var store: StoreOptions

    @OptionGroup var model: ModelOptions

    @Option(
        help:
            """
            Raw tokens per beacon, or 'adaptive' for the checkpoint's own rule. \
            (default: \(CompressionDefaults.ratio))
            """)
    var ratio: String?

    @Option(help: "'document', or how many windows begin with a fresh memory, such as '4 windows'.")
    var segment: String = SegmentRule.windows(CompressionDefaults.segmentWindows).description

    @Option(help: "Raw tokens of a window. (default: the model's own)")
    var window: Int?

    @Option(help: "How keys and values are stored: f32, f16, int8 or int4.")
    var values = KeyValueEncoding(CompressionDefaults.values)

    @Option(help: "zstd level, 1 to 19.")
    var zstd = CompressionDefaults.zstdLevel

    @Option(help: "Documents in work at a time. (default: one per thread)")
    var jobs: Int?

    @Flag(help: "Print one JSON object per document, then a summary.")
    var json = false

    func run() async throws {
        let name = try model.environment.resolve(flag: collection, .collection) as String?
        guard let collection = name else {
            throw CommandError(.usage, "the documents need a collection", hint: "name one with --collection")
        }
        guard collection.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]{0,63}/) != nil else {
            throw CommandError(
                .usage, "--collection is '\(collection)'",
                hint: "give up to 64 letters, digits, '.', '_' and '-', with a letter or digit first")
        }
        guard (1...19).contains(zstd) else {
            throw CommandError(.usage, "--zstd is \(zstd)", hint: "give 1 to 19")
        }
        let ratio = try model.environment.resolve(
            flag: ratio, .ratio, default: String(CompressionDefaults.ratio))
        var request = RunRequest(
            adding: try SourcePaths.checked(paths), collection: collection, store: try store.path,
            compression: try CompressionChoice.settings(ratio: ratio, segment: segment, window: window),
            storage: StorageSettings(keys: values, values: values, level: zstd))
        request.key = try store.encryption.key()
        var action = RunAction(
            request: request, loaded: try model.load(), json: json, command: "add --collection \(collection)")
        action.options.threads = try model.threadCount()
        action.options.jobs = try JobCount.resolve(jobs, threads: action.options.threads)
        action.options.removesMissing = false
        try action.perform()
    }
}
