import FileAccess
import Foundation
import SystemPackage
import Testing

@testable import CacheStorage

/// Long texts are read a piece at a time.
@Suite struct TextReaderTests {
    /// More than two pieces, with characters that lie across their ends.
    private static let text = String(
        repeating: "Zwölf Kräne stehen am Kai — drei heben 40 t.\n", count: 50_000)

    private func store(_ root: FilePath, key: StoreKey? = nil) throws -> CacheStore {
        let store = try CacheStore.create(root, createdBy: "1", command: "test", key: key)
        for (id, text) in [("long", Self.text), ("empty", "")] {
            try store.publish(DocumentRecord(collection: "c", id: id), text: text, passages: [])
        }
        return store
    }

    private func pieces(_ reader: TextReader) throws -> [[UInt8]] {
        try (0..<reader.pieceCount).map { try reader.piece($0) }
    }

    @Test(arguments: [false, true]) func piecesAreTheText(_ isSealed: Bool) throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("key")
            if isSealed { try StoreKey.create(path) }
            let store = try store(
                directory.appending("store"), key: isSealed ? try StoreKey(contentsOf: path) : nil)
            let reader = try store.textReader(of: store.document("long", in: "c"))
            #expect(reader.byteCount == Self.text.utf8.count && reader.pieceCount == 3)
            let pieces = try pieces(reader)
            #expect(pieces.allSatisfy { $0.count <= 1 << 20 })
            #expect(Array(pieces.joined()) == Array(Self.text.utf8))
            let empty = try store.textReader(of: store.document("empty", in: "c"))
            #expect(try empty.byteCount == 0 && self.pieces(empty).joined().isEmpty)
        }
    }

    /// A reader goes on with what it has opened; a damaged text is refused before anything of it is given out.
    @Test func textsThatChangeAreNoticed() throws {
        try withTemporaryDirectory { directory in
            let store = try store(directory.appending("store"))
            let document = try store.document("long", in: "c")
            let path = store.paths.text(document.textObject)
            let reader = try store.textReader(of: document)
            let bytes = try FileSystem.read(path)
            for place in stride(from: 3, to: bytes.count, by: bytes.count / 40) {
                var damaged = bytes
                damaged[place] ^= 0x10
                try AtomicFile.replace(path, with: damaged)
                #expect(throws: CacheStorageError.self, "byte \(place)") {
                    try store.textReader(of: document)
                }
            }
            try store.removeDocument("long", in: "c")
            #expect(try Array(pieces(reader).joined()) == Array(Self.text.utf8))
            let error = #expect(throws: CacheStorageError.self) { try store.textReader(of: document) }
            #expect(error?.code == .damaged)
        }
    }
}
