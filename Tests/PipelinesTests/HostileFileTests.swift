import Testing

@testable import Pipelines

/// Files that try to exhaust memory, time or the stack.
@Suite struct HostileFileTests {
    @Test func anAliasBombIsRefused() {
        var text = "a: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            let items = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "b\(level): &a\(level) [\(items)]\n"
        }
        #expect(problems(text).first?.contains("look like YAML aliases") == true)
        #expect(problems(text + "? *a30\n: x\n").first?.contains("look like YAML aliases") == true)
    }

    @Test func aSmallAliasBombAsAKeyIsRefused() {
        var text = "a0: &a0 [x, x]\n"
        for level in 1...5 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(
            problems(text + "? *a5\n: x\n") == [
                "p.yaml:1:5: anchors and aliases are not allowed; write the value where it is used"
            ])
    }

    @Test func anAnchorIsRefusedWithItsPlace() {
        #expect(
            problems("name: &n manuals\nstore: *n\n")
                == ["p.yaml:1:7: anchors and aliases are not allowed; write the value where it is used"])
    }

    @Test(arguments: ["[", "{a: ", "- ", "? "])
    func deepNestingIsRefused(_ opening: String) {
        for depth in [20, 900, 20_000] {
            #expect(!problems("name: a\nx: " + String(repeating: opening, count: depth)).isEmpty)
            #expect(!problems(String(repeating: opening, count: depth) + "x").isEmpty)
        }
        let nested = "x: " + String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        #expect(problems(nested).first?.contains("nested deeper than 16 levels") == true)
    }

    @Test func aHugeFileIsRefused() {
        let text = String(repeating: "a", count: PipelineFile.maximumBytes + 1)
        #expect(problems(text) == ["p.yaml:1:1: the file is larger than 256KiB"])
    }

    @Test func manyKeysAreReadInTime() {
        let text = (0..<4_000).map { "k\($0): 1\n" }.joined()
        #expect(problems(text).count == 4_000 + 3)
    }

    @Test(arguments: ["", "# nothing\n", "---\n...\n"])
    func anEmptyFileIsRefused(_ text: String) {
        #expect(problems(text).count == 1 || problems(text).count == 3)
        #expect(!problems(text).isEmpty)
    }

    @Test(arguments: [
        "name: !!binary aGk=\n", "!custom\nname: a\n", "name: [!x a]\n", "a: 1\n---\nb: 2\n", "name: 'a\n",
        "\tname: a\n",
        "name: a: b\n", "[a, b]", "just text", "a: \u{1}\n", "\"a\\ud800\": 1\n", "%YAML 9.9\n---\na: 1\n",
    ])
    func oddYAMLIsRefusedWithoutATrap(_ text: String) {
        let found = problems(text)
        #expect(!found.isEmpty)
        #expect(found.allSatisfy { $0.hasPrefix("p.yaml:") && !$0.contains("\n") })
    }

    @Test func cutsOfAValidFileNeverTrap() {
        let text =
            PipelineFileTests.small
            + "compression: { ratio: 8, values: [a, \"b\"] }\nlimits:\n  document-bytes: 1\n"
        for length in 0..<text.count { _ = problems(String(text.prefix(length))) }
    }
}
