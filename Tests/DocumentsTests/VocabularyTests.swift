import Documents
import Testing

/// Parts of the vocabularies whose text must not run together, and what is left out of them.
@Suite struct VocabularyTests {
    private func text(_ source: String) throws -> String {
        let document = try #require(try read(source).documents.first)
        #expect(document.coverage.isComplete)
        return document.text
    }

    private func tei(_ body: String) throws -> String {
        try text("<TEI xmlns=\"http://www.tei-c.org/ns/1.0\"><text><body>\(body)</body></text></TEI>")
    }

    @Test func dictionariesAddressesAndBibliographies() throws {
        #expect(
            try tei(
                """
                <entry><form><orth>cat</orth><pron>kat</pron></form><gramGrp><pos>n</pos><gen>m</gen></gramGrp>\
                <sense><def>an animal</def><cit><quote>the cat sat</quote></cit></sense><sense><def>whip</def></sense></entry>
                """) == "cat kat n m\nan animal the cat sat\nwhip")
        #expect(
            try tei("<address><addrLine>Quay 1</addrLine><addrLine>Norrhamn</addrLine></address>")
                == "Quay 1\nNorrhamn")
        #expect(
            try tei(
                """
                <listBibl><bibl>One.</bibl><bibl><author>Smith</author><title>Book</title>, <date>1999</date></bibl>\
                <biblStruct><monogr><author><forename>Ann</forename><surname>Berg</surname></author><title>Tides</title>\
                <imprint><publisher>P</publisher><date>2001</date></imprint></monogr></biblStruct></listBibl>
                """) == "One.\nSmith Book, 1999\nAnn Berg Tides P 2001")
    }

    /// Parts that are kept apart do not come apart from the punctuation around them.
    @Test func punctuation() throws {
        #expect(
            try tei(
                """
                <p>See <bibl>“<author>Smith</author>” (<title>Book</title>, <date>1999</date>)</bibl>, and “<persName>\
                <forename>Ann</forename><surname>Berg</surname></persName>”; "<surname>Olsen</surname>" too, «<surname>Bo\
                </surname>»<surname>Ek</surname>.</p>
                """) == "See “Smith” (Book, 1999), and “Ann Berg”; \"Olsen\" too, «Bo» Ek.")
    }

    @Test func oneReadingOfAnApparatus() throws {
        let document = try #require(
            try read(
                """
                <TEI><text><p>x <app><lem>lemma</lem><rdg>reading</rdg><rdg>other</rdg></app>, \
                y <app><rdg wit="#A">first</rdg><rdg wit="#B">second</rdg></app>.</p></text></TEI>
                """
            ).documents.first)
        #expect(document.text == "x lemma, y first.")
        #expect(document.coverage.leftOut["rdg"]?.elements == 3)
        #expect(document.coverage.leftOut["rdg"]?.characters == 18)
        #expect(document.coverage.isComplete)
    }

    @Test func docbook() throws {
        let body = """
            <para><keycombo><keycap>Ctrl</keycap><keycap>X</keycap></keycombo> or <menuchoice><guimenu>File</guimenu>\
            <guimenuitem>Cut</guimenuitem></menuchoice>.</para><funcsynopsis><funcprototype><funcdef>int <function>f\
            </function></funcdef><paramdef>int <parameter>a</parameter></paramdef></funcprototype></funcsynopsis>\
            <informaltable><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></informaltable>
            """
        #expect(
            try text("<chapter xmlns=\"http://docbook.org/ns/docbook\" version=\"5.0\">\(body)</chapter>")
                == "Ctrl X or File Cut.\n\nint f int a\n\na\tb\nc")
    }

    @Test func lawAndModules() throws {
        #expect(
            try text(
                """
                <akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><act><body><article><content>\
                <p>a <ins>b</ins><del>c</del></p><ul><li>u1</li><li>u2</li></ul><blockList><listIntroduction>of</listIntroduction>\
                <item>it</item></blockList><toc><tocItem>t1</tocItem><tocItem>t2</tocItem></toc></content></article>\
                </body></act></akomaNtoso>
                """) == "a b\n\nu1\nu2\n\nof\n\nit\n\nt1\nt2")
        #expect(
            try text(
                """
                <document xmlns="http://cnx.rice.edu/cnxml"><title>T</title><content><para>a<footnote>f</footnote>b</para>\
                <preformat>  x
                 y</preformat></content></document>
                """) == "T\n\na f b\n\n  x\n y")
    }

    @Test func whatStandsAroundTheSectionsOfALaw() throws {
        let outcome = try read(
            """
            <bill xmlns="http://schemas.gpo.gov/xml/uslm"><meta>m</meta><preface><officialTitle>To open.</officialTitle></preface>\
            <main><longTitle><docTitle>AN ACT</docTitle><officialTitle>To open ports.</officialTitle></longTitle>\
            <section identifier="/us/1"><num>1</num><content>Open.</content></section></main>\
            <signatures><signature><name>Ann</name><role>Speaker</role></signature><signature>Bo</signature></signatures></bill>
            """)
        #expect(
            outcome.documents.map(\.text) == [
                "To open.", "AN ACT\n\nTo open ports.", "1\n\nOpen.", "Ann Speaker\nBo",
            ])
        #expect(outcome.documents.map(\.title) == ["To open.", "To open ports.", "1", nil])
    }

    @Test func allOfAnArticle() throws {
        let document = try #require(
            try read(
                """
                <!DOCTYPE article PUBLIC "-//NLM//DTD JATS v1.2//EN" "x.dtd"><article><front><article-meta><title-group>\
                <article-title>T &mdash; &alpha;</article-title></title-group><trans-abstract><p>abs</p></trans-abstract>\
                </article-meta></front><body><p>x <tex-math>a^2</tex-math> <alternatives><tex-math>b^2</tex-math>\
                <math><mfrac><mn>1</mn><mn>2</mn></mfrac></math></alternatives></p></body><back><sec><p>s</p></sec><notes>\
                <p>n</p></notes><fn-group><fn><p>f</p></fn></fn-group><glossary><p>g</p></glossary><app><p>a</p></app>\
                <ref-list><ref>r</ref></ref-list></back><sub-article><front-stub><article-id>9</article-id><title-group>\
                <article-title>Sub</article-title></title-group></front-stub><body><p>sb</p></body></sub-article><response>\
                <body><p>rb</p><sig-block><sig>A</sig><sig>B</sig></sig-block></body></response></article>
                """
            ).documents.first)
        #expect(
            document.text.replacing("\n\n", with: "|") == "T — α|abs|x a^2 1 2|s|n|f|g|a|Sub|sb|rb|A\nB")
        #expect(document.coverage.leftOut["tex-math"]?.characters == 3)
        #expect(document.coverage.leftOut.keys.sorted() == ["article-id", "ref-list", "tex-math"])
        #expect(document.coverage.isComplete)
    }

    @Test func matrices() throws {
        let matrix =
            "<math><mtable><mtr><mtd>1</mtd><mtd>2</mtd></mtr><mtr><mtd>3</mtd><mtd>4</mtd></mtr></mtable></math>"
        #expect(try tei("<p>M:\(matrix)</p>") == "M:\n1 2\n3 4")
        #expect(try read("<body><p>\(matrix)</p></body>", name: "a.html").documents[0].text == "1 2\n3 4")
    }

    @Test(arguments: [
        (
            "<!DOCTYPE TEI.2 PUBLIC '-//TEI P4//DTD x//EN' 'tei2.dtd'><TEI.2><text><p>caf&eacute;</p></text></TEI.2>",
            "café"
        ),
        (
            "<!DOCTYPE book PUBLIC '-//OASIS//DTD DocBook V4.2//EN' 'docbookx.dtd'><book><para>a&nbsp;b &own;</para></book>",
            "a\u{A0}b &own;"
        ),
    ])
    func entitiesOfUnreadDeclarations(_ source: String, _ wanted: String) throws {
        #expect(try text(source) == wanted)
    }

    @Test func pubmed() throws {
        let document = try #require(
            try read(
                """
                <PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>T</ArticleTitle>\
                <Abstract><AbstractText Label="AIM">One.</AbstractText><AbstractText>Two.</AbstractText></Abstract>\
                <AuthorList><Author><LastName>Berg</LastName></Author><Author><CollectiveName>Tide Group</CollectiveName>\
                </Author></AuthorList></Article><MeshHeadingList><MeshHeading><DescriptorName>Ports</DescriptorName>\
                </MeshHeading></MeshHeadingList><KeywordList><Keyword>quay</Keyword><Keyword>pier</Keyword></KeywordList>\
                </MedlineCitation></PubmedArticle></PubmedArticleSet>
                """
            ).documents.first)
        #expect(document.text == "T\n\nAIM\n\nOne.\n\nTwo.")
        #expect(
            document.metadata == [
                "author": "Berg", "group": "Tide Group", "keywords": "quay; pier", "mesh": "Ports",
            ])
        #expect(document.coverage.isComplete)
    }

    @Test func laterVersionsOfACitation() throws {
        func citation(_ version: Int) -> String {
            """
            <PubmedArticle><MedlineCitation><PMID Version="\(version)">7</PMID><Article><ArticleTitle>V\(version)\
            </ArticleTitle></Article></MedlineCitation></PubmedArticle>
            """
        }
        let source = "<PubmedArticleSet>\(citation(1))\(citation(2))</PubmedArticleSet>"
        let outcome = try read(source) { $0.ids.duplicates = .last }
        #expect(outcome.order == ["+file.xml#7", "+file.xml#7"])
        #expect(outcome.documents.map { $0.metadata["version"] } == ["1", "2"])
        #expect(try read(source).order == ["+file.xml#7", "!id"])
    }

    @Test func commentsAreMarkdown() throws {
        let source = """
            <?xml version="1.0"?>
            <comments><row Id="1" PostId="3" Text="Use List&lt;int&gt; &amp;amp; so:&#xA;  x&#xA;&#xA;y" /></comments>
            """
        let document = try #require(try read(source).documents.first)
        #expect(document.text == "Use List<int> &amp; so:\n  x\n\ny")
        #expect(document.title == nil)
        #expect(document.metadata["post"] == "3")
        #expect(document.coverage.isComplete)
    }
}
