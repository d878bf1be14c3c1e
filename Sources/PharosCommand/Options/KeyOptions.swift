import ArgumentParser
import CacheStorage
import Foundation
import SystemPackage

/// The key of an encrypted store.
struct KeyOptions: ParsableArguments {
    @Option(help: "The file with the key of an encrypted store. (default: $PHAROS_KEY_FILE)")
    var keyFile: String?

    /// The key, or nil for a store that is not encrypted.
    ///
    /// - Parameter file: what a pipeline file names.
    /// - Throws: `CacheStorageError` of code `key` where the file cannot be read or others may read it.
    func key(file: FilePath? = nil) throws -> StoreKey? {
        let environment = EnvironmentSettings(ProcessInfo.processInfo.environment)
        let path = try environment.resolve(flag: keyFile, .keyFile, file: file?.string) as String?
        return try path.map { try StoreKey(contentsOf: FilePath($0)) }
    }
}
