import Documents
import SystemPackage
import Testing

/// Rows and objects: where one ends and the next begins.
@Suite struct TableTests {
    private func texts(_ source: String, _ name: String = "a.csv") throws -> [String] {
        try read(source, name: name).documents.map(\.text)
    }

    @Test func aQuoteOpensOnlyAtTheStartOfAValue() throws {
        #expect(
            try texts("id,text\n1,5\" pipe\n2,two\n3,\"a \"\"b\"\"\nc\"\n4,\"x\" y\n") == [
                "5\" pipe", "two", "a \"b\"\nc", "x y",
            ])
        #expect(try texts("a;text\n1,\"5;it's 6\" wide\n2;two\n") == ["it's 6\" wide", "two"])
        let lines = try read("id,text\n1,\"a\n\nb\"\n2,two\n", name: "a.csv").documents.map(\.source.line)
        #expect(lines == [2, 5])
    }

    @Test func aQuoteThatDoesNotEndIsAFailure() throws {
        let outcome = try read("id,text\n1,one\n2,\"two\n3,three\n", name: "a.csv")
        #expect(outcome.order == ["+a.csv#1", "!malformed"])
        #expect(outcome.failures[0].line == 3)
        #expect(outcome.failures[0].message.contains("inside a quoted value"))
    }

    @Test(arguments: ["\n", "\r\n", "\r"]) func lineEnds(_ end: String) throws {
        let source = ["id,text", "1,one", "", "2,\"t", "wo\"", "3,three"].joined(separator: end)
        for source in [source, source + end] {
            let outcome = try read(source, name: "a.csv")
            #expect(outcome.documents.map(\.text) == ["one", "t\nwo", "three"])
            #expect(outcome.documents.map(\.source.line) == [2, 4, 6])
            for document in outcome.documents where end != "\r" { try checkMap(document, Array(source.utf8)) }
            for document in outcome.documents {
                let bytes = try #require(document.source.bytes)
                #expect(Array(source.utf8)[bytes.lowerBound - 1] == end.utf8.last)
            }
        }
        let objects = "{\"text\":\"a\"}\(end){\"text\":\"b\"}"
        let outcome = try read(objects, name: "a.jsonl")
        #expect(outcome.documents.map(\.source.line) == [1, 2])
    }

    /// However the bytes arrive, rows are the same: some line ends fall on the border of two chunks.
    @Test func chunksMakeNoDifference() throws {
        for shift in 0..<4 {
            let row = "x,\"é \"\"q\"\"\r\n,z\"\r\n"
            let count = 20_000
            let source =
                String(repeating: "n", count: 1 + shift) + ",text\r\n" + String(repeating: row, count: count)
            let outcome = try read(source, name: "a.csv")
            #expect(outcome.documents.count == count && outcome.failures.isEmpty)
            #expect(outcome.documents.allSatisfy { $0.text == "é \"q\"\n,z" })
            #expect(outcome.documents.last?.source.line == 2 * count)
        }
    }

    @Test func objectsOneAfterAnother() throws {
        let lines = "{\"text\":\"a\"}\n{\"text\":\"b\"}\n"
        #expect(try read(lines, name: "a.json").order == ["+a.json#1", "+a.json#2"])
        #expect(try read(lines, name: "a") { $0.profile = .named("json") }.order == ["+a#1", "+a#2"])
        #expect(
            try read(lines + "{\"text\":", name: "a.json").order == ["+a.json#1", "+a.json#2", "!malformed"])
        #expect(try read("{\"text\":\"a\"}", name: "a.json").order == ["+a.json"])
        #expect(try read("{\"text\":\"a\"} x", name: "a.json").order == ["+a.json", "!malformed"])
    }

    @Test func jsonIsKnownByItsContent() throws {
        func profile(_ text: String) throws -> String {
            let folder = try TemporaryFolder()
            return try Detector.detect(FilePath(folder.write("data", text))).profile
        }
        #expect(try profile(" {\"a\": 1}") == "json")
        #expect(try profile("[ {\"a\": [1, {}]} ]") == "json")
        #expect(try profile("\u{FEFF}{\"a\": 1}\n{\"a\": 2}\n") == "ndjson")
        let long = "{\"text\":\"\(String(repeating: "x", count: 200_000))\"}"
        #expect(try profile(long) == "json")
        for text in [
            "{a} is a set", "[1] Introduction", "[12:30] Morning", "[{x}]", "{\"a\": 1} and more", "{}{}",
        ] {
            #expect(try profile(text) == "text", "\(text)")
        }
    }

    /// Places in failures are those of the file, not of what was decoded from it.
    @Test(arguments: ["a.jsonl", "a.json", "a.csv"]) func failuresInOtherEncodings(_ name: String) throws {
        let good = name == "a.csv" ? "id,text\n1,é\n" : "{\"text\":\"éé\"}\n"
        let bad = name == "a.csv" ? "2,3,4\n" : "x\n"
        let bytes = (good + bad).utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        let outcome = try read(bytes, name: name) { $0.encoding = "UTF-16LE" }
        #expect(outcome.failures.map(\.byteOffset) == [good.utf16.count * 2], "\(outcome.failures)")
    }

    @Test(.timeLimit(.minutes(1))) func manyValuesOfOneName() throws {
        let list = Array(repeating: "\"word\"", count: 200_000).joined(separator: ",")
        let document = try read("{\"text\":\"t\",\"k\":[\(list)]}\n", name: "a.jsonl").documents.first
        #expect(document?.metadata["k"]?.utf8.count == 200_000 * 6 - 2)
    }
}
