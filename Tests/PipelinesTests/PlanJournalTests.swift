import CacheStorage
import ContextCaching
import Documents
import Foundation
import SystemPackage
import Testing

@testable import Pipelines

/// Runs that end before their time go on inside their sources.
@Suite struct PlanJournalTests {
    /// Sources with everything that a plan can meet: several records, duplicates, deletions, failures, two files.
    private final class Place {
        let root: URL
        var sources: URL { root.appendingPathComponent("sources") }
        var journal: URL {
            let path = PlanJournal.path("set", in: FilePath(root.path).appending("store/runs"))
            return URL(fileURLWithPath: path.string)
        }

        init() throws {
            root = FileManager.default.temporaryDirectory.appendingPathComponent(
                "pharos-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
            let first = ["a", "b", "a", "c", "d", "", "e"]
            let second = ["b", "f", "c", "g", "f", "h"]
            try write("1.xml", first.map { Self.item($0, "first") } + ["<gone>d</gone>"])
            try write(
                "2.xml", second.map { Self.item($0, "second") } + ["<gone>h</gone>", Self.item("d", "anew")])
        }

        deinit { _ = try? FileManager.default.removeItem(at: root) }

        static func item(_ id: String, _ text: String) -> String {
            "<item id='\(id)'>The \(text) text of \(id) speaks of ships in the harbour, and of their cargo.</item>"
        }

        func write(_ name: String, _ items: [String]) throws {
            // On one line: what has been read is told by bytes.
            let text = "<set>\(items.joined())</set>"
            try Data(text.utf8).write(to: sources.appendingPathComponent(name))
        }

        func run(
            _ duplicates: IDPolicy.Duplicates, recipe: ContextRecipe, jobs: Int = 1,
            stop: @escaping @Sendable () -> Bool = { false }
        ) throws -> PipelineRun {
            var source = SourceDefinition(
                path: sources.path, profile: .custom(Self.profile),
                ids: .init(form: .record, duplicates: duplicates))
            source.records = ["//item"]
            source.fields = ["id": "@id"]
            var options = PipelineRun.Options()
            options.keepsJournal = true
            options.placeInterval = 1
            options.now = { .max }
            options.jobs = jobs
            options.shouldStop = stop
            return PipelineRun(
                sources: [source], collection: "set", recipe: recipe,
                store: try CacheStore.create(
                    FilePath(root.path).appending("store"), createdBy: "test", command: "test"),
                options: options)
        }

        private static var profile: Profile {
            var profile = Profile(name: "set", summary: "Items, and their withdrawals", format: .xml)
            profile.deletions = ["//gone"]
            return profile
        }

        /// All that a store holds, files and catalog.
        func content() throws -> [String] {
            let store = try CacheStore(FilePath(root.path).appending("store"), access: .reading)
            var lines = try store.documents().map { "\($0)" }
            for folder in ["objects", "texts"] {
                let base = root.appendingPathComponent("store/\(folder)")
                let names = try FileManager.default.subpathsOfDirectory(atPath: base.path)
                for name in names.sorted() where name.hasSuffix(".zst") {
                    let bytes = try Data(contentsOf: base.appendingPathComponent(name))
                    lines.append("\(folder)/\(name) \(bytes.base64EncodedString())")
                }
            }
            return lines
        }

        func clear() throws { try FileManager.default.removeItem(at: root.appendingPathComponent("store")) }
    }

    @Test(arguments: [IDPolicy.Duplicates.error, .first, .last])
    func stoppedRunsReadOn(_ duplicates: IDPolicy.Duplicates) throws {
        let place = try Place()
        let recipe = try Recipes.bundled()
        let (plan, report) = try complete(place.run(duplicates, recipe: recipe))
        let expected = try place.content()
        #expect(!FileManager.default.fileExists(atPath: place.journal.path))
        #expect(plan.documents.map(\.id) == expectedIDs(duplicates))
        #expect(report.failures.count == (duplicates == .error ? 5 : 1))

        for after in [1, 4, 9, 22] {
            try place.clear()
            var asked = 0
            var isDone = false
            for attempt in 0..<80 where !isDone {
                let counter = Counter()
                // A stop right behind a failure would find the same one again.
                let allowed = after + attempt / 8 * 60
                do {
                    let (again, second) = try complete(
                        place.run(duplicates, recipe: recipe) { counter.next() > allowed })
                    #expect(again.corpus == plan.corpus)
                    #expect(again.failures == plan.failures)
                    #expect(again.documents.map(\.ordinal) == plan.documents.map(\.ordinal))
                    #expect(again.documents.map(\.recordDigest) == plan.documents.map(\.recordDigest))
                    #expect(second.documents == report.documents)
                    #expect(second.tokens == report.tokens)
                    #expect(second.windows == report.windows)
                    #expect(second.beacons == report.beacons)
                    #expect(second.rawBytes == report.rawBytes)
                    #expect(second.storedBytes == report.storedBytes)
                    isDone = true
                } catch is CancellationError {
                    asked += 1
                }
            }
            #expect(isDone && (asked > 0 || after > 20), "stopped after \(after)")
            #expect(try place.content() == expected, "stopped after \(after)")
            #expect(!FileManager.default.fileExists(atPath: place.journal.path))
        }
    }

    private func complete(_ run: PipelineRun) throws -> (plan: RunPlan, report: RunReport) {
        let plan = try run.plan()
        return (plan, try run.perform(plan, observer: Silent()))
    }

    private func expectedIDs(_ duplicates: IDPolicy.Duplicates) -> [String] {
        switch duplicates {
        case .error, .first: ["a", "b", "c", "e", "f", "g", "d"]
        case .last: ["a", "e", "b", "c", "g", "f", "d"]
        }
    }

    @Test func damagedJournalsAreReadAsFarAsTheyAreWhole() throws {
        let place = try Place()
        let recipe = try Recipes.bundled()
        let expected = try place.run(.last, recipe: recipe).plan()
        let journal = try Data(contentsOf: place.journal)
        #expect(journal.count > 3000)
        var step = 1
        for cut in stride(from: 0, to: journal.count, by: 211) {
            try journal.prefix(cut).write(to: place.journal)
            try check(place, recipe, expected)
            var flipped = journal
            flipped[cut] ^= UInt8(1 << (step % 7))
            step += 1
            try flipped.write(to: place.journal)
            try check(place, recipe, expected)
        }
    }

    private func check(_ place: Place, _ recipe: ContextRecipe, _ expected: RunPlan) throws {
        let plan = try place.run(.last, recipe: recipe).plan()
        #expect(plan.documents == expected.documents)
        #expect(plan.corpus == expected.corpus)
        #expect(plan.failures == expected.failures)
        #expect(plan.places == expected.places)
    }

    @Test func journalsOfOtherSourcesAndStoresAreNotBelieved() throws {
        let place = try Place()
        let recipe = try Recipes.bundled()
        _ = try place.run(.last, recipe: recipe).plan()
        // The same length, the same name.
        try place.write(
            "1.xml", ["a", "b", "a", "c", "d", "", "i"].map { Place.item($0, "first") } + ["<gone>d</gone>"])
        let changed = try complete(place.run(.last, recipe: recipe)).plan
        #expect(changed.documents.contains { $0.id == "i" })
        let content = try place.content()

        // A journal from when everything was there, and a store that has lost what was to stay.
        _ = try place.run(.last, recipe: recipe).plan()
        let objects = place.root.appendingPathComponent("store/objects")
        let names = try FileManager.default.subpathsOfDirectory(atPath: objects.path)
        let lost = try #require(names.first { $0.hasSuffix(".zst") })
        try FileManager.default.removeItem(at: objects.appendingPathComponent(lost))
        let mending = try complete(place.run(.last, recipe: recipe)).plan
        #expect(mending.count(.compress) == 1)
        #expect(try place.content() == content)
    }
}
