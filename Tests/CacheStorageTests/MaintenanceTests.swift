import CacheStorage
import FileAccess
import SystemPackage
import Testing

@Suite struct MaintenanceTests {
    private func damage(_ path: FilePath, at place: Double = 0.5) throws {
        var bytes = try FileSystem.read(path)
        bytes[Int(Double(bytes.count - 1) * place)] ^= 0x10
        try AtomicFile.replace(path, with: bytes)
    }

    @Test func soundStoreVerifies() throws {
        try withTemporaryDirectory { directory in
            let store = try StoreExample.store(directory.appending("s"), documents: 5)
            for readingData in [false, true] {
                let report = try store.verify(readingData: readingData, threads: 2)
                #expect(report.isSound && report.findings.isEmpty)
                #expect(report.documents == 5 && report.caches == 5)
                #expect((report.bytesRead > 0) == readingData)
            }
        }
    }

    @Test func verifyNamesEveryKindOfDamage() throws {
        try withTemporaryDirectory { directory in
            let store = try StoreExample.store(directory.appending("s"), documents: 6)
            let documents = try store.documents()
            let objects = documents.map { store.paths.object($0.cache ?? "") }
            try damage(objects[0])
            try FileSystem.remove(objects[1])
            // Two objects under each other's name.
            let (second, third) = (try FileSystem.read(objects[2]), try FileSystem.read(objects[3]))
            try AtomicFile.replace(objects[2], with: third)
            try AtomicFile.replace(objects[3], with: second)
            try damage(store.paths.text(documents[4].textObject), at: 0.2)
            try FileSystem.remove(store.paths.text(documents[5].textObject))
            let structure = try store.verify()
            #expect(!structure.isSound)
            let report = try store.verify(readingData: true, threads: 2)
            func kinds(_ path: FilePath) -> Set<StoreFinding.Kind> {
                Set(report.findings.filter { $0.path == path }.map { $0.kind })
            }
            #expect(kinds(objects[0]) == [.damaged])
            #expect(kinds(objects[1]) == [.missing])
            #expect(kinds(objects[2]) == [.misplaced] && kinds(objects[3]) == [.misplaced])
            #expect(kinds(store.paths.text(documents[4].textObject)) == [.damaged])
            #expect(kinds(store.paths.text(documents[5].textObject)) == [.missing])
            #expect(report.findings.count == 6)
        }
    }

    @Test func repairRebuildsTheCatalogFromObjectsAndTexts() throws {
        try withTemporaryDirectory { directory in
            let root = directory.appending("s")
            do { _ = try StoreExample.store(root, documents: 7) }
            let before = try StoreExample.content(root)
            for damage in 0..<4 {
                switch damage {
                case 0: try FileSystem.remove(root.appending("catalog.sqlite"))
                case 1: try AtomicFile.replace(root.appending("catalog.sqlite"), with: [])
                case 2:
                    var bytes = try FileSystem.read(root.appending("catalog.sqlite"))
                    for place in stride(from: 4000, to: bytes.count, by: 700) { bytes[place] ^= 0xFF }
                    try AtomicFile.replace(root.appending("catalog.sqlite"), with: bytes)
                default: try FileSystem.remove(root.appending("pharos.json"))
                }
                let report = try CacheStore.repair(root, createdBy: "1.0", command: "repair")
                #expect(report.documents == 7 && report.caches == 7 && report.removed.isEmpty)
                var after = try StoreExample.content(root)
                after["catalog.sqlite.sum"] = before["catalog.sqlite.sum"]
                #expect(after == before)
                #expect(try CacheStore(root).verify(readingData: true).findings.isEmpty)
            }
        }
    }

    @Test func repairRemovesWhatIsDamagedAndARunMendsIt() throws {
        try withTemporaryDirectory { directory in
            let root = directory.appending("s")
            do { _ = try StoreExample.store(root, documents: 4) }
            let before = try StoreExample.content(root)
            let documents = try CacheStore(root).documents()
            try damage(StorePaths(root).object(documents[1].cache ?? ""))
            try damage(StorePaths(root).text(documents[2].textObject), at: 0.3)
            let report = try CacheStore.repair(root, createdBy: "1.0", command: "repair")
            #expect(report.removed.count == 2)
            #expect(report.withoutCache == ["harbour/depot-1"])
            do {
                let store = try CacheStore(root, access: .writing(command: "run"))
                for number in 0..<4 { try StoreExample.publish(number, in: store) }
            }
            var after = try StoreExample.content(root)
            after["catalog.sqlite.sum"] = before["catalog.sqlite.sum"]
            #expect(after == before)
        }
    }

    @Test func runsFailuresAndPinsOutliveARepair() throws {
        try withTemporaryDirectory { directory in
            let root = directory.appending("s")
            let run = RunRecord(
                id: "r", collection: "harbour", command: "run", version: "1", definition: "d", started: 5)
            let failure = FailureRecord(
                run: "r", collection: "harbour", document: "x", code: "limit", message: "too long")
            do {
                let store = try StoreExample.store(root, documents: 1)
                try store.beginRun(run)
                try store.recordFailure(failure)
                try store.setPinned(true, cache: StoreExample.cache(0).identity.digest)
            }
            #expect(try CacheStore.repair(root, createdBy: "1", command: "repair").runs == 1)
            let store = try CacheStore(root)
            #expect(try store.runs() == [run])
            #expect(try store.lastFailure(of: "x", in: "harbour") == failure)
            #expect(try store.caches().map { $0.isPinned } == [true])
        }
    }

    @Test func statesAreTold() throws {
        try withTemporaryDirectory { directory in
            let store = try StoreExample.store(directory.appending("s"), documents: 3)
            let documents = try store.documents()
            let wanted = StoreExample.cache(0).identity
            for opening in [false, true] {
                #expect(try store.state(of: documents[0], expected: wanted, opening: opening) == .fresh)
            }
            let other = StoreExample.cache(0, weights: "weights-2").identity
            #expect(
                try store.state(of: documents[0], expected: other)
                    == .stale([.init(field: "model.weights", expected: "weights-2", found: "weights-1")]))
            #expect(try store.state(of: nil, expected: other) == .missing)
            try FileSystem.remove(store.paths.object(StoreExample.cache(1).identity.digest))
            #expect(try store.state(of: documents[1], expected: StoreExample.cache(1).identity) == .missing)
            let path = store.paths.object(StoreExample.cache(2).identity.digest)
            try AtomicFile.replace(path, with: Array(FileSystem.read(path).dropLast(10)))
            for opening in [false, true] {
                let state = try store.state(
                    of: documents[2], expected: StoreExample.cache(2).identity, opening: opening)
                #expect(state.name == "broken")
            }
        }
    }

    @Test func pruneFollowsItsRules() throws {
        try withTemporaryDirectory { directory in
            let store = try StoreExample.store(directory.appending("s"), documents: 5)
            // Document 0 gets a cache of newer weights, its former one is superseded; an orphan lies about.
            try StoreExample.publish(0, in: store, weights: "weights-2")
            try StoreExample.cache(0, weights: "weights-3").writeObject(in: store)
            let digests = (0..<5).map { StoreExample.cache($0).identity.digest }
            for (number, digest) in digests.enumerated() {
                try store.noteUse(of: [digest], at: 4_000_000_000 + number)
            }
            try store.setPinned(true, cache: digests[2])

            #expect(try store.prunePlan(PrunePolicy()).removals.isEmpty)
            let clean = try store.prunePlan(PrunePolicy(orphans: true, superseded: true))
            #expect(Set(clean.removals.map { $0.reason }) == [.orphan, .superseded])
            #expect(clean.removals.first { $0.reason == .superseded }?.digest == digests[0])
            let unused = try store.prunePlan(PrunePolicy(unusedSince: 4_000_000_002))
            #expect(Set(unused.removals.map { $0.digest }).isSuperset(of: [digests[0], digests[1]]))
            #expect(!unused.removals.contains { $0.digest == digests[3] })
            let all = try store.prunePlan(PrunePolicy(maximumByteCount: 0))
            #expect(all.keptCaches == 1 && all.pinned == [digests[2]])
            let few = try store.prunePlan(PrunePolicy(maximumCount: 3))
            #expect(few.keptCaches == 3 && few.removals.count == 4)
            #expect(Set(few.removals.map { $0.digest }).isSuperset(of: [digests[0], digests[1]]))

            let before = try store.objectByteCount()
            #expect(try store.prune(clean) == clean.freedBytes)
            #expect(try store.objectByteCount() == before - clean.freedBytes)
            #expect(try store.verify(readingData: true).findings.isEmpty)
            try store.prune(all)
            #expect(try store.verify().findings.allSatisfy { $0.kind == .pruned })
        }
    }

    @Test func usageIsCountedAndBudgetsAreKept() throws {
        try withTemporaryDirectory { directory in
            let store = try StoreExample.store(directory.appending("s"), documents: 3)
            try StoreExample.publish(0, in: store, weights: "weights-2")
            let usage = try store.usage()
            #expect(usage.map { $0.caches } == [2, 1, 1])
            #expect(usage.map { $0.collection } == ["harbour", "harbour", nil])
            let total = try store.objectByteCount()
            #expect(usage.reduce(0) { $0 + $1.bytes } == total)
            try store.requireRoom(
                for: 10, within: StoreBudget(maximumByteCount: total + 10, freeSpaceFloor: 0))
            let error = #expect(throws: CacheStorageError.self) {
                try store.requireRoom(for: 11, within: StoreBudget(maximumByteCount: total + 10))
            }
            #expect(error?.code == .noSpace)
            #expect(throws: CacheStorageError.self) {
                try store.requireRoom(for: 0, within: StoreBudget(freeSpaceFloor: .max))
            }
        }
    }

    @Test func forgottenDocumentLeavesNoTrace() throws {
        try withTemporaryDirectory { directory in
            let root = directory.appending("s")
            do {
                let store = try StoreExample.store(root, documents: 4)
                try StoreExample.publish(1, in: store, weights: "weights-2")
                try Self.noteRuns(store)
                let report = try store.forget("depot-1", in: "harbour")
                #expect(report.runLines == 3 && report.failures == 2)
                #expect(
                    report.wasPublished && report.texts == 1 && report.passages == 2
                        && report.caches.count == 2)
                #expect(try store.documents().map { $0.id } == ["depot-0", "depot-2", "depot-3"])
                #expect(try store.verify(readingData: true).findings.isEmpty)
                #expect(try store.forget("depot-1", in: "harbour").wasPublished == false)
            }
            // "Tomas Quell" is the keeper of that depot alone.
            for file in try FileSystem.files(under: root) {
                let text = String(decoding: try FileSystem.read(file), as: UTF8.self).lowercased()
                #expect(!text.contains("quell") && !text.contains("id\":\"depot-1\""))
            }
        }
    }

    /// A name that nobody knows must not cost anybody anything.
    @Test func onlyKnownDocumentsAreForgotten() throws {
        try withTemporaryDirectory { directory in
            let store = try StoreExample.store(directory.appending("s"), documents: 2)
            #expect(try store.knows("depot-1", in: "harbour"))
            #expect(try !store.knows("depot-9", in: "harbour") && !store.knows("depot-1", in: "elsewhere"))
            // A document that left the collection has left its caches.
            try store.removeDocument("depot-1", in: "harbour")
            #expect(try store.knows("depot-1", in: "harbour"))
            _ = try store.forget("depot-1", in: "harbour")
            #expect(try !store.knows("depot-1", in: "harbour"))
        }
    }

    @Test func whatWasPrunedIsNotDamaged() throws {
        try withTemporaryDirectory { directory in
            let store = try StoreExample.store(directory.appending("s"), documents: 2)
            let documents = try store.documents()
            try store.prune(store.prunePlan(PrunePolicy(maximumCount: 1)))
            let lost = try #require(documents.first { try store.caches(of: $0).isEmpty })
            func absence() throws -> CacheStorageError {
                try store.absence(ofCache: lost.cache, of: lost)
            }
            #expect(try absence().code == .pruned && absence().message.contains("'pharos run'"))
            try store.beginRun(
                RunRecord(
                    id: "1", collection: "harbour", command: "run depots.yaml", version: "1", definition: "",
                    started: 1))
            #expect(try absence().message.contains("'pharos run depots.yaml'"))
            let report = try store.verify(readingData: true)
            #expect(report.isSound && report.findings.map(\.kind) == [.pruned])
            // A file that went by itself is another matter.
            let kept = try #require(documents.first { $0.id != lost.id })
            try FileSystem.remove(store.paths.object(kept.cache ?? ""))
            #expect(try store.absence(ofCache: kept.cache, of: kept).code == .missing)
            #expect(try !store.verify().isSound)
            // The next prune takes away the row that lost its file.
            try store.prune(store.prunePlan(PrunePolicy(orphans: true)))
            #expect(try store.caches().isEmpty && store.verify().isSound)
        }
    }

    /// Shards' stores that lie beside the merged one know the same documents.
    @Test func shardsForgetToo() throws {
        try withTemporaryDirectory { directory in
            let root = directory.appending("s")
            let shard = root.appending("shards").appending("00000-of-00001")
            do {
                let store = try StoreExample.store(root, documents: 2)
                _ = try StoreExample.store(shard, documents: 2)
                let report = try store.forget("depot-1", in: "harbour")
                #expect(report.texts == 2 && report.caches.count == 1)
            }
            #expect(try CacheStore(shard).documents().map(\.id) == ["depot-0"])
            for file in try FileSystem.files(under: root) {
                let text = String(decoding: try FileSystem.read(file), as: UTF8.self).lowercased()
                #expect(!text.contains("quell"))
            }
        }
    }

    /// A text is what the catalog is rebuilt from, so a damaged catalog must not be what decides that it goes.
    @Test func openingADamagedCatalogRemovesNoText() throws {
        try withTemporaryDirectory { directory in
            let root = directory.appending("s")
            let text: FilePath
            let path: FilePath
            do {
                let store = try StoreExample.store(root, documents: 2)
                text = store.paths.text(try store.document("depot-1", in: "harbour").textObject)
                path = store.paths.catalog
            }
            let digest = try #require(text.lastComponent?.string.prefix(64))
            var bytes = try FileSystem.read(path)
            let name = Array(digest.utf8)
            // Wherever the row and its index entry name the text.
            for start in bytes.indices.dropLast(name.count) where bytes[start] == name[0] {
                if bytes[start..<start + name.count].elementsEqual(name) { bytes[start] ^= 1 }
            }
            try AtomicFile.replace(path, with: bytes)
            do { _ = try CacheStore(root, access: .writing(command: "x")) }
            #expect(try FileSystem.kind(of: text) == .file)
        }
    }

    /// Two runs, of which one is over another collection, with their files.
    private static func noteRuns(_ store: CacheStore) throws {
        for (id, collection) in [("1", "harbour"), ("2", "elsewhere")] {
            try store.beginRun(
                RunRecord(
                    id: id, collection: collection, command: "run", version: "1", definition: "d", started: 1)
            )
            try FileSystem.createDirectory(store.paths.run(id))
        }
        func write(_ run: String, _ name: String, _ lines: [String]) throws {
            try AtomicFile.replace(
                store.paths.run(run).appending(name), with: Array(lines.map { $0 + "\n" }.joined().utf8))
        }
        try write("1", "plan.ndjson", [#"{"id":"depot-1"}"#, #"{"id":"depot-2"}"#, #"{"id":"depot-1 "}"#])
        try write(
            "1", "failures.ndjson",
            [
                #"{"document":"depot-1","message":"Quell"}"#, #"{"file":"/a/depot-1","message":"Quell"}"#,
                #"{"document":"depot-2","file":"/a/depot-1","message":"m"}"#,
            ])
        try write("2", "plan.ndjson", [#"{"id":"depot-2"}"#])
        for (document, file) in [("depot-1", nil), (nil, "/a/depot-1"), ("depot-2", "/a/depot-1")]
            as [(String?, String?)]
        {
            try store.recordFailure(
                FailureRecord(
                    run: "1", collection: "harbour", document: document, code: "c", message: "m", file: file))
        }
    }

    @Test func everyFlippedBitOfObjectsAndTextsIsFound() throws {
        try withTemporaryDirectory { directory in
            let store = try StoreExample.store(directory.appending("s"), documents: 3)
            let files =
                try FileSystem.files(under: store.paths.objects) + FileSystem.files(under: store.paths.texts)
            var random = SeededRandom(31)
            #if DEBUG
                let rounds = 100
            #else
                let rounds = 2_000
            #endif
            for round in 0..<rounds {
                let file = files[round % files.count]
                let good = try FileSystem.read(file)
                var bytes = good
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^=
                    1 << UInt8.random(in: 0..<8, using: &random)
                try FileSystem.remove(file)
                try AtomicFile.replace(file, with: bytes)
                let report = try store.verify(readingData: true)
                #expect(report.findings.contains { $0.path == file && $0.kind.isDefect })
                try AtomicFile.replace(file, with: good)
            }
            #expect(try store.verify(readingData: true).findings.isEmpty)
        }
    }

    @Test func damagedCatalogNeverGivesAWrongAnswer() throws {
        try withTemporaryDirectory { directory in
            let root = directory.appending("s")
            do { _ = try StoreExample.store(root, documents: 12) }
            let right = try StoreExample.content(root)
            let path = root.appending("catalog.sqlite")
            let good = try FileSystem.read(path)
            var random = SeededRandom(5)
            var found = 0
            for _ in 0..<150 {
                var bytes = good
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^=
                    1 << UInt8.random(in: 0..<8, using: &random)
                try AtomicFile.replace(path, with: bytes)
                do {
                    #expect(try StoreExample.content(root) == right)
                } catch let error as CacheStorageError {
                    found += 1
                    #expect([.catalog, .damaged, .inputOutput, .notPermitted].contains(error.code))
                }
            }
            #expect(found > 140)
        }
    }
}

extension CacheExample {
    /// Writes the cache into a store without publishing anything.
    func writeObject(in store: CacheStore) throws {
        let writer = try store.cacheWriter(identity, layout: layout)
        for item in writer.items { try writer.append(block(item), for: item) }
        _ = try writer.finish()
    }
}
