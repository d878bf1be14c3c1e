import CacheStorage
import FileAccess
import Foundation
import Safetensors
import SystemPackage
import Testing
import Zstandard

/// Hostile caches: the reader refuses them with an error, or gives exactly what was written; it never traps.
@Suite struct MutationTests {
    /// More of them where asked for; debug builds are slow.
    private static let rounds =
        ProcessInfo.processInfo.environment["PHAROS_MUTATIONS"].flatMap { Int($0) } ?? standard
    #if DEBUG
        private static let standard = 3_000
    #else
        private static let standard = 120_000
    #endif

    private func example() -> CacheExample {
        var example = CacheExample()
        example.keys = .int8
        example.values = .int4
        example.windowsPerSegment = [2, 1]
        example.beacons = 2
        example.raw = 2
        return example
    }

    /// Reads everything that can be read.
    private func readAll(_ path: FilePath) throws -> [KeyValueBlock] {
        let reader = try ContextCacheReader(path)
        _ = try reader.layout()
        try reader.verify()
        return try reader.blocks([.sink(segment: 0), .window(0), .window(2), .raw(segment: 1)])
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        for _ in 0...Int.random(in: 0...3, using: &random) {
            guard !bytes.isEmpty else { return }
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<7, using: &random) {
            case 0, 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
            case 3:
                bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...9, using: &random)))
            case 4: bytes.insert(contentsOf: [UInt8](repeating: bytes[place], count: 5), at: place)
            case 5:
                let end = min(bytes.count, place + 8)
                for index in place..<end { bytes[index] = UInt8.random(in: 0...255, using: &random) }
            default:
                let from = Int.random(in: 0..<bytes.count, using: &random)
                let count = min(8, bytes.count - max(place, from))
                for index in 0..<count { bytes[place + index] = bytes[from + index] }
            }
        }
    }

    private func attempt(_ bytes: [UInt8], at path: FilePath, expected: [KeyValueBlock]?) throws -> Bool {
        try FileSystem.remove(path)
        let file = try AppendingFile(path)
        try file.append(bytes)
        do {
            let blocks = try readAll(path)
            if let expected { #expect(blocks == expected) }
            return true
        } catch let error as CacheStorageError {
            #expect(!error.message.isEmpty)
            return false
        }
    }

    @Test func mutatedFilesAreRefusedOrRight() throws {
        try withTemporaryDirectory { directory in
            let path = try example().write(in: directory).path
            let good = try FileSystem.read(path)
            let expected = try readAll(path)
            var random = SeededRandom(101)
            let bad = directory.appending("bad.kv.zst")
            var accepted = 0
            for _ in 0..<Self.rounds {
                var bytes = good
                mutate(&bytes, &random)
                if try attempt(bytes, at: bad, expected: expected) { accepted += 1 }
            }
            #expect(accepted < Self.rounds / 20)
        }
    }

    /// The same, but with every checksum made right again, so that the mutation reaches what lies behind them.
    @Test func mutatedContentsBehindRightChecksumsNeverTrap() throws {
        try withTemporaryDirectory { directory in
            let path = try example().write(in: directory).path
            let file = try FileSystem.read(path)
            let reader = try SeekableZstdReader(byteCount: file.count) { Array(file[$0]) }
            let contents = try reader.table.frames.indices.map { try reader.content($0, limit: 1 << 24) }
            var random = SeededRandom(202)
            let bad = directory.appending("bad.kv.zst")
            for round in 0..<Self.rounds {
                var parts = contents
                if round % 2 == 0 {
                    mutate(&parts[0], &random)
                } else {
                    let place = Int.random(in: 1..<parts.count, using: &random)
                    mutate(&parts[place], &random)
                    parts[0] = try Self.header(
                        parts[0], digests: parts.dropFirst().map { ContentDigest.hex(of: $0) })
                }
                _ = try attempt(Self.file(parts), at: bad, expected: nil)
            }
        }
    }

    /// A file of these frames.
    private static func file(_ contents: [[UInt8]]) throws -> [UInt8] {
        let pieces = Pieces()
        var writer = try SeekableZstdWriter(level: 1) { pieces.bytes += $0 }
        for content in contents { try writer.append(content) }
        try writer.finish()
        return pieces.bytes
    }

    private final class Pieces { var bytes: [UInt8] = [] }

    /// The header `bytes` with other digests, which are of the same length.
    private static func header(_ bytes: [UInt8], digests: [String]) throws -> [UInt8] {
        var text = String(decoding: bytes.dropFirst(8), as: UTF8.self)
        for (key, value) in [
            ("frames", digests.joined(separator: " ")), ("payload", ContentDigest.hex(of: digests.joined())),
        ] {
            guard let start = text.range(of: "\"\(key)\":\"")?.upperBound,
                let end = text[start...].firstIndex(of: "\"")
            else { continue }
            text.replaceSubrange(start..<end, with: value)
        }
        return Array(bytes.prefix(8)) + Array(text.utf8)
    }

    @Test(arguments: [
        ("segments", "99999999999999999999+0:1@1*1"), ("segments", "0+0:1@1*9999999"),
        ("segments", "0+0:16777216@1*3"),
        ("segments", ";;;;;;;;"), ("segments", "1+5:4@8*3;0+5:4@8*-2"), ("layers", "16777216"),
        ("head_dim", "0"),
        ("kv_heads", "-1"), ("tokens", "9223372036854775808"), ("key_encoding", "f64"), ("version", "2"),
        ("fields", "format format"), ("format", "pt"), ("frames", "00"), ("windows", "7"),
    ])
    func lyingHeadersAreRefused(_ key: String, _ value: String) throws {
        try withTemporaryDirectory { directory in
            let file = try FileSystem.read(example().write(in: directory).path)
            let reader = try SeekableZstdReader(byteCount: file.count) { Array(file[$0]) }
            var parts = try reader.table.frames.indices.map { try reader.content($0, limit: 1 << 24) }
            let header = try SafetensorsFile(bytes: parts.flatMap { $0 })
            var metadata = header.metadata
            metadata[key] = value
            let entries = header.tensors.map { SafetensorsWriter.Entry($0.name, $0.type, $0.shape) }
            parts[0] = try SafetensorsWriter(entries, metadata: metadata).header()
            let bad = directory.appending("bad.kv.zst")
            try AtomicFile.replace(bad, with: Self.file(parts))
            let error = #expect(throws: CacheStorageError.self) { try ContextCacheReader(bad) }
            #expect(error.map { [.damaged, .format, .value].contains($0.code) } == true)
        }
    }

    @Test func bombsAreRefusedBeforeTheyUnfold() throws {
        try withTemporaryDirectory { directory in
            // A header frame that would unfold to 300 MB.
            let path = directory.appending("bomb.kv.zst")
            try AtomicFile.replace(path, with: Self.file([[UInt8](repeating: 0x20, count: 300_000_000)]))
            #expect(try FileSystem.byteCount(of: path) < 100_000)
            let error = #expect(throws: CacheStorageError.self) { try ContextCacheReader(path) }
            #expect(error?.code == .damaged)
        }
    }

    @Test func mutatedTextsAreRefused() throws {
        try withTemporaryDirectory { directory in
            let store = try StoreExample.store(directory.appending("s"), documents: 1)
            let document = try store.document("depot-0", in: "harbour")
            let path = store.paths.text(document.textObject)
            let good = try FileSystem.read(path)
            var random = SeededRandom(303)
            for _ in 0..<Self.rounds / 20 {
                var bytes = good
                mutate(&bytes, &random)
                try FileSystem.remove(path)
                do {
                    let file = try AppendingFile(path)
                    try file.append(bytes)
                }
                do {
                    #expect(try store.text(of: document) == StoreExample.text(0))
                } catch is CacheStorageError {}
            }
        }
    }

    /// A journal is continued from its last whole record, or begun anew; the cache comes out the same.
    @Test func mutatedJournalsGiveTheSameCache() throws {
        try withTemporaryDirectory { directory in
            let example = example()
            let path = directory.appending(example.identity.digest + ".kv.zst")
            func writer() throws -> ContextCacheWriter {
                try ContextCacheWriter(path, identity: example.identity, layout: example.layout)
            }
            try example.write(in: directory)
            let expected = try FileSystem.read(path)
            try FileSystem.remove(path)
            do {
                let writer = try writer()
                for item in writer.items.dropLast(2) { try writer.append(example.block(item), for: item) }
            }
            let journal = ContextCacheWriter.journalPath(of: path)
            let good = try FileSystem.read(journal)
            var random = SeededRandom(404)
            for _ in 0..<Self.rounds / 20 {
                var bytes = good
                mutate(&bytes, &random)
                try FileSystem.remove(journal)
                do {
                    let file = try AppendingFile(journal)
                    try file.append(bytes)
                }
                let writer = try writer()
                for item in writer.items.dropFirst(writer.itemCount) {
                    try writer.append(example.block(item), for: item)
                }
                try writer.finish()
                #expect(try FileSystem.read(path) == expected)
                try FileSystem.remove(path)
            }
        }
    }

    /// What a damaged catalog, its digest or the store's marker says is refused, or what was written.
    @Test func mutatedCatalogsAreRefusedOrRight() throws {
        try withTemporaryDirectory { directory in
            let root = directory.appending("s")
            _ = try StoreExample.store(root, documents: 3)
            let store = try CacheStore(root)
            let documents = try store.documents()
            let caches = try store.caches()
            let found = try store.search("keeper of depot K-1", limit: 9)
            let files = [
                store.paths.catalog, FilePath(store.paths.catalog.string + ".sum"), store.paths.marker,
            ]
            let good = try files.map { try FileSystem.read($0) }
            var random = SeededRandom(505)
            for round in 0..<Self.rounds / 20 {
                let place = round % 8 < 6 ? 0 : round % 8 - 5
                var bytes = good[place]
                mutate(&bytes, &random)
                try Data(bytes).write(to: URL(fileURLWithPath: files[place].string))
                do {
                    let store = try CacheStore(root)
                    #expect(try store.documents() == documents)
                    #expect(try store.caches() == caches)
                    #expect(try store.search("keeper of depot K-1", limit: 9) == found)
                    _ = try store.verify(readingData: true)
                } catch let error as CacheStorageError {
                    #expect(!error.message.isEmpty)
                }
                try Data(good[place]).write(to: URL(fileURLWithPath: files[place].string))
            }
        }
    }
}
