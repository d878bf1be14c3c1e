import CacheStorage
import ContextCaching
import Documents
import Foundation
import SystemPackage
import Testing

@testable import Pipelines

@Suite struct PipelineRunTests {
    /// A folder of documents and a store beside it.
    private final class Place {
        let root: URL
        var sources: URL { root.appendingPathComponent("sources") }
        var store: FilePath { FilePath(root.appendingPathComponent("store").path) }

        init() throws {
            root = FileManager.default.temporaryDirectory.appendingPathComponent(
                "pharos-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
            for number in 0..<5 {
                try write("log-\(number).txt", Self.log(number, lines: 8 + number * 9))
            }
        }

        deinit { _ = try? FileManager.default.removeItem(at: root) }

        static func log(_ number: Int, lines: Int) -> String {
            (0..<lines).map {
                "Berth \($0) of quay \(number) was free at \($0 % 24):15; the tide stood \($0 + 3) feet high.\n"
            }
            .joined()
        }

        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: sources.appendingPathComponent(name))
        }

        /// Objects and texts by name.
        func files() throws -> [String: Data] {
            var result: [String: Data] = [:]
            for folder in ["objects", "texts"] {
                let base = root.appendingPathComponent("store/\(folder)")
                for case let name as String in try #require(FileManager.default.enumerator(atPath: base.path))
                {
                    let url = base.appendingPathComponent(name)
                    var isFolder: ObjCBool = false
                    _ = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
                    if !isFolder.boolValue { result["\(folder)/\(name)"] = try Data(contentsOf: url) }
                }
            }
            return result
        }
    }

    private func run(
        _ place: Place, sources: [SourceDefinition]? = nil, jobs: Int = 1,
        stop: (@Sendable () -> Bool)? = nil, allowingEmptySources: Bool = false,
        change: (inout RunPlan) -> Void = { _ in }
    ) throws -> (plan: RunPlan, report: RunReport) {
        let recipe = try Recipes.bundled()
        var options = PipelineRun.Options()
        options.jobs = jobs
        options.threads = jobs
        options.allowsEmptySources = allowingEmptySources
        if let stop { options.shouldStop = stop }
        let store = try CacheStore.create(place.store, createdBy: "test", command: "test")
        let run = PipelineRun(
            sources: sources ?? [SourceDefinition(path: place.sources.path)], collection: "logs",
            recipe: recipe,
            store: store, options: options)
        var plan = try run.plan()
        change(&plan)
        return (plan, try run.perform(plan, observer: Silent()))
    }

    @Test func storesAreTheSameBytesForAnyNumberOfJobs() throws {
        let one = try Place()
        let two = try Place()
        _ = try run(one)
        _ = try run(two, jobs: 2)
        let files = try one.files()
        #expect(files.count == 10)
        #expect(try two.files() == files)
    }

    /// Nobody expects the next night to take away what was uploaded during the day.
    @Test func uploadsStayThoughNoSourceHasThem() throws {
        let place = try Place()
        _ = try run(place)
        do {
            let recipe = try Recipes.bundled()
            var options = PipelineRun.Options()
            options.removesMissing = false
            for name in ["sent.txt", "log-0.txt"] {
                let store = try CacheStore.create(place.store, createdBy: "test", command: "test")
                let source = SourceDefinition(path: name, content: Array("The fog came in at six.\n".utf8))
                let upload = PipelineRun(
                    sources: [source], collection: "logs", recipe: recipe, store: store, options: options)
                _ = try upload.perform(upload.plan(), observer: Silent())
                #expect(try upload.plan().count(.reuse) == 1)
            }
        }
        #expect(try run(place).plan.count(.remove) == 0)
        let store = try CacheStore(place.store)
        #expect(try store.documents(in: "logs").count == 6)
        // What a source has of the same id takes the upload's place.
        #expect(try store.text(of: try store.document("log-0.txt", in: "logs")) == Place.log(0, lines: 8))
        #expect(try run(place).plan.count(.reuse) == 5)
    }

    @Test func onlyWhatChangedIsDone() throws {
        let place = try Place()
        #expect(try run(place).plan.count(.compress) == 5)
        let unchanged = try run(place)
        #expect(unchanged.plan.count(.reuse) == 5)
        #expect(unchanged.plan.documents.allSatisfy { $0.reason == "unchanged" })

        try place.write("log-4.txt", Place.log(4, lines: 44) + "And then the fog came in.\n")
        try place.write("log-5.txt", Place.log(0, lines: 8))
        try FileManager.default.removeItem(at: place.sources.appendingPathComponent("log-1.txt"))
        let changed = try run(place).plan
        func action(_ id: String) -> PlannedDocument.Action? {
            changed.documents.first { $0.id == id }?.action
        }
        #expect(action("log-0.txt") == .reuse)
        #expect(action("log-1.txt") == .remove)
        #expect(action("log-4.txt") == .extend)
        // Its text is that of another document.
        #expect(action("log-5.txt") == .reuse)
        #expect(try run(place).plan.documents.count == 5)
    }

    /// A volume that is not mounted looks like an empty folder.
    @Test func emptySourcesKeepWhatCameFromThem() throws {
        let place = try Place()
        let other = place.root.appendingPathComponent("other")
        let note = other.appendingPathComponent("note.txt")
        try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
        try Data("High water is at noon.\n".utf8).write(to: note)
        var sources = [SourceDefinition(path: place.sources.path), SourceDefinition(path: other.path)]
        _ = try run(place, sources: sources)
        let away = place.root.appendingPathComponent("away")
        try FileManager.default.moveItem(at: place.sources, to: away)
        try FileManager.default.createDirectory(at: place.sources, withIntermediateDirectories: true)
        try Data("High water is at one.\n".utf8).write(to: note)

        let (plan, report) = try run(place, sources: sources)
        #expect(plan.count(.remove) == 0 && plan.failures.map(\.code) == [.empty])
        #expect(plan.failures[0].file == place.sources.path)
        #expect(
            plan.failures[0].message.contains("5 documents") && plan.failures[0].message.contains("--allow"))
        // The other source is worked on all the same.
        #expect(report.actions == [.compress: 1] && report.failures.count == 1)
        #expect(try CacheStore(place.store).documents().count == 6)

        try FileManager.default.removeItem(at: note)
        #expect(try run(place, sources: sources).report.failures.count == 2)
        #expect(try CacheStore(place.store).documents().count == 6)
        sources[1].empty = .remove
        #expect(try run(place, sources: sources).report.failures.count == 1)
        sources[0].empty = .remove
        #expect(try run(place, sources: sources).report.actions == [.remove: 6])
        #expect(try run(place).plan.failures.isEmpty)

        try FileManager.default.removeItem(at: place.sources)
        try FileManager.default.moveItem(at: away, to: place.sources)
        _ = try run(place)
        for number in 0..<5 {
            try FileManager.default.removeItem(at: place.sources.appendingPathComponent("log-\(number).txt"))
        }
        #expect(try run(place, allowingEmptySources: true).report.actions == [.remove: 5])
    }

    /// A pattern that nothing fits yet does not keep what it would never have held.
    @Test func emptyPatternsKeepWhatFitsThem() throws {
        let place = try Place()
        try place.write("a.md", "High water is at noon.\n")
        let sources = ["*.txt", "*.md"].map { SourceDefinition(path: place.sources.path + "/" + $0) }
        _ = try run(place, sources: sources)
        try FileManager.default.removeItem(at: place.sources.appendingPathComponent("a.md"))
        try FileManager.default.removeItem(at: place.sources.appendingPathComponent("log-0.txt"))
        let (plan, _) = try run(place, sources: sources)
        #expect(plan.failures.map(\.file) == [sources[1].path])
        #expect(plan.documents.filter { $0.action == .remove }.map(\.id) == ["log-0.txt"])
    }

    /// The same text at another place of its source needs no model, but its citations need another source
    /// map.
    @Test func movedTextGetsItsNewPlace() throws {
        let place = try Place()
        func write(gap: String) throws {
            try place.write("moved.xml", "<text><p>First of all.</p>\(gap)<p>Then the tide.</p></text>")
        }
        try write(gap: "\n")
        _ = try run(place)
        func map() throws -> [UInt8] {
            let store = try CacheStore(place.store)
            return try store.sourceMap(of: store.document("moved.xml", in: "logs"))
        }
        let before = try map()
        try write(gap: "\n\n\n")
        let (plan, _) = try run(place)
        let moved = try #require(plan.documents.first { $0.id == "moved.xml" })
        #expect(moved.action == .reuse && moved.reason != "unchanged")
        #expect(try map() != before)
        #expect(try run(place).plan.documents.allSatisfy { $0.reason == "unchanged" })
        #expect(try CacheStore(place.store).verify(readingData: true).findings.isEmpty)
    }

    @Test func stoppedRunsContinueToTheSameStore() throws {
        final class Countdown: Sendable {
            let left: Int
            let asked = Counter()
            init(_ left: Int) { self.left = left }
            func isOver() -> Bool { asked.next() > left }
        }
        let undisturbed = try Place()
        let stopped = try Place()
        _ = try run(undisturbed)
        for count in [7, 9, 12] {
            let countdown = Countdown(count)
            #expect(throws: CancellationError.self) { try run(stopped, stop: { countdown.isOver() }) }
        }
        _ = try run(stopped)
        #expect(try stopped.files() == undisturbed.files())
    }

    /// Jobs that meet the same text at the same time wait for each other: it is computed once.
    @Test func documentsOfEqualTextAreComputedOnce() throws {
        let place = try Place()
        for number in 0..<12 { try place.write("copy-\(number).txt", Place.log(7, lines: 30)) }
        let report = try run(place, jobs: 4).report
        #expect(report.documents == 17)
        #expect(try place.files().keys.count { $0.hasPrefix("objects/") } == 6)
    }

    /// Swift takes both spellings of é to be equal; files of both names are two documents.
    @Test func idsAreEqualByTheirBytes() throws {
        let place = try Place()
        try place.write("\u{E9}.txt", Place.log(8, lines: 9))
        try place.write("e\u{301}.txt", Place.log(9, lines: 9))
        let first = try run(place)
        #expect(first.plan.failures.isEmpty && first.report.documents == 7)
        #expect(try run(place).plan.count(.reuse) == 7)
    }

    @Test func whatCouldNotBeReadIsNotGone() {
        let sources = [SourceDefinition(path: "in/docs"), SourceDefinition(path: "lists/*.csv")]
        let unread = UnreadPlaces(["in/docs/closed", "in/docs/data.txt", "lists/a.csv"], sources: sources)
        #expect(unread.mayHold("closed/deep/one.txt"))
        #expect(unread.mayHold("data.txt"))
        #expect(unread.mayHold("a.csv"))
        #expect(!unread.mayHold("a.txt"))
        #expect(!unread.mayHold("closed-not/one.txt"))
        #expect(!UnreadPlaces([], sources: sources).mayHold("data.txt"))
        #expect(UnreadPlaces(["lists"], sources: sources).mayHold("b.csv"))
    }

    /// What came of a run elsewhere holds wherever the sources lie.
    @Test func unreadPlacesAreRelativeToTheirSources() {
        let sources = [SourceDefinition(path: "/a/docs"), SourceDefinition(path: "/a/lists/*.csv")]
        #expect(UnreadPlaces(["/a/docs/closed", "/b/x"], sources: sources).names == ["closed"])
        #expect(UnreadPlaces(["/a/lists"], sources: sources).names == [""])
        #expect(UnreadPlaces(names: [""]).mayHold("any.txt"))
        #expect(!UnreadPlaces(names: ["notes.md"]).mayHold("s.md"))
    }

    /// A document whose cache is too large to be stored fails alone, and an earlier version of it stays.
    @Test func whatCannotBeStoredFailsAlone() throws {
        let place = try Place()
        _ = try run(place)
        let files = try place.files()
        let tooLarge: (inout RunPlan) -> Void = { plan in
            plan.documents[1].action = .skip
            plan.documents[1].reason = "the cache would have too many bytes"
        }
        let report = try run(place, change: tooLarge).report
        #expect(report.failures.map(\.code) == [.limit])
        #expect(report.failures[0].message.contains("log-1.txt: the cache would have too many bytes"))
        #expect(report.unpublished == ["log-1.txt"])
        #expect(report.documents == 4)
        #expect(try place.files() == files)
    }

    @Test func planCountsTheTokensOfShortDocuments() throws {
        let place = try Place()
        try place.write("short.txt", "High water is at noon.\n")
        let plan = try run(place).plan
        let short = try #require(plan.documents.first { $0.id == "short.txt" })
        var alone = plan
        alone.documents = [short]
        #expect(short.tokens > 0 && alone.tokensToCompute == short.tokens)
        #expect(short.cacheBytes > 0 && plan.cacheBytes > 6 * short.cacheBytes)
        #expect(try run(place).plan.cacheBytes == 0)
    }
}
