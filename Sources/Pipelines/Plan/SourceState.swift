import CacheStorage
import ContextCaching
import Documents
import FileAccess
import Foundation

/// All that decides a run's plan but the store, in a digest: what is read, how, and the state of every file.
///
/// Files with equal states have not been written in between; none is opened for it.
struct SourceState: Sendable, Hashable {
    let digest: String

    /// nil where the sources cannot be told to be unchanged: one is standard input, in memory, missing, or still
    /// being written.
    init?(_ run: PipelineRun, now: Int) throws {
        guard run.sources.allSatisfy({ $0.content == nil }) else { return nil }
        var state = ContentDigest()
        func add(_ text: String) { state.update("\(text.utf8.count) \(text)\n") }
        add(run.options.program)
        add(run.collection)
        add(run.options.shard?.description ?? "")
        for recipe in [run.recipe, run.fine] {
            try add(recipe?.identity(textDigest: ContentDigest.hex(of: "")).digest ?? "")
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        for source in run.sources {
            add(String(decoding: try encoder.encode(source), as: UTF8.self))
            let files: [SourceFile]
            do { files = try source.files() } catch is DocumentFailure { return nil }
            for file in files {
                // A pipe has no length. A file that was written just now may be written again without a sign.
                guard file.problem == nil, let found = FileState(file.path), found.byteCount > 0,
                    found.lastChange < now - 2
                else { return nil }
                add(file.name)
                add(found.text)
            }
        }
        digest = state.hex()
    }
}
