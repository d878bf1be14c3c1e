import CacheStorage
import FileAccess
import Safetensors
import SystemPackage
import Testing
import Zstandard

@Suite struct ContextCacheTests {
    @Test(arguments: KeyValueEncoding.allCases)
    func cacheIsReadBackWithinItsError(_ encoding: KeyValueEncoding) throws {
        try withTemporaryDirectory { directory in
            var example = CacheExample()
            example.keys = encoding
            example.values = encoding
            let summary = try example.write(in: directory)
            let reader = try ContextCacheReader(summary.path, expected: example.identity)
            #expect(try reader.layout() == example.layout)
            #expect(reader.shape.windowCount == 5)
            #expect(summary.byteCount == reader.byteCount)
            #expect(try ContentDigest.hex(ofFile: summary.path) == summary.fileDigest)
            let bound: Float =
                switch encoding {
                case .f32: 0
                case .f16: 4 / 2048
                case .int8: 4 / 250
                case .int4: 4 / 13.5
                }
            for item in [
                CacheItem.sink(segment: 0), .window(0), .window(4), .raw(segment: 0), .raw(segment: 1),
            ] {
                let block = try reader.block(item)
                let exact = try example.block(item)
                let difference = zip(block.keys, exact.keys).map { abs($0 - $1) }.max() ?? 0
                #expect(difference <= bound)
                let valueDifference = zip(block.values, exact.values).map { abs($0 - $1) }.max() ?? 0
                #expect(valueDifference <= bound / 4)
            }
            #expect(try reader.verify(threads: 2) == reader.payloadByteCount)
            #expect(
                try reader.blocks((0..<5).map { .window($0) })
                    == (0..<5).map { try reader.block(.window($0)) })
            #expect(throws: CacheStorageError.self) { try reader.block(.window(5)) }
        }
    }

    @Test func decompressedCacheIsSafetensors() throws {
        try withTemporaryDirectory { directory in
            var example = CacheExample()
            example.keys = .int8
            example.values = .int8
            let summary = try example.write(in: directory)
            let decoder = try ZstdStreamDecoder()
            var bytes: [UInt8] = []
            try decoder.decode(FileSystem.read(summary.path)) { bytes += $0 }
            try decoder.finish()
            let file = try SafetensorsFile(bytes: bytes)
            #expect(file.metadata["identity.model.weights"] == "weights-1")
            #expect(
                try file.integers(file.requireTensor("segments")) == [
                    0, 3, 0, 101, 0, 404, 3, 5, 101, 170, 404, 680,
                ])
            #expect(try file.requireTensor("window.4.key").shape == [2, 4, 2, 8])
            #expect(try file.integers(file.requireTensor("raw.kind")).count == 5)
            #expect(try file.floats(file.requireTensor("segment.0.raw.key")).count == 2 * 5 * 2 * 8)
            for tensor in file.tensors { #expect(tensor.byteRange.lowerBound % tensor.type.byteCount == 0) }
        }
    }

    @Test func equalInputsGiveEqualBytesWhateverTheInterruption() throws {
        try withTemporaryDirectory { directory in
            let example = CacheExample()
            let whole = try FileSystem.read(example.write(in: directory.appending("a")).path)
            let path = directory.appending("b").appending("x.kv.zst")
            for stop in 0..<8 {
                // Written up to `stop`, then abandoned as by a killed process, then gone on with.
                do {
                    let writer = try ContextCacheWriter(
                        path, identity: example.identity, layout: example.layout)
                    #expect(writer.itemCount == min(stop == 0 ? 0 : stop - 1, 8))
                    for item in writer.items[..<stop] { try writer.append(example.block(item), for: item) }
                }
                #expect(throws: CacheStorageError.self) { try ContextCacheReader(path) }
            }
            let writer = try ContextCacheWriter(path, identity: example.identity, layout: example.layout)
            #expect(writer.restoredItemCount == 7)
            #expect(
                try writer.block(.window(1))
                    == ContextCacheReader(
                        directory.appending("a").appending(example.identity.digest + ".kv.zst")
                    ).block(.window(1)))
            for item in writer.items { try writer.append(example.block(item), for: item) }
            #expect(try FileSystem.read(writer.finish().path) == whole)
            #expect(try FileSystem.list(directory.appending("b")) == ["x.kv.zst"])
        }
    }

    @Test func damagedJournalIsUsedUpToTheDamage() throws {
        try withTemporaryDirectory { directory in
            let example = CacheExample()
            let whole = try FileSystem.read(example.write(in: directory.appending("a")).path)
            let path = directory.appending("x.kv.zst")
            let journal = ContextCacheWriter.journalPath(of: path)
            var complete: [UInt8] = []
            do {
                let writer = try ContextCacheWriter(path, identity: example.identity, layout: example.layout)
                for item in writer.items[..<5] { try writer.append(example.block(item), for: item) }
                complete = try FileSystem.read(journal)
            }
            var random = SeededRandom(3)
            for _ in 0..<40 {
                var bytes = complete
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^=
                    1 << UInt8.random(in: 0..<8, using: &random)
                bytes.removeLast(Int.random(in: 0..<bytes.count / 2, using: &random))
                try AtomicFile.replace(journal, with: bytes)
                let writer = try ContextCacheWriter(path, identity: example.identity, layout: example.layout)
                #expect(writer.restoredItemCount < 5)
                for item in writer.items { try writer.append(example.block(item), for: item) }
                #expect(try FileSystem.read(writer.finish().path) == whole)
            }
        }
    }

    @Test(arguments: [4, 1200])
    func extendedCacheEqualsAFreshOne(_ beacons: Int) throws {
        try withTemporaryDirectory { directory in
            var old = CacheExample()
            old.keys = .int8
            old.values = .int8
            old.beacons = beacons
            old.raw = 0
            old.windowsPerSegment = [3, 4]
            var new = old
            new.text = "text-2"
            new.windowsPerSegment = [3, 9]
            let older = try ContextCacheReader(old.write(in: directory.appending("a")).path)
            let fresh = try FileSystem.read(new.write(in: directory.appending("a")).path)
            for windows in [0, 2, 5, 7] {
                let path = directory.appending("b\(windows).kv.zst")
                let writer = try ContextCacheWriter(
                    path, identity: new.identity, layout: new.layout, extending: older,
                    reusableWindows: windows)
                #expect(writer.reusedWindows == windows)
                for item in writer.items {
                    let place = writer.items.firstIndex(of: item) ?? 0
                    if place >= writer.itemCount { try writer.append(new.block(item), for: item) }
                }
                #expect(try FileSystem.read(writer.finish().path) == fresh)
            }
            var other = new
            other.weights = "weights-2"
            let error = #expect(throws: CacheStorageError.self) {
                try ContextCacheWriter(
                    directory.appending("c"), identity: other.identity, layout: other.layout,
                    extending: older,
                    reusableWindows: 1)
            }
            #expect(error?.code == .identity)
        }
    }

    @Test func wrongIdentityNamesFieldAndBothValues() throws {
        try withTemporaryDirectory { directory in
            let example = CacheExample()
            let path = try example.write(in: directory).path
            var other = example
            other.weights = "weights-2"
            let error = #expect(throws: CacheStorageError.self) {
                try ContextCacheReader(path, expected: other.identity)
            }
            #expect(error?.code == .identity)
            #expect(
                error?.differences == [
                    IdentityDifference(field: "model.weights", expected: "weights-2", found: "weights-1")
                ])
        }
    }

    @Test func valuesThatCannotBeStoredAreRefused() throws {
        try withTemporaryDirectory { directory in
            for encoding in KeyValueEncoding.allCases {
                var example = CacheExample()
                example.keys = encoding
                example.values = encoding
                example.sink = 0
                let writer = try ContextCacheWriter(
                    directory.appending(encoding.rawValue), identity: example.identity, layout: example.layout
                )
                for bad in [Float.nan, .infinity] {
                    var block = try example.block(.window(0))
                    block.keys[7] = bad
                    let error = #expect(throws: CacheStorageError.self) {
                        try writer.append(block, for: .window(0))
                    }
                    #expect(error?.code == .value)
                }
                #expect(throws: CacheStorageError.self) {
                    try writer.append(example.block(.window(1)), for: .window(1))
                }
                #expect(throws: CacheStorageError.self) { try writer.finish() }
            }
        }
    }

    @Test func everyDamageIsFoundOrHarmless() throws {
        try withTemporaryDirectory { directory in
            var example = CacheExample()
            example.keys = .int8
            example.values = .int8
            let path = try example.write(in: directory).path
            let good = try FileSystem.read(path)
            let blocks = try ContextCacheReader(path).blocks((0..<5).map { .window($0) })
            var random = SeededRandom(11)
            let bad = directory.appending("bad.kv.zst")
            var found = 0
            for round in 0..<400 {
                var bytes = good
                switch round % 3 {
                case 0:
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] ^=
                        1 << UInt8.random(in: 0..<8, using: &random)
                case 1: bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
                default:
                    let start = Int.random(in: 0..<bytes.count - 64, using: &random)
                    for place in start..<start + 64 { bytes[place] = 0 }
                }
                try AtomicFile.replace(bad, with: bytes)
                do {
                    let reader = try ContextCacheReader(bad, expected: example.identity)
                    try reader.verify()
                    #expect(try reader.blocks((0..<5).map { .window($0) }) == blocks)
                } catch let error as CacheStorageError {
                    found += 1
                    #expect(error.code == .damaged || error.code == .format)
                }
            }
            #expect(found > 390)
        }
    }
}
