import BeaconModel
import BundledModel
import CacheStorage
import ContextCaching
import FileAccess
import Foundation
import SystemPackage
import Tensors
import Testing

@testable import Answering

/// Answers from a coarse cache with the windows that a search hits promoted to a finer copy.
@Suite struct FineCopyTests {
    private let library: BerthLibrary

    init() throws { library = try BerthLibrary() }

    /// Keys and values of all entries, run by run.
    private func rows(_ part: ContextPart) throws -> [[Float]] {
        var result: [[Float]] = []
        for entries in part.entries { try entries.forEachLayer { result += [$2, $3] } }
        return result
    }

    @Test(arguments: [CompressionSettings.Segmentation.windows(2), .document])
    func promotedWindowsAreThoseOfTheFinerCopy(_ segmentation: CompressionSettings.Segmentation) throws {
        try library.inTemporaryDirectory { directory in
            let both = try library.answerer(directory.appending("both"), main: 8, fine: 2, segmentation)
            let fine = try library.answerer(directory.appending("fine"), main: 2, fine: nil, segmentation)
            let coarse = try library.answerer(directory.appending("coarse"), main: 8, fine: nil, segmentation)
            for words in [
                "Who keeps berth 7?", "Where does berth 22 lie?", "How high is the tide at berth 3?",
            ] {
                let question = Question(words)
                let choice = ContextChoice(
                    unit: segmentation == .document ? .windows : .segments, top: 1, beacons: 4096)
                let pieces = try both.choose(question, choice)
                #expect(pieces.allSatisfy { !$0.promoted.isEmpty })
                let promoted = try pieces.flatMap { try both.restore($0, OpenedCaches(both)) }
                let expected = try fine.choose(question, choice).flatMap {
                    try fine.restore($0, OpenedCaches(fine))
                }
                #expect(try promoted.map(rows) == expected.map(rows))
                #expect(promoted.map(\.intervals) == expected.map(\.intervals))
                #expect(promoted.map(\.tokens) == expected.map(\.tokens))
                #expect(try both.answer(question, choice: choice).promoted > 0)
                // Without room for more entries the coarse ones do.
                var tight = choice
                tight.beacons = 1
                let plain = try both.answer(question, choice: tight)
                #expect(plain.promoted == 0)
                #expect(try plain.tokens == coarse.answer(question, choice: tight).tokens)
            }
        }
    }

    @Test func wholeDocumentsArePromotedWindowByWindow() throws {
        try library.inTemporaryDirectory { directory in
            let both = try library.answerer(directory.appending("both"), main: 8, fine: 2, .document)
            let question = Question("Who keeps berth 7?", documents: ["berths"])
            let whole = try both.choose(question, ContextChoice(unit: .document, beacons: 4096))
            #expect(!whole[0].promoted.isEmpty)
            let caches = OpenedCaches(both)
            let coarse = try caches.coarse(whole[0].document)
            let fine = try #require(try caches.fine(whole[0].document))
            let some = try both.choose(
                question, ContextChoice(unit: .document, beacons: coarse.entryCount + 60))
            #expect(some[0].promoted.count < whole[0].promoted.count && !some[0].promoted.isEmpty)
            let part = try #require(try both.restore(some[0], caches).first)
            let more = some[0].promoted.reduce(0) {
                $0 + fine.entryCount($1..<$1 + 1) - coarse.entryCount($1..<$1 + 1)
            }
            #expect(part.entryCount == coarse.entryCount + more && more <= 60)
            #expect(part.intervals.map(\.bytes.lowerBound) == part.intervals.map(\.bytes.lowerBound).sorted())
            #expect(try both.restore(whole[0], caches).count == 1)
        }
    }

    @Test func aFinerCopyThatIsGoneIsNamed() throws {
        try library.inTemporaryDirectory { directory in
            let both = try library.answerer(directory.appending("both"), main: 8, fine: 2, .windows(2))
            let document = try both.store.document("berths", in: "c")
            let file = both.store.paths.object(document.companions[0]).string
            try FileManager.default.removeItem(atPath: file)
            let error = #expect(throws: CacheStorageError.self) {
                try both.answer(Question("Who keeps berth 7?"), choice: ContextChoice())
            }
            #expect(error?.code == .missing && error?.message.contains("pharos run") ?? false)
        }
    }
}
