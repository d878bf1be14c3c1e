import CacheStorage
import FileAccess
import Foundation
import SystemPackage
import Testing

@Suite struct EncryptionTests {
    private func publish(_ root: FilePath, key: StoreKey) throws {
        let store = try CacheStore.create(root, createdBy: "1", command: "test", key: key)
        for number in 0..<3 { try StoreExample.publish(number, in: store) }
    }

    private func key(_ directory: FilePath, _ name: String) throws -> StoreKey {
        let path = directory.appending(name)
        try StoreKey.create(path)
        return try StoreKey(contentsOf: path)
    }

    @Test func encryptedStoreIsUsedWithItsKeyAlone() throws {
        try withTemporaryDirectory { directory in
            let root = directory.appending("s")
            let key = try key(directory, "key")
            try publish(root, key: key)
            let store = try CacheStore(root, key: key)
            let document = try store.document("depot-1", in: "harbour")
            #expect(document.title == "Depot K-1" && document.metadata["kind"] == "depot")
            #expect(try store.text(of: document) == StoreExample.text(1))
            #expect(try store.search("keeper of K-2", limit: 1).first?.document == "depot-2")
            let example = StoreExample.cache(1)
            let reader = try store.openCache(example.identity)
            #expect(try reader.layout() == example.layout)
            #expect(try reader.verify(threads: 2) > 0)
            #expect(try store.verify(readingData: true).findings.isEmpty)

            for wrong in [nil, try self.key(directory, "other")] {
                let error = #expect(throws: CacheStorageError.self) { try CacheStore(root, key: wrong) }
                #expect(error?.code == .key)
            }
            let plain = directory.appending("plain")
            do { _ = try StoreExample.store(plain, documents: 1) }
            #expect(throws: CacheStorageError.self) { try CacheStore(plain, key: key) }
        }
    }

    /// A service holds a store open to read while another handle takes documents in and out.
    @Test func searchesFollowOtherWriters() throws {
        try withTemporaryDirectory { directory in
            let root = directory.appending("s")
            let key = try key(directory, "key")
            try publish(root, key: key)
            let reading = try CacheStore(root, key: key)
            func best(_ query: String) throws -> String? {
                try reading.search(query, limit: 1).first?.document
            }
            #expect(try best("keeper of K-2") == "depot-2" && best("Olaf Deng") == nil)
            do {
                let writing = try CacheStore(root, access: .writing(command: "x"), key: key)
                try StoreExample.publish(3, in: writing)
                #expect(try best("Olaf Deng") == "depot-3")
                try writing.removeDocument("depot-2", in: "harbour")
            }
            #expect(try best("Olaf Deng") == "depot-3" && best("Ines Moor") == nil)
        }
    }

    @Test func nothingReadableLiesOnTheDisk() throws {
        try withTemporaryDirectory { directory in
            let root = directory.appending("s")
            let key = try key(directory, "key")
            try publish(root, key: key)
            // An unfinished cache as well.
            let example = CacheExample()
            let store = try CacheStore(root, access: .writing(command: "x"), key: key)
            let writer = try store.cacheWriter(example.identity, layout: example.layout)
            for item in writer.items[..<3] { try writer.append(example.block(item), for: item) }
            #expect(writer.itemCount == 3)
            let secrets = ["quell", "brandt", "kind", "depots.xml", "weights-1\"", "window.0"].map {
                Data($0.utf8)
            }
            for file in try FileSystem.files(under: root) {
                let bytes = Data(try FileSystem.read(file).map { (65...90).contains($0) ? $0 + 32 : $0 })
                let name = file.lastComponent?.string ?? ""
                for secret in secrets where name != "catalog.sqlite" || secret.count != 10 {
                    #expect(bytes.range(of: secret) == nil, "\(name)")
                }
            }
        }
    }

    @Test func equalKeysGiveEqualBytesAndInterruptedRunsGoOn() throws {
        try withTemporaryDirectory { directory in
            let key = try key(directory, "key")
            let example = CacheExample()
            var files: [[UInt8]] = []
            for stop in [0, 5] {
                let root = directory.appending("s\(stop)")
                do {
                    let store = try CacheStore.create(root, createdBy: "1", command: "x", key: key)
                    let writer = try store.cacheWriter(example.identity, layout: example.layout)
                    for item in writer.items[..<stop] { try writer.append(example.block(item), for: item) }
                }
                let store = try CacheStore(root, access: .writing(command: "x"), key: key)
                let writer = try store.cacheWriter(example.identity, layout: example.layout)
                #expect(writer.restoredItemCount == stop)
                for item in writer.items { try writer.append(example.block(item), for: item) }
                files.append(try FileSystem.read(writer.finish().path))
            }
            #expect(files[0] == files[1])
        }
    }

    @Test func everyChangedBitOfAnEncryptedCacheIsFound() throws {
        try withTemporaryDirectory { directory in
            let root = directory.appending("s")
            let key = try key(directory, "key")
            try publish(root, key: key)
            let store = try CacheStore(root, key: key)
            let identity = StoreExample.cache(0).identity
            let path = store.paths.object(identity.digest)
            let good = try FileSystem.read(path)
            var random = SeededRandom(9)
            for _ in 0..<300 {
                var bytes = good
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^=
                    1 << UInt8.random(in: 0..<8, using: &random)
                try AtomicFile.replace(path, with: bytes)
                #expect(throws: CacheStorageError.self) { try store.openCache(identity).verify() }
            }
            // Another cache's sealed file under this name does not open either.
            try AtomicFile.replace(
                path, with: FileSystem.read(store.paths.object(StoreExample.cache(1).identity.digest)))
            #expect(throws: CacheStorageError.self) { try store.openCache(identity) }
        }
    }

    @Test func repairKeepsTheStoreEncrypted() throws {
        try withTemporaryDirectory { directory in
            let root = directory.appending("s")
            let key = try key(directory, "key")
            try publish(root, key: key)
            let before = try CacheStore(root, key: key).documents()
            try FileSystem.remove(root.appending("catalog.sqlite"))
            #expect(try CacheStore.repair(root, createdBy: "1", command: "repair", key: key).documents == 3)
            #expect(try CacheStore(root, key: key).documents() == before)
            let text = String(decoding: try FileSystem.read(root.appending("catalog.sqlite")), as: UTF8.self)
            #expect(!text.contains("Quell") && !text.contains("depots.xml"))
        }
    }

    @Test func keyFilesAreChecked() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("key")
            try StoreKey.create(path)
            #expect(throws: CacheStorageError.self) { try StoreKey.create(path) }
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path.string)
            let error = #expect(throws: CacheStorageError.self) { try StoreKey(contentsOf: path) }
            #expect(error?.code == .key)
            try AtomicFile.replace(path, with: Array("short".utf8))
            #expect(throws: CacheStorageError.self) { try StoreKey(contentsOf: path) }
        }
    }
}
