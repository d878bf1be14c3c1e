import Documents
import Testing

@Suite struct TextTests {
    @Test func frontMatterBecomesMetadata() throws {
        let document = try #require(try Outcome(SourceDefinition(path: fixture("crane.md"))).documents.first)
        #expect(document.id == "crane.md")
        #expect(document.title == "Crane manual")
        #expect(
            document.metadata == ["tags": "lifting, safety", "author.name": "Ann", "parts": "jib, hook"])
        #expect(document.text == "# Heading\n\nText with café and é.\n")
        #expect(document.source.line == 10)
        #expect(document.coverage.isComplete)
        try checkMap(document, fixtureBytes("crane.md"))
    }

    @Test func titleFromTheFirstHeading() throws {
        #expect(try read("```\n# no\n```\n\n## Yes ##\n", name: "a.md").documents[0].title == "Yes")
        #expect(try read("Title\n=====\n\ntext", name: "a.md").documents[0].title == "Title")
        #expect(try read("---\n\nNot front matter\n", name: "a.md").documents[0].text.hasPrefix("---"))
    }

    @Test func normalisation() throws {
        let source = Array("\u{FEFF}a\r\nb\rc\u{0}d\u{85}e\u{301}\u{323}z".utf8)
        let document = try #require(try read(source, name: "a.txt").documents.first)
        #expect(document.text == "a\nb\nc d \u{1EB9}\u{301}z")
        #expect(Array(document.text.unicodeScalars) == Array("a\nb\nc d \u{1EB9}\u{301}z".unicodeScalars))
        #expect(document.coverage.replacedCharacters == 2)
        #expect(document.sourceMap.position(ofByte: 0).bytes == 3..<4)
        #expect(document.sourceMap.position(ofByte: 1).bytes == 4..<6)
        #expect(document.sourceMap.position(ofByte: 4).line == 3)
        #expect(document.sourceMap.position(ofByte: 8).bytes == 13..<18)
        #expect(document.sourceMap.position(ofByte: document.text.utf8.count - 1).bytes == 18..<19)
    }

    @Test(arguments: [
        ("UTF-16LE", true), ("UTF-16BE", true), ("UTF-32LE", true), ("UTF-32BE", true), ("UTF-16LE", false),
        ("UTF-16BE", false), ("UTF-32LE", false), ("UTF-32BE", false),
    ])
    func wideEncodings(_ name: String, marked: Bool) throws {
        let text = "Grüße aus Łódź, 東京 und 😀.\nZweite Zeile.\n"
        let big = name.hasSuffix("BE")
        var bytes: [UInt8] = []
        func append(_ unit: UInt32, _ width: Int) {
            for k in 0..<width { bytes.append(UInt8(unit >> UInt32(8 * (big ? width - 1 - k : k)) & 255)) }
        }
        let mark = marked ? "\u{FEFF}" : ""
        if name.hasPrefix("UTF-16") {
            for unit in (mark + text).utf16 { append(UInt32(unit), 2) }
        } else {
            for scalar in (mark + text).unicodeScalars { append(scalar.value, 4) }
        }
        let document = try #require(try read(bytes, name: "a.txt").documents.first)
        #expect(document.text == text)
        #expect(document.source.encoding == name)
        #expect(document.warnings.isEmpty == marked)
        let xml = "<?xml version='1.0' encoding='\(name.prefix(6))'?><r>\(text)</r>"
        bytes = []
        if name.hasPrefix("UTF-16") {
            for unit in (mark + xml).utf16 { append(UInt32(unit), 2) }
        } else {
            for scalar in (mark + xml).unicodeScalars { append(scalar.value, 4) }
        }
        let fromXML = try #require(try read(bytes).documents.first)
        #expect(fromXML.text == "Grüße aus Łódź, 東京 und 😀. Zweite Zeile.")
        let place = fromXML.sourceMap.position(ofByte: 0)
        let width = name.hasPrefix("UTF-16") ? 2 : 4
        let start = (marked ? 1 : 0) + xml.prefix { $0 != "G" }.unicodeScalars.count
        #expect(place.bytes == start * width..<(start + 1) * width)
    }

    @Test func undecodableBytes() throws {
        let bytes = Array("line one\nÜber alle Maßen schön größer füßig äöü ".utf8) + [0xFF, 0x41]
        let failure = try #require(try read(bytes, name: "a.txt").failures.first)
        #expect(failure.code == .encoding)
        #expect(failure.line == 2)
        #expect(failure.byteOffset == bytes.count - 2)
        let replaced = try read(bytes, name: "a.txt") { $0.undecodable = .replace }
        #expect(replaced.documents[0].text.hasSuffix("\u{FFFD}A"))
        #expect(replaced.documents[0].warnings.count == 2)
        #expect(
            try read(bytes, name: "a.txt") { $0.undecodable = .deadLetter }.order == ["+a.txt", "!encoding"])
        let xml = Array("<r>a".utf8) + [0xFF] + Array("b</r>".utf8)
        #expect(try read(xml).order == ["!malformed"])
        #expect(try read(xml) { $0.undecodable = .replace }.documents[0].text == "a\u{FFFD}b")
        let marked = Array("# a\nb?\n# c\n?d?\n# e\n".utf8).map { $0 == 0x3F ? 0xFF : $0 }
        let parts = try read(marked, name: "a.txt") {
            $0.encoding = "UTF-8"
            $0.split = .heading
            $0.undecodable = .replace
        }
        #expect(parts.documents.map(\.coverage.replacedCharacters) == [1, 2, 0])
        #expect(
            parts.documents.map { $0.warnings.joined() } == [
                "1 undecodable byte sequences replaced, the first at byte 5",
                "2 undecodable byte sequences replaced, the first at byte 11", "",
            ])
    }

    @Test func largeTextHasASmallMap() throws {
        let line = "The tug leaves the northern quay at six and returns with the tide, as the log has it.\n"
        let text = String(repeating: line, count: 20_000)
        let document = try #require(try read(text, name: "a.txt").documents.first)
        #expect(document.text == text)
        #expect(document.sourceMap.encoded.count < text.utf8.count / 25)
        #expect(document.sourceMap.position(ofByte: line.utf8.count * 15_000 + 3).line == 15_001)
    }

    @Test func damagedMapsAreRefused() throws {
        let bytes = try read("<r><p>a</p><p>b</p></r>").documents[0].sourceMap.encoded
        for length in 0..<bytes.count {
            #expect(throws: DocumentFailure.self) { try SourceMap(decoding: Array(bytes[..<length])) }
        }
        for at in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[at] ^= 1 << UInt8(bit)
                // What is accepted must at least be safe to use.
                guard let map = try? SourceMap(decoding: damaged) else { continue }
                for offset in -1...8 { _ = map.position(ofByte: offset) }
                _ = map.sourceRange(of: 0..<8)
            }
        }
    }

    /// Marks are put in order before they are composed, however many there are.
    @Test(.timeLimit(.minutes(1))) func manyMarks() throws {
        let text = "e" + String(repeating: "\u{301}\u{316}", count: 40_000) + "x"
        let clock = ContinuousClock()
        var document: Document?
        let time = try clock.measure { document = try read(text, name: "a.txt").documents.first }
        let wanted =
            "\u{E9}" + String(repeating: "\u{316}", count: 40_000)
            + String(repeating: "\u{301}", count: 39_999)
            + "x"
        #expect(document.map { Array($0.text.utf8) } == Array(wanted.utf8))
        #expect(time < .seconds(8))
    }
}
