import CacheStorage
import FileAccess
import Foundation
import SystemPackage
import Testing
import Tokenization

@testable import PharosCommand

/// The checkpoint of a store's runs is found again, newest first, and never one that is gone.
@Suite struct RecordedModelTests {
    @Test func newestRunOfTheCollectionDecides() throws {
        let base = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: base) }
        let root = FilePath(base.path(percentEncoded: false))
        try FileSystem.createDirectory(root)
        let store = try CacheStore.create(root.appending("store"), createdBy: "test", command: "test")
        #expect(try RecordedModel.find(of: nil, in: store) == nil)
        for (number, (collection, model)) in [("a", "old"), ("a", "new"), ("b", "other")].enumerated() {
            try FileSystem.createDirectory(root.appending(model))
            let id = "\(number)"
            try store.beginRun(
                RunRecord(
                    id: id, collection: collection, command: "run", version: "1", definition: "",
                    started: number))
            try FileSystem.createDirectory(store.paths.run(id))
            try RecordedModel.write(root.appending(model), .qwen, in: store.paths.run(id))
        }
        #expect(
            try RecordedModel.find(of: "a", in: store)
                == RecordedModel(directory: root.appending("new"), template: .qwen))
        #expect(
            try RecordedModel.find(of: "b", in: store)
                == RecordedModel(directory: root.appending("other"), template: .qwen))
        #expect(
            try RecordedModel.find(of: nil, in: store)
                == RecordedModel(directory: root.appending("other"), template: .qwen))
        #expect(try RecordedModel.find(of: "c", in: store) == nil)
        try FileManager.default.removeItem(atPath: root.appending("new").string)
        // Another model in its place could only be refused, one cache after the other.
        let error = #expect(throws: CommandError.self) { try RecordedModel.find(of: "a", in: store) }
        #expect(error?.message.contains("/new") == true)
    }
}
