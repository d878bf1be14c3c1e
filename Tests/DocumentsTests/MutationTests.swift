import Documents
import Testing

/// Files with random damage: whatever they have become, reading ends, and what is read is accounted for.
@Suite struct MutationTests {
    private static let samples: [(String, String)] = [
        (
            "a.xml",
            "<!DOCTYPE r [<!ENTITY e 'x<b>y</b>'>]><r a='1'><i id='1'>t &e; &amp; <![CDATA[c]]></i><i>é</i></r>"
        ),
        ("b.xml", "<posts><row Id='4' Title='T' Body='&lt;p&gt;A &lt;b&gt;b&lt;/b&gt;&lt;/p&gt;'/></posts>"),
        (
            "c.xml",
            "<mediawiki><page><title>N</title><id>5</id><revision><text>{{a|{{b}}}} [[c|d]] '''e''' == f ==\n* g\n{| h\n|-\n| i || j\n|}\n&lt;ref&gt;k&lt;/ref&gt; [http://l m]</text></revision></page></mediawiki>"
        ),
        (
            "d.xml",
            "<TEI><text><p>a<lb break='no'/>b <w>c</w><pc>,</pc><w>d</w><choice><sic>e</sic><corr>f</corr></choice></p></text></TEI>"
        ),
        (
            "e.html",
            "<html><head><title>T</title></head><body><p>a&eacute;<br>b<table><tr><td>c<td>d</table><pre> e\n f</pre>"
        ),
        (
            "f.json",
            "[{\"id\":1,\"title\":\"T\",\"text\":\"a\\n\\u00e9\\ud83d\\ude00\",\"x\":{\"y\":[1,null,true]}}]"
        ),
        ("g.jsonl", "{\"text\":\"a\"}\n{\"text\":\"b\",\"z\":\"c\"}\n"),
        ("h.csv", "id,title,text\n1,\"a \"\"b\"\"\",c\n2,d,\"e\nf\"\n"),
        ("i.md", "---\ntitle: T\ntags: [a, \"b\"]\nx:\n  - y\n---\n# H\r\n\r\ntext e\u{301}\n"),
        ("j.txt", "line é\n\u{C}\u{1}next\r\n"),
    ]

    @Test(arguments: samples.indices)
    func damage(_ number: Int) throws {
        let (name, source) = Self.samples[number]
        let bits = Array("<>&;'\"[]{}|=\\/!-#\n\r\u{0}x%:,é".utf8) + [0xFF, 0xC3, 0x80, 0xE0, 0xF0]
        var seed = UInt64(number) &+ 88_172_645_463_325_252
        func random(_ limit: Int) -> Int {
            seed ^= seed << 13
            seed ^= seed >> 7
            seed ^= seed << 17
            return Int(seed % UInt64(max(limit, 1)))
        }
        let folder = try TemporaryFolder()
        for round in 0..<80 {
            var bytes = Array(source.utf8)
            for _ in 0...random(6) {
                let at = random(bytes.count)
                switch random(5) {
                case 0: bytes[at] = bits[random(bits.count)]
                case 1: bytes.insert(bits[random(bits.count)], at: at)
                case 2: bytes.remove(at: at)
                case 3: bytes.removeSubrange(at..<min(at + random(12), bytes.count))
                default:
                    bytes.insert(
                        contentsOf: bytes[at..<min(at + random(30), bytes.count)], at: random(bytes.count))
                }
                if bytes.isEmpty { bytes = [0x20] }
            }
            var definition = SourceDefinition(path: try folder.write(name, bytes))
            definition.undecodable = round % 2 == 0 ? .replace : .error
            definition.malformed = round % 3 == 0 ? .recover : nil
            let outcome = try Outcome(definition)
            for document in outcome.documents {
                #expect(document.coverage.isComplete, "\(bytes)")
                #expect(document.sourceMap.textCount == document.text.utf8.count, "\(bytes)")
                #expect(try SourceMap(decoding: document.sourceMap.encoded) == document.sourceMap)
                for offset in document.text.utf8.indices.enumerated().map(\.offset) {
                    let place = document.sourceMap.position(ofByte: offset)
                    #expect((place.bytes?.upperBound ?? 0) <= bytes.count && place.line > 0, "\(bytes)")
                }
            }
            #expect(outcome.summary.coverage.isComplete, "\(bytes)")
        }
    }
}
