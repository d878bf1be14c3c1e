import ArgumentParser
import CacheStorage
import FileAccess
import Foundation
import SystemPackage

/// Which store a command works on.
struct StoreOptions: ParsableArguments {
    @Option(help: "The store's directory. (default: $PHAROS_STORE, else ~/.pharos)")
    var store: String?

    @OptionGroup var encryption: KeyOptions

    var path: FilePath {
        get throws {
            let environment = EnvironmentSettings(ProcessInfo.processInfo.environment)
            if let path = try environment.resolve(flag: store, .store) as String? { return FilePath(path) }
            return FilePath(NSHomeDirectory()).appending(".pharos")
        }
    }

    func open(_ access: CacheStore.Access = .reading) throws -> CacheStore {
        try CacheStore(try path, access: access, key: try encryption.key())
    }

    /// Opens the store for writing, made where there is none.
    func create(command: String) throws -> CacheStore {
        try CacheStore.create(
            try path, createdBy: "pharos \(Pharos.version)", command: command, key: try encryption.key())
    }

    /// The collection that a flag, the environment or a store with only one names.
    static func collection(_ flag: String?, in store: CacheStore) throws -> String {
        let environment = EnvironmentSettings(ProcessInfo.processInfo.environment)
        let names = try store.collections()
        if let name = try environment.resolve(flag: flag, .collection) as String? {
            guard names.contains(name) else {
                throw CommandError(
                    .usage, "the store has no collection '\(name)'",
                    hint: names.isEmpty ? "it is empty" : "it has \(names.joined(separator: ", "))")
            }
            return name
        }
        guard let only = names.first, names.count == 1 else {
            throw CommandError(
                .usage, names.isEmpty ? "the store holds no documents" : "the store has several collections",
                hint: names.isEmpty
                    ? "run a pipeline or 'pharos add' first"
                    : "name one with --collection: \(names.joined(separator: ", "))")
        }
        return only
    }
}
