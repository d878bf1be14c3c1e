import Documents
import Testing

/// Where in the source each byte of a text stands, whatever the line ends and however the parser hands it over.
@Suite struct PlaceTests {
    /// The 1-based line of each byte of a source; lines end at LF, CR LF and CR.
    static func lines(_ source: [UInt8]) -> [Int] {
        var lines: [Int] = []
        var line = 1
        for at in source.indices {
            lines.append(line)
            let isPair = source[at] == 0x0D && at + 1 < source.count && source[at + 1] == 0x0A
            if source[at] == 0x0A || source[at] == 0x0D && !isPair { line += 1 }
        }
        return lines
    }

    /// Checks that every byte of the text but white space is one byte of the source, the same, on its line.
    private func checkExact(
        _ document: Document, _ source: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let lines = Self.lines(source)
        var last = -1
        for (offset, byte) in document.text.utf8.enumerated() where byte != 0x20 && byte != 0x0A {
            let position = document.sourceMap.position(ofByte: offset)
            guard let bytes = position.bytes, bytes.count == 1, bytes.upperBound <= source.count,
                source[bytes.lowerBound] == byte, lines[bytes.lowerBound] == position.line,
                bytes.lowerBound > last
            else {
                let found = "\(position.bytes.map { "\($0)" } ?? "nothing"), line \(position.line)"
                Issue.record(
                    "byte \(offset) of \(document.id) is at \(found)", sourceLocation: sourceLocation)
                return
            }
            last = bytes.lowerBound
        }
    }

    /// UTF-16 with the lower byte of each unit first.
    static func little(_ text: String) -> [UInt8] {
        text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    }

    static let ends = ["\n", "\r\n", "\r"]

    @Test(arguments: ends) func lineEndsOfXML(_ end: String) throws {
        let text = """
            <?xml version="1.0"?>
            <r>
            <p>Grüße aus
            Århus — naïve
            façade</p><!-- a
            comment --><p>plain
            words</p>
            <q xml:space="preserve">für
            sich
            <![CDATA[größer
            als]]>
            alles</q>
            <p>zuletzt: öäü</p></r>
            """
        let source = Array(text.replacing("\n", with: end).utf8)
        let document = try #require(try read(source).documents.first)
        #expect(document.text == (try read(text).documents.first?.text))
        checkExact(document, source)
    }

    /// Long texts come in pieces, and the file in pushes; a CR and its LF may be in two.
    @Test(arguments: ends) func lineEndsOfLongXML(_ end: String) throws {
        for shift in 0..<3 {
            var text = "<r><p>" + String(repeating: "ä", count: shift) + String(repeating: "x", count: shift)
            for number in 0..<4200 { text += "Zeile \(number) führt über die Brücke\(end)" }
            text += "</p>\(end)<p>Schluß</p></r>"
            let source = Array(text.utf8)
            let document = try #require(try read(source).documents.first)
            checkExact(document, source)
            #expect(document.sourceMap.position(ofByte: document.text.utf8.count - 1).line == 4202)
        }
    }

    @Test(arguments: ends) func lineEndsOfRecordsAndErrors(_ end: String) throws {
        let text = "<r>\(end)<i>eins\(end)ü</i>\(end)\(end)<i>zwei</i>\(end)<i>drei</j></r>"
        let outcome = try read(text) { $0.records = ["i"] }
        #expect(outcome.documents.map(\.source.line) == [2, 5])
        #expect(outcome.failures.map(\.line) == [6])
    }

    @Test func textOfEntitiesIsAtTheReference() throws {
        let long = String(repeating: "é", count: 400)
        let text = """
            <!DOCTYPE r [<!ENTITY e "one <b>two</b> three"><!ENTITY l "\(long)">
            <!ENTITY c "<!-- note -->four"><!ENTITY n "five &e; six">]>
            <r><p>x &e;> y &l;&c; z
            &n;&amp;</p></r>
            """
        let document = try #require(try read(text).documents.first)
        let source = Array(text.utf8)
        let wanted: [(String, String)] = [
            ("x ", "x"), ("one two three", "&e;"), ("> y ", ">"), (long, "&l;"), ("four", "&c;"),
            (" z ", " "), ("five one two three six", "&n;"), ("&", "&amp;"),
        ]
        #expect(document.text == wanted.map(\.0).joined())
        var offset = 0
        for (part, reference) in wanted {
            for at in offset..<offset + part.utf8.count {
                let position = document.sourceMap.position(ofByte: at)
                let bytes = try #require(position.bytes)
                if reference.hasPrefix("&") {
                    #expect(Array(source[bytes]) == Array(reference.utf8), "\(part), byte \(at)")
                } else if bytes.count == 1, part != " z " {
                    #expect(source[bytes.lowerBound] == Array(document.text.utf8)[at])
                }
            }
            offset += part.utf8.count
        }
        #expect(document.sourceMap.position(ofByte: document.text.utf8.count - 1).line == 4)
    }

    /// Records that stand in an entity have the place of the reference.
    @Test func recordsOfEntities() throws {
        let text = "<!DOCTYPE r [<!ENTITY e '<i>a</i><i>b</i>'>]>\n<r>&e;\n<i>c</i></r>"
        let outcome = try read(text) { $0.records = ["i"] }
        let source = Array(text.utf8)
        let places = outcome.documents.map {
            $0.source.bytes.map { String(decoding: source[$0], as: UTF8.self) }
        }
        #expect(places == ["&e;", "&e;", "<i>c</i>"])
        #expect(outcome.documents.map(\.source.line) == [2, 2, 3])
    }

    /// UTF-16 is decoded in pieces of 60,000 bytes, which may part a CR from its LF.
    @Test(arguments: ends, ["a.txt", "a.xml", "a.csv"]) func linesOfWideText(_ end: String, _ name: String)
        throws
    {
        let line = String(repeating: "x", count: 29)
        var text = name == "a.txt" ? "" : name == "a.csv" ? "text\(end)\"" : "<r xml:space='preserve'>"
        let first = name == "a.csv" ? 2 : 1
        for _ in 0..<4100 { text += line + end }
        text += name == "a.csv" ? "\"" : name == "a.xml" ? "</r>" : ""
        for shift in ["", "y"] {
            let shifted = text.replacing(
                line + end + line, with: shift + line + end + line, maxReplacements: 1)
            let bytes = Self.little("\u{FEFF}" + shifted)
            let document = try #require(try read(bytes, name: name).documents.first)
            #expect(document.text.utf8.count { $0 == 0x0A } >= 4099)
            var number = first
            var offset = 0
            for written in document.text.split(separator: "\n") {
                let position = document.sourceMap.position(ofByte: offset)
                guard position.line == number else {
                    Issue.record("line \(position.line), not \(number)")
                    return
                }
                number += 1
                offset += written.utf8.count + 1
            }
        }
    }

    @Test func failuresInWideTextNameTheirLine() throws {
        let bytes = Self.little("\u{FEFF}one Ċ\ntwo ") + [0x00, 0xD8, 0x41, 0x00]
        let failure = try #require(try read(bytes, name: "a.txt").failures.first)
        #expect(failure.line == 2)
        #expect(failure.column == 9)
    }

    /// UTF-16 without a mark is known by its zero bytes, though half a character is missing at its end.
    @Test func halfACharacterOfWideText() throws {
        let bytes = Self.little("One line\nand another") + [0x41]
        let failure = try #require(try read(bytes, name: "a.txt").failures.first)
        #expect(failure.message.contains("UTF-16LE"))
        #expect(failure.byteOffset == bytes.count - 1)
        let replaced = try read(bytes, name: "a.txt") { $0.undecodable = .replace }
        #expect(replaced.documents.first?.text == "One line\nand another\u{FFFD}")
    }

    @Test(arguments: ends) func linesOfTextFormats(_ end: String) throws {
        func lines(_ text: String) -> String { text.replacing("\n", with: end) }
        let matter = lines("---\ntitle: Crane\ntags: [a, b]\n---\n# Head\ntext\n")
        let document = try #require(try read(matter, name: "a.md").documents.first)
        #expect(document.title == "Crane")
        #expect(document.metadata == ["tags": "a, b"])
        #expect(document.text == "# Head\ntext\n")
        #expect(document.source.line == 5)
        checkExact(document, Array(matter.utf8))
        let parts = try read(lines("before\n# One\ntext\nTwo\n----\nmore\n"), name: "a.txt") {
            $0.split = .heading
        }
        #expect(parts.documents.map(\.text) == ["before\n", "# One\ntext\n", "Two\n----\nmore\n"])
        #expect(parts.documents.map(\.source.line) == [1, 2, 4])
        let failure = try read(lines("{\"text\": \"a\",\n\n  x}"), name: "a.json").failures.first
        #expect(failure?.line == 3)
        #expect(failure?.column == 3)
    }

    /// Text in attributes is where it is written, though the parser hands over a copy.
    @Test(arguments: ends) func textOfAttributes(_ end: String) throws {
        let text = """
            <!DOCTYPE posts [<!ENTITY e "ein Wort">]>
            <posts>
              <row Id="1" Title = 'Größe &amp; Maß' Score="3"
                Body="&lt;p&gt;Eins &amp;amp; zwei&lt;/p&gt;&#xA;&lt;p&gt;dr&#xFC;ben: &e;!
            Ende &lt;i&gt;hier&lt;/i&gt;&lt;/p&gt;" PostTypeId="1" />
            </posts>
            """.replacing("\n", with: end)
        let source = Array(text.utf8)
        let lines = Self.lines(source)
        let document = try #require(
            try read(source) { $0.profile = .named("stackexchange") }.documents.first, "\(end)")
        #expect(document.text == "Größe & Maß\n\nEins & zwei\n\ndrüben: ein Wort! Ende hier")
        var found: [String] = []
        var offset = 0
        for character in document.text {
            let range = offset..<offset + String(character).utf8.count
            offset = range.upperBound
            guard let place = document.sourceMap.sourceRange(of: range) else { continue }
            let written = String(decoding: source[place], as: UTF8.self)
            if written.hasPrefix("&") {
                if found.last != written { found.append(written) }
            } else if character != " " {
                #expect(written == String(character))
                let position = document.sourceMap.position(ofByte: range.lowerBound)
                if position.line != lines[place.lowerBound] {
                    // A fragment's lines are counted in its text, which has spaces for the ends of lines.
                    #expect(position.line == 4)
                }
            }
        }
        #expect(found == ["&amp;", "&amp;amp;", "&#xFC;", "&e;"])
        #expect(document.sourceMap.position(ofByte: 0).line == 3)
        let eins = try #require(document.text.firstRange(of: "Eins"))
        let at = document.text.utf8.distance(from: document.text.startIndex, to: eins.lowerBound)
        #expect(document.sourceMap.position(ofByte: at).line == 4)
    }
}
