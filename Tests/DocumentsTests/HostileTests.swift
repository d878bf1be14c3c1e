import Documents
import SystemPackage
import Testing

/// Files that are made to cost, to leak or to crash. Each ends in a failure that says why, quickly.
@Suite struct HostileTests {
    static func laughs(_ levels: Int, _ width: Int) -> String {
        var declarations = "<!ENTITY e0 \"ha\">"
        for level in 1...levels {
            declarations += "<!ENTITY e\(level) \"\(String(repeating: "&e\(level - 1);", count: width))\">"
        }
        return "<!DOCTYPE r [\(declarations)]>"
    }

    @Test(.timeLimit(.minutes(1))) func billionLaughs() throws {
        for body in ["<r>&e9;</r>", "<r a='&e9;'/>"] {
            let outcome = try read(Self.laughs(9, 10) + body)
            #expect(outcome.order == ["!limit"])
            #expect(outcome.failures.first?.message.contains("entity-expansion") == true)
        }
        #expect(try read(Self.laughs(2, 10) + "<r>&e2;</r>").documents.first?.text.utf8.count == 200)
    }

    @Test(.timeLimit(.minutes(1))) func laughsWithoutText() throws {
        let source = Self.laughs(9, 10).replacing("\"ha\"", with: "\"\"") + "<r>&e9;</r>"
        #expect(try read(source).order == ["!limit"])
    }

    @Test(.timeLimit(.minutes(1))) func quadraticBlowup() throws {
        let long = String(repeating: "x", count: 100_000)
        let source = "<!DOCTYPE r [<!ENTITY a \"\(long)\">]><r>\(String(repeating: "&a;", count: 20_000))</r>"
        #expect(try read(source).order == ["!limit"])
    }

    @Test(.timeLimit(.minutes(1))) func entityLoops() throws {
        let loop = "<!DOCTYPE r [<!ENTITY a \"&b;\"><!ENTITY b \"&a;\">]>"
        for body in ["<r>&a;</r>", "<r x='&a;'/>"] {
            let outcome = try read(loop + body)
            #expect(outcome.documents.isEmpty && outcome.failures.count == 1)
        }
    }

    @Test(.timeLimit(.minutes(1))) func nestedParameterEntities() throws {
        var source = "<!DOCTYPE r [<!ENTITY % p0 \"x\">"
        for level in 1...28 {
            source += "<!ENTITY % p\(level) \"&#37;p\(level - 1);&#37;p\(level - 1);\">"
        }
        source += "%p28;]><r>text</r>"
        let outcome = try read(source)
        #expect(outcome.documents.isEmpty && outcome.failures.count == 1)
        var limits = DocumentLimits()
        limits.parameterEntities = 0
        let refused = try read("<!DOCTYPE r [<!ENTITY % p 'x'>]><r>t</r>", limits: limits)
        #expect(refused.failures.first?.message.contains("parameter-entities") == true)
    }

    @Test(.timeLimit(.minutes(1))) func manyParameterReferences() throws {
        let declarations = "<!ENTITY % a \"\(String(repeating: " ", count: 1000))\">"
        let source = "<!DOCTYPE r [\(declarations)\(String(repeating: "%a;", count: 1000))]><r>t</r>"
        #expect(try read(source).order == ["!limit"])
    }

    @Test func nothingIsLoaded() throws {
        let folder = try TemporaryFolder()
        let secret = try folder.write("secret.txt", "SECRET")
        let dtd = try folder.write("x.dtd", "<!ENTITY y 'FROM-DTD'>")
        let general = "<!DOCTYPE r [<!ENTITY x SYSTEM 'file://\(secret)'>]><r>a&x;b</r>"
        #expect(try read(general).documents.first?.text == "a&x;b")
        let attribute = "<!DOCTYPE r [<!ENTITY x SYSTEM '\(secret)'>]><r a='&x;'>b</r>"
        #expect(try read(attribute).documents.first?.text.contains("SECRET") != true)
        let external = "<!DOCTYPE r SYSTEM '\(dtd)'><r>a&y;b</r>"
        #expect(try read(external).documents.first?.text == "a&y;b")
        let parameter = "<!DOCTYPE r [<!ENTITY % p SYSTEM '\(dtd)'>%p;]><r>a&y;b</r>"
        #expect(try read(parameter).documents.first?.text == "a&y;b")
        let include =
            "<r xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='\(secret)' parse='text'/>x</r>"
        #expect(try read(include).documents.first?.text == "x")
    }

    @Test func undeclaredEntities() throws {
        #expect(try read("<r>a&x;b</r>").order == ["!malformed"])
        #expect(
            try read("<!DOCTYPE r SYSTEM 'x'><r>a&x;b</r>").documents.first?.coverage.unresolvedEntities == 1)
        #expect(
            try read("<?xml version='1.0' standalone='yes'?><!DOCTYPE r SYSTEM 'x'><r>&x;</r>").order == [
                "!malformed"
            ])
        var profile = try Profile.named("generic-xml")
        profile.entities = .keepAll
        #expect(
            try read("<r a='&x;'>a&x;b</r>") { $0.profile = .custom(profile) }.documents.first?.text
                == "a&x;b")
        profile.entities = .html
        #expect(
            try read("<r>&eacute;&x;</r>") { $0.profile = .custom(profile) }.documents.first?.text == "é&x;")
        profile.entities = .refuse
        #expect(
            try read("<!DOCTYPE r SYSTEM 'x'><r>&x;</r>") { $0.profile = .custom(profile) }.order == [
                "!malformed"
            ])
    }

    @Test func depthAttributesAndNames() throws {
        let deep = String(repeating: "<a>", count: 300) + "x" + String(repeating: "</a>", count: 300)
        let outcome = try read(deep)
        #expect(outcome.failures.first?.message.contains("depth") == true)
        #expect(outcome.failures.first?.column != nil)
        let many = "<r " + (0..<2000).map { "a\($0)='x'" }.joined(separator: " ") + ">x</r>"
        #expect(try read(many).failures.first?.message.contains("limit attributes") == true)
        let name = String(repeating: "n", count: 5000)
        #expect(try read("<\(name)>x</\(name)>").failures.first?.message.contains("name-bytes") == true)
        let attribute = "<r \(name)='x' b='y'>x</r>"
        #expect(try read(attribute).failures.first?.message.contains("name-bytes") == true)
        let prefix = "<r xmlns:\(name)='u'>x</r>"
        #expect(try read(prefix).failures.first?.message.contains("name-bytes") == true)
    }

    @Test(.timeLimit(.minutes(1))) func longTokens() throws {
        var limits = DocumentLimits()
        limits.attributeBytes = 100_000
        limits.textNodeBytes = 100_000
        limits.documentBytes = 100_000
        let long = String(repeating: "x", count: 3_000_000)
        #expect(try read("<r a='\(long)'/>", limits: limits).order == ["!limit"])
        #expect(try read("<r a='\(long)", limits: limits).order == ["!limit"])
        #expect(try read("<r><!--\(long)--></r>", limits: limits).order == ["!limit"])
        #expect(try read("<r>\(long)</r>", limits: limits).order == ["!limit"])
        #expect(try read("<r><![CDATA[\(long)]]></r>", limits: limits).order == ["!limit"])
        #expect(try read("<!DOCTYPE r [<!ENTITY x '\(long)'>]><r>a</r>", limits: limits).order == ["!limit"])
        #expect(try read("<r><?p \(long)?>x</r>", limits: limits).order == ["!limit"])
        #expect(try read(long, name: "a.json", limits: limits).order == ["!limit"])
        #expect(
            try read("{\"text\":\"\(long)\"}\n{\"text\":\"b\"}", name: "a.jsonl", limits: limits).order == [
                "!limit", "+a.jsonl#2",
            ])
    }

    @Test func manyKindsOfChildrenAreNoTrouble() throws {
        let children = (0..<30_000).map { "<c\($0)/>" }.joined()
        #expect(try read("<r>x\(children)</r>").order == ["+file.xml"])
    }

    @Test func deepJSON() throws {
        #expect(try read(String(repeating: "[", count: 100_000), name: "a.json").order == ["!limit"])
    }

    @Test func malformedFilesStrictAndRecovered() throws {
        let source = "<r><i>one</i><i>t<b>wo</i><i>three & four</i></r>"
        #expect(try read(source) { $0.records = ["i"] }.order == ["+file.xml#1", "!malformed"])
        let recovered = try read(source) {
            $0.records = ["i"]
            $0.malformed = .recover
        }
        #expect(recovered.failures.isEmpty)
        #expect(recovered.documents.count >= 2)
        #expect(recovered.documents.contains { $0.warnings.contains { $0.contains("not well-formed") } })
    }

    @Test func theRecordThatIsOpenAtTheEnd() throws {
        func recovered(_ source: String, _ records: [String]?, severalRoots: Bool = false) throws -> Outcome {
            var profile = try Profile.named("generic-xml")
            profile.malformed = .recover
            profile.severalRoots = severalRoots
            return try read(source) {
                $0.profile = .custom(profile)
                $0.records = records
            }
        }
        let cut = "<r><i>one</i><i>two</i><i><b>thr"
        let records = try recovered(cut, ["i"])
        #expect(records.documents.map(\.text) == ["one", "two", "thr"])
        #expect(records.documents[2].warnings.contains { $0.contains("does not end") })
        #expect(records.documents[1].warnings.isEmpty && records.failures.isEmpty)
        let whole = try recovered(cut, nil)
        #expect(whole.order == ["+file.xml"] && whole.documents[0].text.contains("thr"))
        #expect(whole.summary.coverage.isComplete && records.summary.coverage.isComplete)
        // What can be read neither way is told.
        #expect(
            try recovered("<r><i>one</i></r><r><i>two</i></r>", ["i"]).order == ["+file.xml#1", "!malformed"])
        let roots = "<r><i>one</i></r>\n<?xml version='1.0'?><r><i>t ]]> wo</i></r><r><i>three"
        let several = try recovered(roots, ["i"], severalRoots: true)
        #expect(several.documents.map(\.id) == (1...3).map { "file.xml#\($0)" })
        #expect(several.documents.map(\.source.line) == [1, 2, 2])
        let held = try recovered("<r><i>one</i></r><r>& <i>two</i></r><r/>", ["i"], severalRoots: true)
        #expect(held.order == ["+file.xml#1", "+file.xml#2", "!malformed"])
    }

    @Test func aFileThatIsCutOffNamesTheElement() throws {
        for (source, message) in [
            ("<r><i>one</i><i>tw", "the file ends inside the element <i>"),
            ("<r>x<b/>", "inside the element <r>"),
            ("<!-- only -->", "before its root element does"),
        ] {
            for records in [nil, ["i"]] {
                let failure = try read(source) {
                    $0.profile = .named("generic-xml")
                    $0.records = records
                }.failures.first
                #expect(failure?.code == .malformed)
                #expect(failure?.message.contains(message) == true, "\(source): \(failure?.message ?? "")")
            }
        }
    }

    /// A default is written once and stands in every tag.
    @Test(.timeLimit(.minutes(1))) func defaultsOfAttributes() throws {
        let value = String(repeating: "v", count: 1000)
        for value in [value, ""] {
            for prefix in ["", "xmlns:"] {
                let defaults = (0..<800).map { "\(prefix)b\($0) CDATA \"\(value)\"" }.joined(separator: " ")
                let source =
                    "<!DOCTYPE r [<!ATTLIST a \(defaults)>]><r>\(String(repeating: "<a/>", count: 10_000))</r>"
                let outcome = try read(source)
                #expect(outcome.order == ["!limit"])
                #expect(outcome.failures.first?.message.contains("entity-expansion") == true)
            }
        }
        let few =
            "<!DOCTYPE r [<!ATTLIST a b CDATA 'c' d CDATA #IMPLIED>]><r>\(String(repeating: "<a>x</a>", count: 10_000))</r>"
        #expect(try read(few).order == ["+file.xml"])
    }

    /// libxml2 compares every attribute of a tag with all others: the tag must be stopped before it is whole.
    @Test(.timeLimit(.minutes(1))) func tagsOfManyAttributes() throws {
        let attributes = (0..<200_000).map { " a\($0)=\"'>\"" }.joined()
        for (name, end) in [("a.xml", "/>"), ("a.html", ">"), ("a.xml", "")] {
            let clock = ContinuousClock()
            var outcome: Outcome?
            let time = try clock.measure { outcome = try read("<p\(attributes)\(end)", name: name) }
            #expect(outcome?.failures.first?.message.contains("limit attributes") == true, "\(name)")
            #expect(time < .seconds(10))
        }
        let list = (0..<100_000).map { "a\($0) CDATA ''" }.joined(separator: " ")
        var limits = DocumentLimits()
        limits.doctypeBytes = 8 << 20
        let outcome = try read("<!DOCTYPE r [<!ATTLIST r \(list)>]><r/>", limits: limits)
        #expect(outcome.failures.first?.message.contains("limit attributes") == true)
        let choices = (0..<120_000).map { "t\($0)" }.joined(separator: "|")
        let choice = try read("<!DOCTYPE r [<!ATTLIST r a (\(choices)) #IMPLIED>]><r/>")
        #expect(choice.failures.first?.message.contains("choices") == true)
        // Long values, and signs inside them, are no attributes.
        let long = "<r a='\(String(repeating: "b=\"c\" ", count: 100_000))'>x</r>"
        #expect(try read(long).documents.first?.text == "x")
    }

    @Test func aLongStartEarnsNoExpansion() throws {
        let start = String(repeating: "<p>harmless text</p>", count: 200_000)
        let long = String(repeating: "x", count: 10_000)
        let source =
            "<!DOCTYPE r [<!ENTITY a '\(long)'>]><r>\(start)\(String(repeating: "<p>&a;</p>", count: 3000))</r>"
        #expect(try read(source) { $0.records = ["p"] }.order.last == "!limit")
    }

    @Test func workHasATimeLimit() throws {
        var limits = DocumentLimits()
        limits.seconds = -1
        #expect(
            try read("<r>x</r>", limits: limits).failures.first?.message.contains("limit seconds") == true)
    }

    /// Bytes that are not UTF-8 once made libxml2's HTML parser change its mind about what it had read.
    @Test func brokenLettersInHTML() throws {
        for wrong: [UInt8] in [[0xE2], [0xFF, 0x01], [0xC3, 0x28], [0xED, 0xA0, 0x80]] {
            let bytes =
                Array("<html><!-- x".utf8) + wrong + Array(" --><p>a".utf8) + wrong + Array("b<td>c".utf8)
            #expect(
                try read(bytes, name: "a.html") { $0.encoding = "UTF-8" }.failures.map(\.code) == [.encoding])
            let outcome = try read(bytes, name: "a.html") {
                $0.encoding = "UTF-8"
                $0.undecodable = .replace
            }
            #expect(outcome.documents.first?.text.contains("a\u{FFFD}") == true)
        }
    }

    @Test func markupInFieldsHasLimitsToo() throws {
        let deep = String(repeating: "&lt;b>", count: 400) + "x"
        let source = "<posts><row Id='1' Title='t' Body='y\(deep)'/></posts>"
        let document = try #require(try read(source).documents.first)
        #expect(document.text.contains("y"))
        #expect(document.coverage.leftOut["(past a limit)"] != nil)
        #expect(document.coverage.isComplete)
    }

    @Test(.timeLimit(.minutes(1))) func attributesWithoutValues() throws {
        let names = (0..<200_000).map { " a\($0)" }.joined()
        let clock = ContinuousClock()
        var outcome: Outcome?
        let time = try clock.measure { outcome = try read("<p\(names)>x", name: "a.html") }
        #expect(outcome?.failures.first?.message.contains("limit attributes") == true)
        #expect(time < .seconds(10))
        // Values and what they hold are none.
        let values = (0..<600).map { " a\($0) = 'x y'" }.joined()
        #expect(try read("<p\(values)>x", name: "a.html").documents.first?.text == "x")
    }

    @Test(.timeLimit(.minutes(1))) func elementsAndFieldsCount() throws {
        var limits = DocumentLimits()
        limits.documentBytes = 1 << 20
        let many = "<r>x\(String(repeating: "<a/>", count: 100_000))</r>"
        #expect(try read(many, limits: limits).order == ["!limit"])
        let depth = 100
        let nested =
            "<r>" + String(repeating: "<title>", count: depth) + String(repeating: "x", count: 40_000)
            + String(repeating: "</title>", count: depth) + "</r>"
        let outcome = try read(nested, limits: limits) { $0.fields["title"] = FieldMapping([".//title"]) }
        #expect(outcome.order == ["!limit"])
    }
}
