import BundledModel
import CacheStorage
import ContextCaching
import Documents
import FileAccess
import Foundation
import Pipelines
import SystemPackage
import Tensors
import Testing

@testable import HTTPService
@testable import PharosCommand

/// What the service is sent comes into an encrypted store as the collection's documents did.
@Suite final class StoreIntakeTests {
    private let root: FilePath
    private let intake: StoreIntake

    private struct Silent: RunObserver {
        func advanced(tokens: Int) {}
        func finished(_ document: DocumentOutcome) {}
        func failed(_ failure: DocumentFailure, document: String?) {}
    }

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "intake-\(UUID().uuidString)")
        root = FilePath(url.path(percentEncoded: false))
        try FileSystem.createDirectory(root)
        try StoreKey.create(root.appending("key"))
        intake = StoreIntake(
            path: root.appending("store"), key: try StoreKey(contentsOf: root.appending("key")),
            loaded: try LoadedModel(directory: try #require(BundledModel.directory), format: .f32), threads: 1
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: root.string) }

    private func recipe(_ ratio: Int) throws -> ContextRecipe {
        try ContextRecipe(
            intake.loaded,
            compression: ContextCaching.CompressionSettings(
                ratio: .fixed(ratio), segmentation: .windows(2)),
            storage: StorageSettings(), normaliser: TextNormalizer.version)
    }

    private func add(_ text: String, as name: String) throws {
        let upload = try accept(text, as: name)
        try intake.add(upload, progress: { _ in }, shouldStop: { false })
    }

    private func accept(_ text: String, as name: String) throws -> Upload {
        let upload = Upload(id: "a-\(name)", collection: "yard", name: name, byteCount: text.utf8.count)
        try intake.accept(upload, bytes: Array(text.utf8))
        return upload
    }

    private func spooled() throws -> [FilePath] {
        let folder = StorePaths(intake.path).uploads
        guard try FileSystem.kind(of: folder) != nil else { return [] }
        return try FileSystem.files(under: folder).filter { $0.extension == "upload" }
    }

    /// The service that accepted a file may be killed at any moment after.
    @Test func theNextServiceBringsInWhatWasAccepted() throws {
        try add("The gate is red.\n", as: "gate.txt")
        #expect(try spooled().isEmpty)
        func accept() throws {
            let former = StoreIntake(path: intake.path, key: intake.key, loaded: intake.loaded, threads: 1)
            for (number, name) in ["lamp.txt", "kettle.txt"].enumerated() {
                let text = "The \(name) is violet.\n"
                try former.accept(
                    Upload(id: "b-\(9 - number)", collection: "yard", name: name, byteCount: text.utf8.count),
                    bytes: Array(text.utf8))
            }
            #expect(try intake.accepted().isEmpty, "the other service lives")
            withExtendedLifetime(former) {}
        }
        try accept()
        for file in try spooled() {
            #expect(try !String(decoding: FileSystem.read(file), as: UTF8.self).contains("violet"), "sealed")
        }
        let uploads = try intake.accepted()
        #expect(uploads.map(\.name) == ["lamp.txt", "kettle.txt"])
        for upload in uploads { try intake.add(upload, progress: { _ in }, shouldStop: { false }) }
        #expect(try spooled().isEmpty)
        let store = try CacheStore(intake.path, key: intake.key)
        #expect(try store.text(of: try store.document("lamp.txt", in: "yard")) == "The lamp.txt is violet.\n")
        #expect(try store.document("kettle.txt", in: "yard").textByteCount > 0)
    }

    @Test func whatIsStoppedStaysAndWhatIsNoDocumentGoes() throws {
        let stopped = try accept("The gate is red.\n", as: "gate.txt")
        #expect(throws: ServiceError.stopped) {
            try intake.add(stopped, progress: { _ in }, shouldStop: { true })
        }
        #expect(try spooled().count == 1)
        let empty = try accept(" \n", as: "empty.txt")
        #expect(throws: ServiceError.self) {
            try intake.add(empty, progress: { _ in }, shouldStop: { false })
        }
        #expect(try spooled().map { $0.lastComponent?.string } == ["00000001-0-a-gate.txt.upload"])
    }

    /// A file that ends the program would do so at every start.
    @Test func anUploadIsBegunThreeTimesAtMost() throws {
        _ = try accept("The gate is red.\n", as: "gate.txt")
        var troubles = 0
        for attempt in 0...UploadSpool.attempts {
            let spool = UploadSpool(StorePaths(intake.path).uploads, key: intake.key)
            let path = StorePaths(intake.path).uploads.appending("1/lock")
            // The intake of this test holds the first folder.
            #expect(try DirectoryLock.currentHolder(of: path) != nil)
            let own = Upload(id: "c", collection: "yard", name: "c.txt", byteCount: 1)
            if attempt == 0 { try spool.keep(own, bytes: [0x61]) }
            let uploads = try attempt == 0 ? [own] : spool.takeOver { _, _ in troubles += 1 }
            #expect(uploads == (attempt < UploadSpool.attempts ? [own] : []))
            for upload in uploads { #expect(try spool.begin(upload.id) == [0x61]) }
        }
        #expect(troubles == 1)
    }

    /// Numbers of files are as anybody may have left them.
    @Test func strangeNumbersAreNoUploads() throws {
        let folder = StorePaths(intake.path).uploads.appending("7")
        try FileSystem.createDirectory(folder)
        for name in ["\(Int.max)-0-x.upload", "-1-0-x.upload", "3-\(Int.max)-x.upload", "1-0.upload"] {
            try AtomicFile.replace(folder.appending(name), with: [])
        }
        let spool = UploadSpool(StorePaths(intake.path).uploads, key: intake.key)
        #expect(try spool.takeOver { _, _ in }.isEmpty)
        try spool.keep(Upload(id: "c", collection: "yard", name: "c.txt", byteCount: 1), bytes: [0x61])
        #expect(try spool.begin("c") == [0x61])
    }

    @Test func uploadsAndRemovalsWaitForTheStore() async throws {
        try add("The gate is red.\n", as: "gate.txt")
        let upload = try accept("The lamp is amber.\n", as: "lamp.txt")
        let (held, sender) = AsyncStream.makeStream(of: String.self)
        var store: CacheStore? = try CacheStore(
            intake.path, access: .writing(command: "run it.yaml"), key: intake.key)
        let intake = intake
        let work = Task.detached {
            try intake.add(
                upload, progress: { if let who = $0.heldBy { sender.yield(who) } }, shouldStop: { false })
        }
        let who = await held.first { _ in true }
        #expect(who?.contains("run it.yaml") == true)
        withExtendedLifetime(store) {}
        store = nil
        try await work.value
        #expect(try intake.remove("lamp.txt", from: "yard"))
    }

    @Test func finerCopiesAreMadeOfUploadsToo() throws {
        let settings = try [recipe(4), recipe(2)].map { try $0.identity(textDigest: "").settingsDigest }
        do {
            let store = try CacheStore.create(
                intake.path, createdBy: "test", command: "test", key: intake.key)
            let source = SourceDefinition(path: "gates.txt", content: Array("The gate is red.\n".utf8))
            let run = PipelineRun(
                sources: [source], collection: "yard", recipe: try recipe(4), fine: try recipe(2),
                store: store)
            _ = try run.perform(run.plan(), observer: Silent())
        }
        for name in ["gates.txt", "scales.txt"] {
            try add("The \(name) are green.\n", as: name)
            let store = try CacheStore(intake.path, key: intake.key)
            let document = try store.document(name, in: "yard")
            #expect(try store.text(of: document) == "The \(name) are green.\n")
            #expect(try store.caches(of: document).map(\.identity.settingsDigest) == settings)
        }
    }

    /// As the service's catalog does, the store that is searched stays open all along.
    @Test func searchesSeeUploadsAndRemovals() throws {
        try add("The lamp is amber.\n", as: "lamp.txt")
        let catalog = try CacheStore(intake.path, key: intake.key)
        func found(_ word: String) throws -> Set<String> {
            try Set(catalog.search(word, limit: 9).map(\.document))
        }
        #expect(try found("amber") == ["lamp.txt"])
        try add("The lamp is violet.\n", as: "lamp.txt")
        #expect(try found("amber").isEmpty)
        #expect(try found("violet") == ["lamp.txt"])
        try add("The kettle is violet.\n", as: "kettle.txt")
        #expect(try found("violet") == ["kettle.txt", "lamp.txt"])
        #expect(try intake.remove("lamp.txt", from: "yard"))
        #expect(try found("violet") == ["kettle.txt"])
    }
}
