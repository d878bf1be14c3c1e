import Documents
import Foundation
import SystemPackage
import Testing

@Suite struct CheckpointTests {
    /// Reading on behind any document gives what follows it in one reading, ids, places and maps included.
    private func check(_ definition: SourceDefinition) throws {
        let reader = DocumentSourceReader(definition)
        let files = try PathGlob(definition.path).files()
        var whole: [DocumentResult] = []
        var checkpoints: [(Int, ReadCheckpoint)] = []
        try reader.forEachDocument(in: files, after: nil) { result, position in
            whole.append(result)
            if let checkpoint = position.checkpoint() {
                let coded = try JSONEncoder().encode(checkpoint)
                checkpoints.append((whole.count, try JSONDecoder().decode(ReadCheckpoint.self, from: coded)))
            }
        }
        #expect(whole == (try results(reader)))
        #expect(checkpoints.count > 1)
        for (count, checkpoint) in checkpoints {
            var rest: [DocumentResult] = []
            var further: [ReadCheckpoint] = []
            try reader.forEachDocument(in: files, after: checkpoint) { result, position in
                rest.append(result)
                if let next = position.checkpoint() { further.append(next) }
            }
            #expect(further == checkpoints.filter { $0.0 > count }.map(\.1), "behind result \(count)")
            #expect(rest == Array(whole.dropFirst(count)), "behind result \(count) of \(definition.path)")
        }
    }

    private func results(_ reader: DocumentSourceReader) throws -> [DocumentResult] {
        var results: [DocumentResult] = []
        try reader.forEachDocument { results.append($0) }
        return results
    }

    private static let nested = """
        <?xml version='1.0' encoding='ENC'?>
        <!DOCTYPE set [<!ENTITY port "Nörrhamn">
        ]>
        <set xmlns="urn:a" xmlns:h="urn:h" note="&lt;&quot;">
          <volume n="1"><h:item id="a"><title>A</title>One &port;.</h:item>
            <h:item id="b">Two é.</h:item></volume>
          <volume n="2"><!-- here --><h:item id="c">Three
          lines.</h:item><other/>
          <h:item id="d">Four &port;.</h:item></volume>
          <h:item id="e">Five</h:item>
        </set>
        """

    @Test(arguments: ["UTF-8", "ISO-8859-1", "UTF-16LE"])
    func recordsOfXML(_ encoding: String) throws {
        let folder = try TemporaryFolder()
        let bytes = try EncodingTests.encode(
            Self.nested.replacing("ENC", with: String(encoding.prefix(6) == "UTF-16" ? "UTF-16" : encoding)),
            encoding)
        let mark: [UInt8] = encoding == "UTF-16LE" ? [0xFF, 0xFE] : []
        let path = try folder.write("set.xml", mark + bytes)
        let definition = SourceDefinition(
            path: path, records: ["//h:item"], fields: ["id": "@id", "title": "title"],
            namespaces: ["h": "urn:h"])
        #expect(try Outcome(definition).documents.map(\.source.path).last == "/set/h:item")
        try check(definition)
    }

    @Test func filesMembersAndOtherFormats() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.txt", "first")
        try folder.write(
            "b.jsonl", "{\"text\":\"one\"}\n{\"text\":\"two\"}\n{\"text\":}\n{\"text\":\"four\"}\n")
        try folder.write("c.tar.gz", fixtureBytes("nested.tar.gz"))
        try folder.write("d.zip", fixtureBytes("mixed.zip"))
        try folder.write("e.txt", "last")
        try check(SourceDefinition(path: folder.path.description))
        var gzipped = SourceDefinition(path: try fixture("bulletins.members.xml.gz"))
        RecordTests.bulletins(&gzipped)
        gzipped.ids.duplicates = .last
        try check(gzipped)
    }

    /// A file that is read from its start again hands over no deletion twice.
    @Test func deletionsOnce() throws {
        let folder = try TemporaryFolder()
        var profile = try Profile.named("generic-xml")
        profile.records = ["i"]
        profile.deletions = ["gone"]
        // Too long a start to be kept in a checkpoint.
        let start = "<!--\(String(repeating: " ", count: 2 << 20))-->"
        let source = "<r><gone>x</gone><i>1</i><gone>y</gone><i>2</i><gone>z</gone></r>"
        var definition = SourceDefinition(path: try folder.write("a.xml", start + source))
        definition.profile = .custom(profile)
        try check(definition)
    }
}
