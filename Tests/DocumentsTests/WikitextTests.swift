import Documents
import Foundation
import Testing

/// What a reader of a page sees of its markup.
@Suite struct WikitextTests {
    private func page(_ text: String) throws -> Document {
        let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        let source = """
            <mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/"><page><title>T</title><id>1</id><revision>
            <text xml:space="preserve">\(escaped)</text></revision></page></mediawiki>
            """
        let document = try #require(try read(source).documents.first)
        #expect(document.coverage.isComplete)
        try checkMap(document, Array(source.utf8))
        return document
    }

    @Test(arguments: [
        // Only names that MediaWiki knows make tags, in capitals too.
        ("The value a<b, and so c>d matters", "The value a<b, and so c>d matters"),
        ("if x<y then 5 < 6 and z>w; <foo>bar</foo>", "if x<y then 5 < 6 and z>w; <foo>bar</foo>"),
        ("A<REF name=x>note</Ref >B<br/>C <SPAN\nclass=\"q\">d</SPAN>", "AB\nC d"),
        ("a <ref>never closed, <math>neither", "a never closed, neither"),
        ("x <includeonly>no</includeonly><noinclude>yes</noinclude>", "x yes"),
    ])
    func tags(_ source: String, _ text: String) throws { #expect(try page(source).text == text) }

    @Test(arguments: [
        // Brackets in formulas, comments and quoted markup pair with none outside.
        ("{{NumBlk|:|<math>\\frac{a}{\\sqrt{b}}</math>|1}} end", "end"),
        ("{{Infobox|f=<math>{{x}</math>|g=<!-- }} -->|h=<nowiki>}}</nowiki>}} Text", "Text"),
        ("{{{1|x}}} y {{a|{{{b|{{c}}}}}}} z {{d|{{{2|}}}}}.", "y z ."),
        ("<nowiki>{{x}} [[y]] &lt;</nowiki> end", "{{x}} [[y]] < end"),
        ("one }} two ]] three {{ four [[ five", "one }} two ]] three {{ four [[ five"),
    ])
    func brackets(_ source: String, _ text: String) throws { #expect(try page(source).text == text) }

    @Test(arguments: [
        ("{|\n|-\n| a || b\n<!--\n|-\n| hid || den\n-->\n|-\n| c<ref>one\ntwo</ref> || d\n|}", "a\tb\nc\td"),
        ("{|\n! x\n| <math>|x|</math> || y\n|}", "x\t|x|\ty"),
        (
            "{|\n|+ cap\n! scope=row | h\n| rowspan=2 | w || {{t|a|b}} || align=left | [[x|y]]\n|}",
            "cap\nh\tw\ty"
        ),
        // A cell goes on over lines, and may hold a list.
        ("  {| class=q\n| a\nb\n|\n* c\n* d\n|}\nafter", "a b\nc\nd\n\nafter"),
    ])
    func tables(_ source: String, _ text: String) throws {
        #expect(try page(source).text == text)
    }

    @Test(arguments: [
        ("== History == <!-- keep -->\nText\n===B=== \nbar", "History\n\nText\n\nB\n\nbar"),
        ("* a\n* b\npara\n\n# c\n#: d", "a\nb\npara\n\nc\nd"),
        (
            "Inline <math>x^2</math> here\n<math display=\"block\">y</math>\nafter",
            "Inline x^2 here\n\ny\n\nafter"
        ),
        (
            "Use <syntaxhighlight lang=c inline>a < b</syntaxhighlight>.\n<pre>\na &lt;\n  b</pre>",
            "Use a < b.\n\na <\n  b"
        ),
        ("<poem>\none\ntwo\n</poem>\nthree\nfour", "one\ntwo\n\nthree four"),
        ("&lambda;&sigma; caf&eacute; &#150; &#x3C0; &bogus; &rarr;", "λσ café – π &bogus; →"),
    ])
    func lines(_ source: String, _ text: String) throws { #expect(try page(source).text == text) }

    @Test(arguments: [
        ("[[File:A.png|thumb|Einstein showed E = mc² in 1905|right]]", "Einstein showed E = mc² in 1905"),
        ("a [[File:A.png|200x300px|alt=foo=bar|upright=1.2|border]] b", "a b"),
        ("[[Bestand:x.jpg|mini|De haven|rechts]]", "De haven"),
        ("x [[Категория:Порты]][[Catégorie:Port]][[Luokka:Satama]]", "x"),
        ("See [[:Category:Ports]] and [[Media:Y.ogg|listen]]", "See Category:Ports and listen"),
        // A link to another language's page stands alone; one in a sentence is part of it.
        ("Text [[de:x]] [[ab:c|d]] z\n[[de:Alpha]]\n[[zh-yue:Beta]]", "Text de:x d z"),
    ])
    func links(_ source: String, _ text: String) throws { #expect(try page(source).text == text) }

    @Test func whatIsLeftOutHasNames() throws {
        let document = try page("a<ref>b</ref> {{c}} <!-- d --> [[de:E]] [[Category:F]]\n[[fr:G]]")
        #expect(document.text == "a de:E")
        #expect(
            document.coverage.leftOut.keys.sorted() == [
                "(category)", "(comment)", "(language link)", "(markup)", "(template)", "ref",
            ])
    }

    /// What opens again and again and never closes takes no longer than the page is long.
    @Test(arguments: [
        "<ref>", "<math>", "{{", "{{{", "[[", "<!-", "{|\n", "</ref", "}}", "[[de:x]]   ", "|-\n", "<b ",
    ])
    func hostilePagesTakeLinearTime(_ piece: String) throws {
        let clock = ContinuousClock()
        func time(_ count: Int) throws -> Duration {
            let text = "x " + String(repeating: piece, count: count)
            return try clock.measure { _ = try page(text) }
        }
        let short = try time(500)
        let long = try time(8000)
        #expect(long < short * 16 * 8 + .seconds(2), "\(piece): \(short), \(long)")
    }
}
