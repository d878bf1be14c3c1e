import CacheStorage
import ContextCaching
import Documents
import Foundation
import SystemPackage
import Testing

@testable import Pipelines

@Suite struct ShardMergeTests {
    /// A folder of documents, one of them damaged, and stores beside it.
    private final class Place {
        let root: URL
        var sources: URL { root.appendingPathComponent("sources") }
        func store(_ name: String) -> FilePath { FilePath(root.appendingPathComponent(name).path) }
        func shard(_ index: Int, _ count: Int) throws -> URL {
            root.appendingPathComponent("store/shards")
                .appendingPathComponent(try ShardAssignment(index: index, count: count).directoryName)
        }

        init() throws {
            root = FileManager.default.temporaryDirectory.appendingPathComponent(
                "pharos-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
            for number in 0..<5 { try write("log-\(number).txt", "The tide stood \(number) feet high. ") }
            // The text of another document: one cache for both.
            try write("copy.txt", "The tide stood 3 feet high. ")
            try Data("<log><entry>".utf8).write(to: sources.appendingPathComponent("broken.xml"))
        }

        deinit { _ = try? FileManager.default.removeItem(at: root) }

        func write(_ name: String, _ line: String) throws {
            try Data(String(repeating: line, count: 30).utf8).write(to: sources.appendingPathComponent(name))
        }

        /// Damages a file of a shard, or the last of a folder.
        func flipByte(of name: String, inShard index: Int, of count: Int) throws {
            let place = try shard(index, count).appendingPathComponent(name)
            var file = place
            if name == "objects" || name == "texts" {
                let names = try #require(FileManager.default.enumerator(atPath: place.path))
                for case let path as String in names where path.hasSuffix(".zst") {
                    file = place.appendingPathComponent(path)
                }
            }
            var bytes = try Data(contentsOf: file)
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: file)
        }

        /// Objects and texts by name, then the documents as the catalog has them.
        func contents(_ name: String) throws -> [String: Data] {
            var result: [String: Data] = [:]
            for folder in ["objects", "texts"] {
                let base = root.appendingPathComponent("\(name)/\(folder)")
                for case let file as String in try #require(FileManager.default.enumerator(atPath: base.path))
                where file.hasSuffix(".zst") {
                    result["\(folder)/\(file)"] = try Data(contentsOf: base.appendingPathComponent(file))
                }
            }
            let store = try CacheStore(store(name))
            result["documents"] = Data("\(try store.documents())".utf8)
            result["caches"] = Data("\(try store.caches())".utf8)
            return result
        }
    }

    private func run(
        _ place: Place, shard: ShardAssignment? = nil, stopAfter: Int? = nil, fine: Int? = nil
    ) throws {
        var options = PipelineRun.Options()
        options.shard = shard
        if let stopAfter {
            let asked = Counter()
            options.shouldStop = { asked.next() > stopAfter }
        }
        let whole = place.store(shard == nil ? "single" : "store")
        let shardRun = shard.map { ShardRun($0, of: whole) }
        try shardRun?.settleCount()
        let store = try CacheStore.create(
            shardRun?.directory ?? whole, createdBy: "test", command: "test")
        _ = try shardRun?.heal(store, collection: "logs")
        let run = PipelineRun(
            sources: [SourceDefinition(path: place.sources.path)], collection: "logs",
            recipe: try Recipes.bundled(), fine: try fine.map { try Recipes.bundled(ratio: $0) },
            store: store,
            options: options)
        let plan = try run.plan()
        let job = try shardRun?.begin(plan, of: run)
        let report = try run.perform(plan, observer: Silent())
        if let shardRun, let job { try shardRun.finish(job, plan, report, of: run) }
    }

    private func runAll(_ place: Place, _ count: Int) throws {
        for index in 0..<count { try run(place, shard: ShardAssignment(index: index, count: count)) }
    }

    @discardableResult
    private func merge(_ place: Place, _ count: Int) throws -> ShardMerge.Report {
        let merge = try ShardMerge(place.store("store"), expected: count)
        let store = try CacheStore.create(place.store("store"), createdBy: "test", command: "test")
        return try merge.perform(into: store) { false }
    }

    private func error(_ body: () throws -> Void) -> PipelinesError? {
        do {
            try body()
            return nil
        } catch {
            return error as? PipelinesError
        }
    }

    @Test(arguments: [1, 4, 11]) func joinedShardsAreTheSingleRun(_ count: Int) throws {
        let place = try Place()
        try run(place)
        try runAll(place, count)
        let report = try merge(place, count)
        #expect((report.documents, report.published, report.failures) == (6, 6, 1))
        #expect(try place.contents("store") == place.contents("single"))
        #expect(try merge(place, count).published == 0)
        #expect(try place.contents("store") == place.contents("single"))
    }

    @Test func stoppedAndRepeatedShardsMakeNoDifference() throws {
        let place = try Place()
        try run(place)
        for index in 0..<3 {
            let shard = try ShardAssignment(index: index, count: 3)
            for stop in [0, 9, 13] {
                do { try run(place, shard: shard, stopAfter: stop) } catch is CancellationError {}
            }
            try run(place, shard: shard)
        }
        try runAll(place, 3)
        try merge(place, 3)
        #expect(try place.contents("store") == place.contents("single"))
    }

    @Test func aChangedCorpusIsTheNextJobOnceAllIsJoined() throws {
        let place = try Place()
        try run(place)
        try runAll(place, 2)
        try place.write("log-5.txt", "The fog came in. ")
        let refused = error { try run(place, shard: ShardAssignment(index: 1, count: 2)) }
        #expect(refused?.code == .corpusChanged)
        try FileManager.default.removeItem(at: place.sources.appendingPathComponent("log-5.txt"))
        try merge(place, 2)

        try place.write("log-5.txt", "The fog came in. ")
        try FileManager.default.removeItem(at: place.sources.appendingPathComponent("log-0.txt"))
        try run(place)
        try run(place, shard: ShardAssignment(index: 0, count: 2))
        #expect(try ShardInspection(place.store("store"), expected: nil).missing == [1])
        try run(place, shard: ShardAssignment(index: 1, count: 2))
        let report = try merge(place, 2)
        #expect((report.published, report.removed) == (1, 1))
        #expect(try place.contents("store") == place.contents("single"))
    }

    /// A source that cannot be reached keeps what came from it, as in a run of the whole.
    @Test func whatNoShardCouldReadStays() throws {
        let place = try Place()
        try run(place)
        try runAll(place, 2)
        try merge(place, 2)
        try FileManager.default.moveItem(at: place.sources, to: place.root.appendingPathComponent("away"))
        try run(place)
        try runAll(place, 2)
        let report = try merge(place, 2)
        #expect((report.documents, report.removed, report.failures) == (0, 0, 1))
        #expect(try place.contents("store") == place.contents("single"))
    }

    /// An empty folder keeps what came from it, for every shard and for the store that they are joined to.
    @Test func whatAnEmptySourceHeldStays() throws {
        let place = try Place()
        try runAll(place, 2)
        try merge(place, 2)
        try FileManager.default.removeItem(at: place.sources)
        try FileManager.default.createDirectory(at: place.sources, withIntermediateDirectories: true)
        for index in 0..<2 { try FileManager.default.removeItem(at: place.shard(index, 2)) }
        try runAll(place, 2)
        let report = try merge(place, 2)
        #expect((report.documents, report.removed, report.kept) == (0, 0, 6))
        #expect(try CacheStore(place.store("store")).documents().count == 6)
    }

    /// What a later run brought is not changed back without being asked.
    @Test func overtakenShardsAreRefused() throws {
        let place = try Place()
        try runAll(place, 2)
        let shards = try ShardMerge(place.store("store"), expected: 2)
        let store = try CacheStore.create(place.store("store"), createdBy: "test", command: "test")
        func note(_ id: String, _ command: String, of definition: String) throws {
            try store.beginRun(
                RunRecord(
                    id: id, collection: "logs", command: command, version: "1", definition: definition,
                    started: 1))
        }
        try shards.requireNewest(in: store)
        _ = try shards.perform(into: store) { false }
        // A run that left everything as it is, and another merge of the same shards, are no reason.
        try note("7", "run p.yaml", of: "")
        try note("8", "merge p.yaml", of: shards.job.digest)
        try shards.requireNewest(in: store)
        try store.removeDocument("log-0.txt", in: "logs")
        let refused = error { try shards.requireNewest(in: store) }
        #expect(refused?.code == .staleShards)
        #expect(refused?.message.contains("run 7 ('run p.yaml')") == true)
        #expect(refused?.message.contains("--replace-newer") == true)
    }

    /// The run that a merge asks for mends what it named as damaged.
    @Test(arguments: ["objects", "texts", "manifest.ndjson", "done.json"])
    func damagedShardsAreMendedByTheirRun(_ name: String) throws {
        let place = try Place()
        try run(place)
        try runAll(place, 2)
        try place.flipByte(of: name, inShard: 1, of: 2)
        let found = error { try merge(place, 2) }
        #expect(found != nil)
        try run(place, shard: ShardAssignment(index: 1, count: 2))
        #expect(try merge(place, 2).documents == 6)
        #expect(try place.contents("store") == place.contents("single"))
    }

    /// A file that cannot be read keeps its own documents, and none of a file whose name ends like its name.
    @Test func endsOfNamesAreOtherFiles() throws {
        let place = try Place()
        let file = place.sources.appendingPathComponent("en.xml")
        try Data("<log><entry>The gate opened at noon.</entry></log>".utf8).write(to: file)
        try run(place)
        try runAll(place, 2)
        try merge(place, 2)
        try FileManager.default.removeItem(at: file)
        try run(place)
        try runAll(place, 2)
        #expect(try merge(place, 2).removed == 1)
        #expect(try place.contents("store") == place.contents("single"))
    }

    /// Swift takes both spellings of é to be equal; files of both names are two documents.
    @Test func idsAreEqualByTheirBytes() throws {
        let place = try Place()
        try place.write("\u{E9}.txt", "The fog came in. ")
        try place.write("e\u{301}.txt", "The fog went out. ")
        try run(place)
        try runAll(place, 3)
        #expect(try merge(place, 3).documents == 8)
        #expect(try place.contents("store") == place.contents("single"))
    }

    @Test func anotherFinerCopyIsRefused() throws {
        let place = try Place()
        try run(place, shard: ShardAssignment(index: 0, count: 2), fine: 2)
        let refused = error { try run(place, shard: ShardAssignment(index: 1, count: 2)) }
        #expect(refused?.code == .badConfiguration)
        try run(place, shard: ShardAssignment(index: 1, count: 2), fine: 2)
        #expect(try merge(place, 2).documents == 6)
    }

    @Test func anotherNumberIsRefused() throws {
        let place = try Place()
        try run(place, shard: ShardAssignment(index: 0, count: 2))
        #expect(error { try run(place, shard: ShardAssignment(index: 0, count: 3)) }?.code == .usage)
        #expect(error { try merge(place, 3) }?.code == .usage)
        #expect(!FileManager.default.fileExists(atPath: try place.shard(0, 3).path))
    }

    @Test func missingShardsAreNamed() throws {
        let place = try Place()
        #expect(error { try merge(place, 5) }?.message.contains("5 of 5 shards are missing: 0-4") == true)
        for index in [0, 2] { try run(place, shard: ShardAssignment(index: index, count: 5)) }
        try FileManager.default.removeItem(at: place.shard(2, 5).appendingPathComponent("done.json"))
        let found = error { try merge(place, 5) }
        #expect(found?.code == .missingShards)
        #expect(found?.context["missing"] == "1-4")
        #expect(!FileManager.default.fileExists(atPath: place.store("store").appending("pharos.json").string))
    }

    @Test func duplicateAndForeignShardsAreNamed() throws {
        let place = try Place()
        try runAll(place, 2)
        try FileManager.default.removeItem(at: place.shard(1, 2))
        try FileManager.default.copyItem(at: place.shard(0, 2), to: place.shard(1, 2))
        let duplicate = error { try merge(place, 2) }
        #expect(duplicate?.code == .damagedShards)
        #expect(duplicate?.message.contains("00001-of-00002 is a duplicate of shard 0/2") == true)

        try FileManager.default.removeItem(at: place.shard(1, 2))
        try run(place, shard: ShardAssignment(index: 1, count: 2))
        try FileManager.default.copyItem(at: place.shard(0, 2), to: place.shard(0, 7))
        #expect(error { try merge(place, 2) }?.message.contains("00000-of-00007 is foreign") == true)
    }

    @Test func aShardOfOtherSourcesIsNamed() throws {
        let (place, other) = (try Place(), try Place())
        try runAll(place, 2)
        try other.write("log-9.txt", "The tide was out. ")
        try runAll(other, 2)
        try FileManager.default.removeItem(at: place.shard(1, 2))
        try FileManager.default.copyItem(at: other.shard(1, 2), to: place.shard(1, 2))
        let found = error { try merge(place, 2) }
        #expect(found?.code == .missingShards)
        #expect(found?.message.contains("1 (foreign, of other sources or settings: 1)") == true)
    }

    @Test(arguments: ["objects", "texts", "manifest.ndjson", "done.json"])
    func tamperedShardsAreNamed(_ name: String) throws {
        let place = try Place()
        try runAll(place, 2)
        try place.flipByte(of: name, inShard: 1, of: 2)
        let found = error { try merge(place, 2) }
        #expect(found?.code == .damagedShards || name == "done.json")
        #expect(found?.message.contains("shard") == true, "\(found?.message ?? "")")
    }

    @Test func numbersAreWrittenAsRanges() {
        #expect(ShardInspection.ranges([0, 1, 2, 5, 7, 8]) == "0-2,5,7-8")
        #expect(ShardInspection.ranges([]) == "")
    }
}
