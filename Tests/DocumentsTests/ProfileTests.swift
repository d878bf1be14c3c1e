import Documents
import Foundation
import Testing

/// One small file of each vocabulary, written as such files are written, read by what detection says.
@Suite struct ProfileTests {
    @Test func jats() throws {
        let outcome = try read(
            """
            <!DOCTYPE pmc-articleset PUBLIC "-//NLM//DTD ARTICLE SET 2.0//EN" "https://dtd.nlm.nih.gov/x.dtd">
            <pmc-articleset><article article-type="research-article"><front><journal-meta><journal-title-group>
            <journal-title>J. Harbours</journal-title></journal-title-group></journal-meta><article-meta>
            <article-id pub-id-type="doi">10.1/x</article-id><article-id pub-id-type="pmc">77</article-id>
            <title-group><article-title>On <italic>tides</italic></article-title></title-group>
            <contrib-group><contrib><name><surname>Olsen</surname></name></contrib><contrib><name><surname>Berg</surname></name></contrib></contrib-group>
            <abstract><p>Short.</p></abstract></article-meta></front>
            <body><sec><title>Methods</title><p>We measured<xref>1</xref> it.</p>
            <table-wrap><table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table></table-wrap></sec></body>
            <back><ref-list><ref>Someone 1999</ref></ref-list></back></article></pmc-articleset>
            """)
        let document = try #require(outcome.documents.first)
        #expect(outcome.failures.isEmpty)
        #expect(document.id == "file.xml#77")
        #expect(document.title == "On tides")
        #expect(document.metadata["author"] == "Olsen; Berg")
        #expect(document.metadata["journal"] == "J. Harbours")
        #expect(document.text == "On tides\n\nShort.\n\nMethods\n\nWe measured1 it.\n\na\tb\nc\td")
        #expect(document.coverage.leftOut["ref-list"]?.characters == 12)
        #expect(document.coverage.isComplete)
    }

    @Test func pubmedWithDeletions() throws {
        let outcome = try read(
            """
            <PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>T1</ArticleTitle>
            <Abstract><AbstractText Label="AIM">One.</AbstractText><AbstractText>Two.</AbstractText></Abstract>
            </Article></MedlineCitation></PubmedArticle>
            <DeleteCitation><PMID Version="1">8</PMID><PMID>9</PMID></DeleteCitation></PubmedArticleSet>
            """)
        #expect(outcome.order == ["+file.xml#1", "-file.xml#8", "-file.xml#9"])
        #expect(outcome.documents[0].text == "T1\n\nAIM\n\nOne.\n\nTwo.")
        #expect(outcome.summary.coverage.isComplete)
    }

    @Test func mediawiki() throws {
        let outcome = try read(
            """
            <mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" xml:lang="en"><siteinfo><sitename>W</sitename></siteinfo>
            <page><title>Norrhamn</title><ns>0</ns><id>5</id>
            <revision><id>1</id><timestamp>2001</timestamp><text>old</text></revision>
            <revision><id>2</id><timestamp>2002</timestamp><text xml:space="preserve">{{Infobox|name={{x}}}}
            '''Norrhamn''' is a [[port|harbour]] in the [[north]].&lt;ref&gt;Book&lt;/ref&gt;
            It has two piers&amp;nbsp;now.

            == History ==
            * First [http://x.org item]
            * Second
            [[File:a.jpg|thumb|A ''crane''.]]
            {| class="wikitable"
            ! Pier !! Depth
            |-
            | North || align=right | 12 m
            |}
            [[Category:Ports]]</text></revision></page>
            <page><title>Old</title><ns>0</ns><id>6</id><redirect title="Norrhamn"/><revision><id>3</id>
            <text>#REDIRECT [[Norrhamn]]</text></revision></page></mediawiki>
            """)
        #expect(outcome.order == ["+file.xml#5", "+file.xml#6"])
        let document = outcome.documents[0]
        #expect(document.title == "Norrhamn")
        #expect(document.metadata["revision"] == "2")
        #expect(
            document.text == """
                Norrhamn is a harbour in the north. It has two piers\u{A0}now.

                History

                First item
                Second

                A crane.

                Pier\tDepth
                North\t12 m
                """)
        #expect(document.coverage.leftOut["(template)"]?.elements == 1)
        #expect(document.coverage.leftOut["ref"]?.elements == 1)
        #expect(document.coverage.isComplete)
        #expect(outcome.documents[1].metadata["redirect"] == "Norrhamn")
    }

    @Test func stackexchange() throws {
        let source = """
            <?xml version="1.0" encoding="utf-8"?>
            <posts>
              <row Id="4" PostTypeId="1" Title="Why &amp; how?" Body="&lt;p&gt;A &lt;b&gt;bold&lt;/b&gt; &amp;amp; x&lt;/p&gt;&#xA;&lt;pre&gt;&lt;code&gt;a  b&#xA;c&lt;/code&gt;&lt;/pre&gt;" Tags="&lt;tide&gt;" />
              <row Id="5" PostTypeId="2" ParentId="4" Body="plain" />
            </posts>
            """
        let outcome = try read(source)
        #expect(outcome.order == ["+file.xml#4", "+file.xml#5"])
        #expect(outcome.documents[0].title == "Why & how?")
        #expect(outcome.documents[0].text == "Why & how?\n\nA bold & x\n\na  b\nc")
        #expect(outcome.documents[0].coverage.isComplete)
        // A number is no title.
        #expect(outcome.documents[1].title == nil)
        try checkMap(outcome.documents[1], Array(source.utf8))
    }

    /// A line end that is spelled out in an attribute is none of the file's.
    @Test func linesOfMarkupInAttributes() throws {
        let source = """
            <posts>
            <row Id="1" Body="&lt;p&gt;a&lt;/p&gt;&#xA;&#xA;&lt;p&gt;b&lt;/p&gt;&#10;c"/>
            <row Id="2" Body="plain&#10;text"/>
            </posts>
            """
        for (document, line) in zip(try read(source).documents, 2...) {
            for offset in document.text.utf8.indices.enumerated().map(\.offset) {
                #expect(document.sourceMap.position(ofByte: offset).line == line, "byte \(offset)")
            }
        }
        let element =
            "<rss><channel><item><description>&lt;p&gt;a\n&lt;p&gt;b&#10;\nc</description></item></channel></rss>"
        let text = try #require(try read(element).documents.first)
        #expect(text.text == "a\n\nb c")
        #expect([0, 3, 5].map { text.sourceMap.position(ofByte: $0).line } == [1, 2, 3])
    }

    @Test func tei() throws {
        let outcome = try read(
            """
            <TEI xmlns="http://www.tei-c.org/ns/1.0" xml:id="t1"><teiHeader><fileDesc><titleStmt><title>Poems</title>
            <author>Ann</author></titleStmt></fileDesc></teiHeader><text><body><div><head>One</head>
            <p>A har<lb break="no"/>bour and<lb/>a <choice><sic>sihp</sic><corr>ship</corr></choice>.<pb n="2"/></p>
            <lg><l>first</l><l>second</l></lg>
            <p><w>Hello</w><pc>,</pc><w>wide</w><w>world</w><pc>.</pc></p></div></body></text></TEI>
            """)
        let document = try #require(outcome.documents.first)
        #expect(document.id == "file.xml#t1")
        #expect(document.title == "Poems")
        #expect(
            document.text == "One\n\nA harbour and a ship.\n\nfirst\nsecond\n\nHello, wide world.")
        #expect(document.coverage.leftOut["sic"]?.characters == 4)
        #expect(document.coverage.isComplete)
        let marked = try read(
            "<TEI><text><p><w>an</w><c> </c><w>other</w><w>s</w><pc>.</pc></p></text></TEI>")
        #expect(marked.documents.first?.text == "an others.")
    }

    @Test func docbookWithEntitiesOfUnreadFiles() throws {
        let outcome = try read(
            """
            <!DOCTYPE book PUBLIC "-//OASIS//DTD DocBook XML V4.2//EN" "http://www.oasis-open.org/docbookx.dtd" [
            <!ENTITY % ents SYSTEM "book.ent"> %ents; <!ENTITY app "Crane">]>
            <book id="b"><bookinfo><title>&app; manual</title></bookinfo><chapter><title>Use</title>
            <para>Press &productname; now.</para><screen>$ run
              --fast</screen></chapter></book>
            """)
        let document = try #require(outcome.documents.first)
        #expect(document.title == "Crane manual")
        #expect(document.text == "Crane manual\n\nUse\n\nPress &productname; now.\n\n$ run\n  --fast")
        #expect(document.coverage.unresolvedEntities == 1)
        #expect(document.warnings == ["1 entity references kept as written"])
    }

    @Test func feeds() throws {
        let rss = try read(
            """
            <rss version="2.0"><channel><title>Harbour</title><item><title>Tide &amp;amp; wind</title><guid>g1</guid>
            <description>&lt;p&gt;High &lt;b&gt;water&lt;/b&gt;&lt;/p&gt;</description></item>
            <item><link>http://x/2</link><description><![CDATA[Only <i>this</i>]]></description></item></channel></rss>
            """)
        #expect(rss.documents.map(\.id) == ["file.xml#g1", "file.xml#http://x/2"])
        #expect(rss.documents.map(\.title) == ["Tide & wind", "http://x/2"])
        #expect(rss.documents.map(\.text) == ["Tide & wind\n\nHigh water", "Only this"])
        #expect(rss.summary.coverage.isComplete)
        let atom = try read(
            """
            <feed xmlns="http://www.w3.org/2005/Atom"><title>H</title><entry><id>e1</id><title>T</title>
            <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One</p><p>Two</p></div></content></entry></feed>
            """)
        #expect(atom.documents.map(\.id) == ["file.xml#e1"])
        #expect(atom.documents.first?.text.contains("One") == true)
    }

    @Test func pages() throws {
        let soup = try read(
            "<!DOCTYPE html><html><head><title>T</title><style>x{}</style></head><body><p>Caf&eacute;<br>two<p>three<script>no()</script>",
            name: "a.html")
        #expect(soup.documents.first?.title == "T")
        #expect(soup.documents.first?.text == "Café\ntwo\n\nthree")
        for source in [
            "<html><head><title>T</title></head><body>plain <b>bold</b> text &amp; é<p>one<p>two<br>three<div>in</div></body></html>",
            "y<b>z</b> tail<table><tr><td>1<td>2</table>end",
        ] {
            let page = try #require(try read(source, name: "c.html").documents.first)
            try checkMap(page, Array(source.utf8))
            // Nearly every letter has a place of its own.
            let own = page.text.utf8.indices.enumerated().filter {
                page.sourceMap.position(ofByte: $0.offset).bytes?.count == 1
            }
            #expect(own.count > page.text.utf8.count * 2 / 3, "\(own.count) of \(page.text.utf8.count)")
        }
        let latin =
            Array("<html><head><meta charset=iso-8859-1></head><body>Gr".utf8) + [0xFC, 0xDF]
            + Array("e</body></html>".utf8)
        #expect(try read(latin, name: "b.html").documents.first?.text == "Grüße")
        let strict = try read(
            """
            <!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "xhtml1-strict.dtd">
            <html xmlns="http://www.w3.org/1999/xhtml"><head><title>X</title></head><body><p>a&nbsp;b</p></body></html>
            """)
        #expect(strict.documents.first?.text == "a\u{A0}b")
    }

    @Test func lawAndOutlines() throws {
        let akn = try read(
            """
            <akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><act><meta><identification><FRBRWork>
            <FRBRthis value="/akn/no/act/1"/></FRBRWork></identification></meta><body><article><num>1</num>
            <heading>Ports</heading><content><p>Ports are open.</p></content></article></body></act></akomaNtoso>
            """)
        #expect(akn.documents.first?.title == "/akn/no/act/1")
        #expect(akn.documents.first?.text == "1\n\nPorts\n\nPorts are open.")
        let uslm = try read(
            """
            <uscDoc xmlns="http://xml.house.gov/schemas/uslm/1.0"><main><title><section identifier="/us/usc/t1/s1">
            <num value="1">§ 1.</num><heading>Words</heading><content>Text.</content></section></title></main></uscDoc>
            """)
        #expect(uslm.documents.first?.id == "file.xml#/us/usc/t1/s1")
        #expect(uslm.documents.first?.text == "§ 1.\n\nWords\n\nText.")
        let opml = try read(
            "<opml version='2.0'><head><title>O</title></head><body><outline text='a'><outline text='b'/></outline></body></opml>"
        )
        #expect(opml.documents.first?.text == "O\n\na\n\nb")
        let cnxml = try read(
            """
            <document xmlns="http://cnx.rice.edu/cnxml" id="m1"><title>M</title><content><para>P <term>q</term>.</para></content></document>
            """)
        #expect(cnxml.documents.first?.title == "M")
        #expect(cnxml.documents.first?.id == "file.xml#m1")
    }

    @Test func namedValues() throws {
        let source = """
            {"id":"a","title":"T","text":"one\\n\\u00e9 \\ud83d\\ude00","tags":["x","y"],"n":3}
            {"id":"b","text":}
            {"id":"c","body":"last"}
            """
        let lines = try read(source, name: "a.jsonl")
        #expect(lines.order == ["+a.jsonl#a", "!malformed", "+a.jsonl#c"])
        #expect(lines.documents[0].text == "one\né 😀")
        #expect(lines.documents[0].metadata == ["tags": "x; y", "n": "3"])
        #expect(lines.documents[0].coverage.isComplete)
        #expect(lines.failures[0].line == 2)
        #expect(lines.failures[0].column == 18)
        let place = lines.documents[1].sourceMap.position(ofByte: 0)
        #expect(place.line == 3)
        #expect(place.path == "/body")
        try checkMap(lines.documents[1], Array(source.utf8))
        let array = try read("{\"items\":[{\"name\":\"N\",\"content\":\"c\"}],\"x\":[1]}", name: "a.json") {
            var profile = (try? Profile.named("json")) ?? Profile(name: "", summary: "", format: .json)
            profile.records = ["items"]
            $0.profile = .custom(profile)
        }
        #expect(array.documents.map(\.id) == ["a.json#1"])
        #expect(array.documents.first?.title == "N")
        let rows = "id;title;text\r\n1;A;\"two\r\nlines; \"\"q\"\"\"\r\n2;B\r\n3;C;c"
        let csv = try read(rows, name: "a.csv")
        #expect(csv.order == ["+a.csv#1", "!malformed", "+a.csv#3"])
        #expect(csv.documents[0].text == "two\nlines; \"q\"")
        try checkMap(csv.documents[0], Array(rows.utf8))
    }

    @Test func splitText() throws {
        let pages = try read("one\n\u{C}two\n\u{C}", name: "a.txt") { $0.split = .formFeed }
        #expect(pages.documents.map(\.id) == ["a.txt#1", "a.txt#2"])
        #expect(pages.documents.map(\.source.line) == [1, 2])
        let headed = try read("intro\n\nTitle\n=====\ntext\n## Sub\nmore\n", name: "a.txt") {
            $0.split = .heading
        }
        #expect(headed.documents.map(\.text) == ["intro\n\n", "Title\n=====\ntext\n", "## Sub\nmore\n"])
    }

    @Test func severalRoots() throws {
        var profile = try Profile.named("generic-xml")
        profile.severalRoots = true
        let one = "<?xml version=\"1.0\"?>\n<!DOCTYPE p [<!ENTITY x \"y\">]>\n<p><title>T</title>a &x;</p>\n"
        let outcome = try read(one + one + "\n<p>c</p><p>d</p>\n") { $0.profile = .custom(profile) }
        #expect(outcome.documents.map(\.text) == ["Ta y", "Ta y", "c", "d"])
        #expect(outcome.documents.map(\.source.line) == [3, 6, 8, 8])
        #expect(outcome.documents.map(\.id) == (1...4).map { "file.xml#\($0)" })
        #expect(try read(one + one).order == ["!malformed"])
    }

    @Test func everyProfileSurvivesItsCodedForm() throws {
        for profile in Profile.builtIn {
            let data = try JSONEncoder().encode(profile)
            #expect(try JSONDecoder().decode(Profile.self, from: data) == profile)
            try profile.check()
        }
    }
}
