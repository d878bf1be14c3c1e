import BundledModel
import CacheStorage
import ContextCaching
import FileAccess
import Foundation
import SystemPackage
import Tokenization

/// The checkpoint and layout that a run was made with, noted beside the run, so that questions find them again.
///
/// A hint and no more: whether caches belong to the model that is found there is decided by their identities.
struct RecordedModel: Hashable {
    var directory: FilePath
    var template: PromptLayout.Family?

    private static let fileName = "model"
    private static let bundled = "bundled"

    /// Notes the model in a run's directory: the checkpoint's path, then the layout's name, a line each.
    static func write(_ loaded: LoadedModel, in run: FilePath) throws {
        try write(loaded.directory, loaded.layout.family, in: run)
    }

    static func write(_ directory: FilePath, _ template: PromptLayout.Family, in run: FilePath) throws {
        let name =
            directory == BundledModel.directory
            ? bundled : URL(filePath: directory.string).standardizedFileURL.path(percentEncoded: false)
        try AtomicFile.replace(
            run.appending(fileName), with: Array("\(name)\n\(template.rawValue)\n".utf8))
    }

    /// Throws where the checkpoint is there no more: another in its place could only be refused.
    func checkPresence() throws {
        guard FileManager.default.fileExists(atPath: directory.string) else {
            throw CommandError(
                .badInput, "the checkpoint that the caches were made with is no longer at \(directory)",
                hint: "name its directory with --model")
        }
    }

    /// The model of the newest run of `collection`, or of any; nil where none is noted.
    static func find(of collection: String?, in store: CacheStore) throws -> RecordedModel? {
        let runs = try store.runs().filter { collection == nil || $0.collection == collection }
        for run in runs.sorted(by: { ($0.started, $0.id) > ($1.started, $1.id) }) {
            let path = store.paths.run(run.id).appending(fileName)
            guard let data = FileManager.default.contents(atPath: path.string) else { continue }
            let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
            guard let name = lines.first else { continue }
            let template = lines.dropFirst().first.flatMap(PromptLayout.Family.init(rawValue:))
            if name == bundled {
                return BundledModel.directory.map { RecordedModel(directory: $0, template: template) }
            }
            return RecordedModel(directory: FilePath(name), template: template)
        }
        return nil
    }
}
