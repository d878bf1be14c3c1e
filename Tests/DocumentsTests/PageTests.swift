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
}
