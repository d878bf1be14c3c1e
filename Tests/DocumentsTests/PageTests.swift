import Documents
import Testing

/// Pages as browsers take them.
@Suite struct PageTests {
    @Test(arguments: [
        // Numbers of control characters are those of windows-1252; some names need no semicolon.
        ("&#147;q&#148; &#150; &#x80;", "“q” – €"),
        ("&copy 2020 &pound5 &frac12x &ampere", "© 2020 £5 ½x &ere"),
        ("&lambda; &bogus; &bogus a&b & c &#38 d &amp;copy", "λ &bogus; &bogus a&b & c & d &copy"),
    ])
    func references(_ source: String, _ text: String) throws {
        let page = "<html><body><p>\(source)</p></body></html>"
        let document = try #require(try read(page, name: "a.html").documents.first)
        #expect(document.text == text)
        #expect(document.coverage.isComplete)
        try checkMap(document, Array(page.utf8))
        // The same where HTML is escaped inside XML.
        let row = "<posts><row Id='1' Body='\(source.replacing("&", with: "&amp;"))'/></posts>"
        #expect(try read(row).documents.first?.text == text)
    }

    @Test func pagesThatOnlySayTheyAreXHTML() throws {
        let page = """
            <?xml version="1.0" encoding="UTF-8"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "x.dtd">
            <html xmlns="http://www.w3.org/1999/xhtml"><head><title>t</title></head><body><p>one<br>two & three</p></body></html>
            """
        #expect(try read(page, name: "a.html").documents.first?.text == "one\ntwo & three")
        #expect(try read(page, name: "a.htm").documents.first?.title == "t")
        #expect(try read(page, name: "a.xhtml").failures.map(\.code) == [.malformed])
    }

    @Test(arguments: [
        ("=====\nTitle\n=====\n\ntext", "Title"), (".. note\n\nHead  line\n~~~~~~~~~\n\ntext", "Head line"),
        ("text\n\n----\n\nmore\n\nYes\n---\n", "Yes"), ("text\n\n::\n\n  code\n  ====\n", nil),
    ])
    func titlesInRestructuredText(_ source: String, _ title: String?) throws {
        let document = try #require(try read(source, name: "a.rst").documents.first)
        #expect(document.title == title)
        #expect(document.text == source)
    }

    @Test(arguments: [
        ("<html><body><p>Hello page</p></body></html> after", "Hello page\n\nafter"),
        ("<html><body><p>Hello page</p></body></html><p>more</p>", "Hello page\n\nmore"),
        ("<html><body><p>one</p></BODY\n><div>two</div></html ><!-- x --><p>three", "one\n\ntwo\n\nthree"),
    ])
    func whatStandsBehindTheEnd(_ page: String, _ text: String) throws {
        let document = try #require(try read(page, name: "a.html").documents.first)
        #expect(document.text == text)
        #expect(document.coverage.isComplete)
        try checkMap(document, Array(page.utf8))
        let row = "<posts><row Id='1' Body='\(page.replacing("<", with: "&lt;"))'/></posts>"
        let field = try #require(try read(row).documents.first)
        #expect(field.text == text)
        #expect(field.coverage.isComplete)
    }

    /// Wherever a chunk ends, also inside the end of a script or a declaration.
    @Test func chunksMakeNoDifference() throws {
        for (start, markup) in [
            ("", "<script>if (a < b) f()</script>"), ("", "<style>p { x: y }</style>"),
            ("", "<!doctype html>"),
            ("", "<p title='a > b'>t</p>"), ("<p>s", "</p></body></html>"),
        ] {
            for shift in stride(from: 1, to: markup.utf8.count, by: 3) {
                let filler = String(repeating: " ", count: (128 << 10) - shift - start.utf8.count)
                let page = start + filler + markup + "<p>after</p>"
                let document = try read(page, name: "a.html").documents.first
                #expect(document?.text.hasSuffix("after") == true, "\(markup) cut at \(shift)")
            }
        }
        let field = String(repeating: " ", count: (128 << 10) - 12) + "&lt;script>x&lt;/script>&lt;p>after"
        let row = try read("<posts><row Id='1' Body='a\(field)'/></posts>") {
            $0.profile = .named("stackexchange")
        }
        #expect(row.documents.first?.text == "a\n\nafter", "\(row.failures)")
    }

    @Test(arguments: ["iso-8859-1", "Latin1", "US-ASCII"]) func westernPages(_ name: String) throws {
        let bytes = Array("<meta charset='\(name)'><p>".utf8) + [0x93, 0xE9, 0x94, 0x20, 0x80, 0x81, 0x2E]
        let outcome = try read(bytes, name: "a.html")
        #expect(outcome.documents.first?.text == "“é” € .", "\(outcome.failures)")
        #expect(outcome.documents.first?.source.encoding == "windows-1252")
    }
}
