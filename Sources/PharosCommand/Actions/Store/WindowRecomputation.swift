import CacheStorage
import ContextCaching
import Documents
import FileAccess
import Foundation
import SystemPackage
import Tensors

/// Compresses documents again into a temporary directory and compares windows with the stored ones bit for bit.
final class WindowRecomputation {
    /// How one window came out.
    struct Outcome: Encodable {
        enum Result: String, Encodable {
            case equal, differs, unreadable
            case otherModel = "other-model"
        }

        var document: String
        var cache: String
        var window: Int
        var result: Result
        var message: String?

        var text: String { "window \(window) of \(document): \(message ?? result.rawValue)\n" }
    }

    /// Ends a compression whose later windows are of no interest.
    private struct Enough: Error {}

    private let store: CacheStore
    private let model: ModelOptions
    private var models: [WeightFormat?: LoadedModel] = [:]

    init(store: CacheStore, model: ModelOptions) {
        self.store = store
        self.model = model
    }

    /// Recomputes the chosen windows of a document's cache.
    func outcomes(of choice: WindowSample.Choice) throws -> [Outcome] {
        let (document, cache, windows) = (choice.document, choice.cache, choice.windows)
        guard let last = windows.last else { return [] }
        let name = "\(document.collection)/\(document.id)"
        func all(_ result: Outcome.Result, _ message: String) -> [Outcome] {
            windows.map {
                Outcome(document: name, cache: cache, window: $0, result: result, message: message)
            }
        }
        let directory = FilePath(FileManager.default.temporaryDirectory.path).appending(
            "pharos-verify-\(UUID().uuidString)")
        defer { removeDirectory(directory) }
        do {
            let stored = try store.openCache(digest: cache)
            let loaded = try loadedModel(stored.identity)
            let recipe = try ContextRecipe(
                loaded, askedOf: stored.identity, normaliser: TextNormalizer.version)
            let identity = try recipe.identity(textDigest: document.textDigest)
            try identity.require(stored.identity)
            let (tokens, plan) = try recipe.plan(try store.text(of: document))
            let layout = recipe.layout(plan)
            let writer = try store.scratchWriter(
                identity, layout: layout, level: recipe.storage.level, in: directory)
            let needed = Self.place(ofWindow: last, in: layout) + 1
            do {
                try ContextCompressor(recipe, context: try model.context()).compress(
                    tokens, plan, into: writer
                ) { _ in
                    if writer.itemCount >= needed { throw Enough() }
                }
            } catch is Enough {}
            return try windows.map { window in
                var outcome = Outcome(document: name, cache: cache, window: window, result: .equal)
                let computed = try writer.block(.window(window))
                do {
                    if !Self.areEqual(computed, try stored.block(.window(window))) {
                        outcome.result = .differs
                        outcome.message = "the stored keys and values are not those that the model computes"
                    }
                } catch let error as CacheStorageError where error.code == .damaged {
                    outcome.result = .unreadable
                    outcome.message = error.message
                }
                return outcome
            }
        } catch let error as CacheStorageError where error.code == .identity {
            return all(.otherModel, error.message)
        } catch let error as CacheStorageError
            where [.damaged, .format, .missing].contains(error.code)
        {
            return all(.unreadable, error.message)
        }
    }

    private func loadedModel(_ identity: CacheIdentity) throws -> LoadedModel {
        let format = ModelOptions.format(of: identity)
        if let loaded = models[format] { return loaded }
        let loaded = try model.load(for: nil, in: store, like: identity)
        models[format] = loaded
        return loaded
    }

    private func removeDirectory(_ directory: FilePath) {
        guard FileManager.default.fileExists(atPath: directory.string) else { return }
        do {
            try FileManager.default.removeItem(atPath: directory.string)
        } catch {
            // What remains lies in the temporary directory, which is the system's to clear.
            return
        }
    }

    /// How many items are written before a window.
    private static func place(ofWindow number: Int, in layout: ContextCacheLayout) -> Int {
        var place = 0
        var windows = 0
        for segment in layout.segments {
            if segment.sinkEntries > 0 { place += 1 }
            if number < windows + segment.windows.count { return place + number - windows }
            windows += segment.windows.count
            place += segment.windows.count + (segment.raw.isEmpty ? 0 : 1)
        }
        return place
    }

    private static func areEqual(_ left: KeyValueBlock, _ right: KeyValueBlock) -> Bool {
        func same(_ left: [Float], _ right: [Float]) -> Bool {
            left.count == right.count && zip(left, right).allSatisfy { $0.bitPattern == $1.bitPattern }
        }
        return left.entries == right.entries && left.layers == right.layers && same(left.keys, right.keys)
            && same(left.values, right.values)
    }
}
