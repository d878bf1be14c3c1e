import Documents
import Testing

@Suite struct NearDuplicateTests {
    /// Words of a made-up language, the same for the same seed.
    private func words(_ count: Int, seed: UInt64) -> [String] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return "w\(state >> 52)"
        }
    }

    @Test func findsWhatDiffersInAFewWords() throws {
        var finder = try NearDuplicateFinder(threshold: 0.8)
        let texts = (0..<200).map { words(400, seed: UInt64($0)) }
        for (number, text) in texts.enumerated() {
            let near = finder.add(text.joined(separator: " "), id: "\(number)")
            #expect(near == nil)
        }
        for (number, text) in texts.enumerated() {
            var changed = text
            changed[number] = "changed"
            // Five runs of 396 go, five come: 391 of 401 are shared.
            let near = finder.add(changed.joined(separator: "\n"), id: "changed \(number)")
            let found = try #require(near)
            #expect(found.original == "\(number)")
            #expect(abs(found.similarity - 391.0 / 401) < 0.08)
        }
    }

    @Test func estimatesTheShareOfRunsInCommon() throws {
        // The threshold is so low that whatever is alike at all is found.
        for part in stride(from: 100, through: 400, by: 60) {
            var finder = try NearDuplicateFinder(threshold: 0.01)
            let text = words(400, seed: 7)
            _ = finder.add(text.joined(separator: " "), id: "whole")
            let other = text.prefix(part) + words(400 - part, seed: 8)
            let near = finder.add(other.joined(separator: " "), id: "part")
            let found = try #require(near)
            let shared = Double(part - 4)
            #expect(abs(found.similarity - shared / (2 * 396 - shared)) < 0.13)
        }
    }

    @Test func shortAndEmptyTexts() throws {
        var finder = try NearDuplicateFinder(threshold: 0.5)
        let texts = ["", "- (!)", "Two words", "two  WORDS.", "words two"]
        let found = texts.enumerated().map { finder.add($1, id: "\($0)") }
        #expect(found == [nil, nil, nil, NearDuplicate(original: "2", similarity: 1), nil])
        for threshold in [0, -1, 1.1, .nan] {
            #expect(throws: DocumentFailure.self) { try NearDuplicateFinder(threshold: threshold) }
        }
    }
}
