public import ArgumentParser
import BundledModel
import CacheStorage
import ContextCaching
import Foundation
import Pipelines
import SystemPackage
public import Tensors
public import Tokenization

extension WeightFormat: ExpressibleByArgument {}
extension InstructionSet: ExpressibleByArgument {}
extension PromptLayout.Family: ExpressibleByArgument {}

/// Which model a command runs, and how.
struct ModelOptions: ParsableArguments {
    @Option(
        help: """
            A checkpoint directory, or 'bundled'. (default: the pipeline's, else what made the store's caches, else \
            bundled)
            """)
    var model: String?

    @Option(
        help: """
            The number format of the matrices: f32, bf16 or int8. (default: the pipeline's, else what made the store's \
            caches, else f32)
            """)
    var weights: WeightFormat?

    @Option(
        help: """
            What stands around documents and questions. (default: the pipeline's, else that of the store's caches, \
            else what the tokenizer's special tokens speak for)
            """)
    var template: PromptLayout.Family?

    @Option(help: "Threads that compute. (default: one per processor)")
    var threads: Int?

    /// Environment variables fill in what the flags leave open.
    var environment: EnvironmentSettings { EnvironmentSettings(ProcessInfo.processInfo.environment) }

    /// The checkpoint's directory.
    ///
    /// - Parameter file: what the pipeline file names.
    func directory(file: FilePath? = nil) throws -> FilePath {
        let name = try environment.resolve(flag: model, .model, file: file?.string, default: "bundled")
        guard name == "bundled" else { return FilePath(name) }
        guard let directory = BundledModel.directory else {
            throw CommandError(
                .badInput, "the bundled model is missing beside the program",
                hint: "keep the program with its .resources folder, or name a checkpoint with --model")
        }
        return directory
    }

    func format(file: WeightFormat? = nil) throws -> WeightFormat {
        try environment.resolve(flag: weights, .weights, file: file, default: .f32)
    }

    func threadCount() throws -> Int {
        let count = try environment.resolve(
            flag: threads, .threads, default: ProcessInfo.processInfo.activeProcessorCount)
        guard (1...1024).contains(count) else {
            throw CommandError(.usage, "--threads is \(count)", hint: "give 1 to 1024")
        }
        return count
    }

    func context() throws -> ComputeContext { ComputeContext(threads: try threadCount()) }

    /// Loads the model that a collection's caches were made with, and computes as they were, unless flags or environment
    /// say otherwise.
    ///
    /// - Parameters:
    ///   - collection: any when nil.
    ///   - identity: a cache's that tells how; the store's first one's when nil.
    func load(
        for collection: String?, in store: CacheStore, like identity: CacheIdentity? = nil
    ) throws -> LoadedModel {
        let identity = try identity ?? store.firstCache(in: collection)?.identity
        let recorded = try RecordedModel.find(of: collection, in: store)
        let isGiven = try environment.resolve(flag: model, .model) as String? != nil
        if !isGiven { try recorded?.checkPresence() }
        return try load(
            file: recorded?.directory, format: identity.flatMap(Self.format(of:)),
            template: recorded?.template)
    }

    /// The number format of the matrices that a cache was computed with.
    static func format(of identity: CacheIdentity) -> WeightFormat? {
        WeightFormat(rawValue: identity["compute.weights"] ?? "")
    }

    /// What stands around documents and questions; nil where the tokenizer is to tell.
    func layout(file: PromptLayout.Family? = nil) throws -> PromptLayout? {
        try (environment.resolve(flag: template, .template, file: file) as PromptLayout.Family?)
            .map(PromptLayout.init)
    }

    func load(
        file: FilePath? = nil, format: WeightFormat? = nil, template: PromptLayout.Family? = nil
    ) throws -> LoadedModel {
        try LoadedModel(
            directory: try directory(file: file), format: try self.format(file: format),
            layout: try layout(file: template), using: try context())
    }
}
