import CacheStorage
import FileAccess
import Foundation
import SystemPackage
import Testing

@testable import PharosCommand

/// The checkpoint of a store's runs is found again, newest first, and never one that is gone.
@Suite struct RecordedModelTests {
    @Test func newestRunOfTheCollectionDecides() throws {
        let base = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: base) }
        let root = FilePath(base.path(percentEncoded: false))
        try FileSystem.createDirectory(root)
        let store = try CacheStore.create(root.appending("store"), createdBy: "test", command: "test")
        #expect(try RecordedModel.directory(of: nil, in: store) == nil)
        for (number, (collection, model)) in [("a", "old"), ("a", "new"), ("b", "other")].enumerated() {
            try FileSystem.createDirectory(root.appending(model))
            let id = "\(number)"
            try store.beginRun(
                RunRecord(
                    id: id, collection: collection, command: "run", version: "1", definition: "",
                    started: number))
            try FileSystem.createDirectory(store.paths.run(id))
            try RecordedModel.write(root.appending(model), in: store.paths.run(id))
        }
        #expect(try RecordedModel.directory(of: "a", in: store) == root.appending("new"))
        #expect(try RecordedModel.directory(of: "b", in: store) == root.appending("other"))
        #expect(try RecordedModel.directory(of: nil, in: store) == root.appending("other"))
        #expect(try RecordedModel.directory(of: "c", in: store) == nil)
        try FileManager.default.removeItem(atPath: root.appending("new").string)
        #expect(try RecordedModel.directory(of: "a", in: store) == nil)
    }
}
