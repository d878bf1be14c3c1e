import BundledModel
import CacheStorage
import FileAccess
import Foundation
import SystemPackage

/// The checkpoint that a run was made with, noted beside the run, so that questions find it again.
///
/// A hint and no more: whether caches belong to the model that is found there is decided by their identities.
struct RecordedModel {
    private static let fileName = "model"
    private static let bundled = "bundled"

    /// Notes the checkpoint in a run's directory.
    static func write(_ directory: FilePath, in run: FilePath) throws {
        let name =
            directory == BundledModel.directory
            ? bundled : URL(filePath: directory.string).standardizedFileURL.path(percentEncoded: false)
        try AtomicFile.replace(run.appending(fileName), with: Array(name.utf8))
    }

    /// The checkpoint of the newest run of `collection`, or of any; nil where none is noted or it is there no more.
    static func directory(of collection: String?, in store: CacheStore) throws -> FilePath? {
        let runs = try store.runs().filter { collection == nil || $0.collection == collection }
        for run in runs.sorted(by: { ($0.started, $0.id) > ($1.started, $1.id) }) {
            guard
                let data = FileManager.default.contents(
                    atPath: store.paths.run(run.id).appending(fileName).string)
            else { continue }
            let name = String(decoding: data, as: UTF8.self)
            if name == bundled { return BundledModel.directory }
            return FileManager.default.fileExists(atPath: name) ? FilePath(name) : nil
        }
        return nil
    }
}
