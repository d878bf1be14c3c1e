import Documents
import Testing

/// Cases of the kinds that the W3C's XML conformance suite has, section by section of XML 1.0.
@Suite struct WellFormednessTests {
    @Test(arguments: [
        // 2.1 one root
        "", " ", "<a/><b/>", "<a></a>text", "text<a/>", "<a/><![CDATA[x]]>", "<a/>&#32;", "<!-- only -->",
        "<a/><?xml version='1.0'?>", " <?xml version='1.0'?><a/>", "<a/><!DOCTYPE a>",
        // 2.2 characters
        "<a>\u{1}</a>", "<a>\u{FFFE}</a>", "<a>&#1;</a>", "<a>&#0;</a>", "<a>&#xD800;</a>",
        "<a>&#x110000;</a>",
        "<a>&#xFFFF;</a>", "<a b='&#8;'/>", "<!--\u{2}--><a/>",
        // 2.3 names
        "<1a/>", "<-a/>", "<.a/>", "<a 1b='c'/>", "<a\u{D7}/>", "<a><\u{37E}/></a>",
        // 2.4 character data and markup
        "<a>]]></a>", "<a><</a>", "<a>& b</a>", "<a>&b</a>", "<a>&;</a>", "<a>&#;</a>", "<a>&#x;</a>",
        "<a>&#12a;</a>",
        // 2.5 comments, 2.6 instructions
        "<a><!-- a -- b --></a>", "<a><!-- a ---></a>", "<a><!- b --></a>", "<a><!-- </a>",
        "<a><?xml x?></a>",
        "<a><?XmL x?></a>", "<a><? x?></a>", "<a><?x </a>", "<a><?x</a>",
        // 2.7 CDATA
        "<a><![CDATA[x</a>", "<a><![cdata[x]]></a>", "<a><! [CDATA[x]]></a>", "<a><![CDATA [x]]></a>",
        // 2.8 prolog
        "<?xml?><a/>", "<?xml version='1.0' encoding='UTF-8' standalone='maybe'?><a/>",
        "<?xml encoding='UTF-8'?><a/>",
        "<?xml version='1.0' standalone='yes' encoding='UTF-8'?><a/>",
        "<?xml version='1.0'encoding='UTF-8'?><a/>",
        "<?xml version=1.0?><a/>", "<?xml version='1.0' encoding='é'?><a/>", "<?XML version='1.0'?><a/>",
        "<!DOCTYPE><a/>", "<!DOCTYPE a SYSTEM><a/>", "<!DOCTYPE a PUBLIC 'x'><a/>", "<!DOCTYPE a [<a/>",
        "<!doctype a><a/>", "<!DOCTYPE a PUBLIC 'a{b' 'c'><a/>",
        // 3.1 tags and attributes
        "<a>", "</a>", "<a></b>", "<a><b></a></b>", "<a b/>", "<a b=c/>", "<a b='c/>", "<a b='<'/>",
        "<a b='c'd='e'/>",
        "<a b='c' b='d'/>", "<a b = 'c' , d='e'/>", "<a / >", "< a/>", "<a></ a>", "<a></a b='c'>",
        "<a b='&'/>",
        "<a b='&c'/>", "<a b='&lt'/>", "<a b='&undeclared;'/>",
        // 3.2, 3.3 declarations
        "<!DOCTYPE a [<!ELEMENT a>]><a/>", "<!DOCTYPE a [<!ELEMENT a (b,c|d)>]><a/>",
        "<!DOCTYPE a [<!ELEMENT a ()>]><a/>",
        "<!DOCTYPE a [<!ELEMENT a (#PCDATA|b)>]><a/>", "<!DOCTYPE a [<!ELEMENT a EMPTY ANY>]><a/>",
        "<!DOCTYPE a [<!ATTLIST a b>]><a/>", "<!DOCTYPE a [<!ATTLIST a b CDATA>]><a/>",
        "<!DOCTYPE a [<!ATTLIST a b NUMBER #IMPLIED>]><a/>", "<!DOCTYPE a [<!ATTLIST a b CDATA '<'>]><a/>",
        "<!DOCTYPE a [<!ATTLIST a b (c,d) #IMPLIED>]><a/>", "<!DOCTYPE a [<!ATTLIST a b CDATA #FIXED>]><a/>",
        // 3.4 conditional sections belong to external subsets
        "<!DOCTYPE a [<![INCLUDE[<!ELEMENT a ANY>]]>]><a/>", "<!DOCTYPE a [<![IGNORE[x]]>]><a/>",
        // 4 entities
        "<a>&b;</a>", "<!DOCTYPE a [<!ENTITY b '&c;'>]><a>&b;</a>",
        "<!DOCTYPE a [<!ENTITY b '<c>'>]><a>&b;</a>",
        "<!DOCTYPE a [<!ENTITY b '</a><a>'>]><a>&b;</a>", "<!DOCTYPE a [<!ENTITY b '&#38;'>]><a>&b;</a>",
        "<!DOCTYPE a [<!ENTITY b '&#60;'>]><a>&b;</a>", "<!DOCTYPE a [<!ENTITY b '&#60;c'>]><a d='&b;'/>",
        "<!DOCTYPE a [<!ENTITY b SYSTEM 'x'>]><a c='&b;'/>", "<!DOCTYPE a [<!ENTITY b 'x' NDATA n>]><a/>",
        "<!DOCTYPE a [<!NOTATION n SYSTEM 'n'><!ENTITY b SYSTEM 'x' NDATA n>]><a>&b;</a>",
        "<!DOCTYPE a [<!ENTITY b>]><a/>", "<!DOCTYPE a [<!ENTITY 'x'>]><a/>",
        "<!DOCTYPE a [<!ENTITY b x>]><a/>",
        "<!DOCTYPE a [<!ENTITY % b 'x' >%b]><a/>", "<!DOCTYPE a [<!ENTITY b '%c;'>]><a/>",
        "<!DOCTYPE a [<!ENTITY b '&#x;'>]><a/>",
        "<!DOCTYPE a [<!ENTITY b '&c;'><!ENTITY c '&b;'>]><a>&b;</a>",
        "<!DOCTYPE a [<!NOTATION n>]><a/>", "<!DOCTYPE a [<!NOTATION n >]><a/>",
        "<!DOCTYPE a [<!ENTITY b PUBLIC 'x'>]><a/>",
        "<!DOCTYPE a [ x ]><a/>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]>", "<!DOCTYPE a []> <a/> &b;",
    ])
    func notWellFormed(_ source: String) throws {
        let outcome = try read(source) { $0.profile = .named("generic-xml") }
        #expect(outcome.documents.isEmpty && outcome.failures.count == 1)
        #expect(outcome.failures.first?.code == .malformed || outcome.failures.first?.code == .encoding)
        #expect(outcome.failures.first?.line != nil)
    }

    @Test func badUTF8() throws {
        for wrong: [UInt8] in [
            [0x80], [0xC0, 0x80], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0xFF],
            [0xF8, 0x88, 0x80, 0x80, 0x80],
        ] {
            let source = Array("<a>x".utf8) + wrong + Array("y</a>".utf8)
            #expect(try read(source).order == ["!malformed"], "\(wrong)")
        }
    }

    @Test(arguments: [
        ("<a>x</a>", "x"), ("<?xml version='1.0'?>\n<!-- c -->\n<?p i?>\n<a>x</a>\n<!-- d -->\n<?p?>", "x"),
        ("<?xml version=\"1.0\" encoding='us-ascii' standalone = 'no' ?><a >x</a\n>", "x"),
        ("<a>&lt;&gt;&amp;&apos;&quot;</a>", "<>&'\""), ("<a>&#65;&#x42;&#x1F600;</a>", "AB😀"),
        ("<a><![CDATA[<b>&amp;]]]]><![CDATA[>]]></a>", "<b>&amp;]]>"), ("<a>x<!-- y -->z<?p y?>w</a>", "xzw"),
        ("<a>]] ></a>", "]] >"), ("<a>&#13;x</a>", "x"), ("<a>x\r\ny\rz</a>", "x y z"),
        ("<é\u{4E00}>ü</é\u{4E00}>", "ü"), ("<_:a.b-1 xmlns:_='u'>x</_:a.b-1>", "x"),
        ("<a><b/>x<b></b></a>", "x"), ("<a b='1' c=\"2\">x</a>", "x"),
        ("<!DOCTYPE a><a>x</a>", "x"), ("<!DOCTYPE a SYSTEM 'none.dtd'><a>x</a>", "x"),
        ("<!DOCTYPE a PUBLIC '-//x' 'none.dtd'><a>x</a>", "x"),
        ("<!DOCTYPE a [<!ELEMENT a (#PCDATA)>]><a>x</a>", "x"),
        (
            "<!DOCTYPE a [<!ELEMENT a (b?,(c|d)*,e+)><!ATTLIST a f CDATA #IMPLIED g (h|i) 'h' j ID #REQUIRED>]><a>x</a>",
            "x"
        ),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "c"),
        ("<!DOCTYPE a [<!ENTITY b 'c'><!ENTITY b 'd'>]><a>&b;</a>", "c"),
        ("<!DOCTYPE a [<!ENTITY b '<c>d</c>'>]><a>&b;&b;</a>", "d\n\nd"),
        ("<!DOCTYPE a [<!ENTITY b '&#38;#38;'>]><a>&b;</a>", "&"),
        ("<!DOCTYPE a [<!ENTITY b '&#38;lt;'>]><a>&b;</a>", "<"),
        ("<!DOCTYPE a [<!ENTITY b '&c;'><!ENTITY c 'd'>]><a>&b;</a>", "d"),
        ("<!DOCTYPE a [<!ENTITY b '&amp;'>]><a>&b;</a>", "&"),
        ("<!DOCTYPE a [<!ENTITY lt '&#38;#60;'>]><a>&lt;</a>", "<"),
        ("<!DOCTYPE a [<!ENTITY % p '<!ENTITY b \"c\">'>%p;]><a>&b;</a>", "c"),
        (
            "<!DOCTYPE a [<!ENTITY % xx '&#37;zz;'><!ENTITY % zz '&#60;!ENTITY tricky \"error-prone\" >' >%xx;]><a>sample shows a &tricky; method.</a>",
            "sample shows a error-prone method."
        ),
        ("<!DOCTYPE a [<!NOTATION n PUBLIC 'p'><!ENTITY b SYSTEM 'x' NDATA n>]><a>x</a>", "x"),
        ("<!DOCTYPE a [<!-- ]> --><?p ]>?>]><a>x</a>", "x"),
        ("<!DOCTYPE a [<!ATTLIST a b CDATA 'c'>]><a>x</a>", "x"),
        // Not valid, but well-formed.
        ("<!DOCTYPE b [<!ELEMENT a EMPTY>]><a>x</a>", "x"),
        ("<!DOCTYPE a [<!ELEMENT a ANY><!ELEMENT a ANY>]><a>x</a>", "x"),
        ("<!DOCTYPE a [<!ATTLIST a b ID #IMPLIED>]><a b='1'>x<a b='1'/></a>", "x"),
        // libxml2 tells of choices that come twice in another way than of all else.
        ("<!DOCTYPE a [<!ATTLIST a b (c|c) 'c'>]><a>x</a>", "x"),
        ("<!DOCTYPE a [<!NOTATION n SYSTEM 'n'><!ATTLIST a b NOTATION (n|n) #IMPLIED>]><a>x</a>", "x"),
        ("<a xml:space='wrong' xml:lang='not a language'>x</a>", "x"),
        // Namespaces that make no sense do not make a document ill-formed.
        ("<p:a>x</p:a>", "x"), ("<a p:b='c'>x</a>", "x"),
    ])
    func wellFormed(_ source: String, _ text: String) throws {
        let outcome = try read(source) { $0.profile = .named("generic-xml") }
        #expect(outcome.failures.isEmpty)
        #expect(outcome.documents.first?.text == text)
        #expect(outcome.summary.coverage.isComplete)
    }

    /// A document type that comes in two pieces is the same as in one, also where libxml2 takes what is in a comment, an
    /// instruction or an identifier for its end, or for what it must wait for.
    @Test(arguments: [
        "<?p ]>?>", "<?p it's?>", "<?p \"]\" <!-- ?>", "<!--> it's -->", "<!-- ]> -->", "<!ENTITY f ']>'>",
        "<!ENTITY f \"'\">", "<!NOTATION n SYSTEM 'a>b'>",
    ])
    func doctypesInPieces(_ declaration: String) throws {
        let chunk = 128 << 10
        let head = "<!DOCTYPE a SYSTEM 'x>y' [<!--"
        let text = String(repeating: "text ", count: 50_000)
        for cut in 0...declaration.utf8.count + 3 {
            let filler = String(repeating: " ", count: chunk - head.utf8.count - cut)
            let source = head + filler + "-->" + declaration + "<!ENTITY e 'end'>]><a>\(text)&e;</a>"
            let outcome = try read(source) { $0.profile = .named("generic-xml") }
            #expect(outcome.order == ["+file.xml"], "\(cut)")
            #expect(outcome.documents.first?.text == text + "end", "\(cut)")
        }
        // The name is seen before the document type is whole.
        let long = String(repeating: "- ", count: 200_000)
        let book =
            "<!DOCTYPE book PUBLIC '-//OASIS//DTD DocBook XML V4.2//EN' 'x' [<!--\(long)-->\(declaration)]>"
        let detected = try read(book + "<book><para>x</para></book>")
        #expect(detected.documents.first?.text == "x")
    }

    /// However the bytes arrive, the result is the same.
    @Test func chunksMakeNoDifference() throws {
        let filler = String(repeating: "<p>é &amp; <b>bold</b>\r\n</p>", count: 100)
        let far = "<!--" + String(repeating: "-\n", count: 63_200) + " -->"
        for shift in 0..<8 {
            let source =
                "<a>" + String(repeating: "x", count: shift) + filler + far + filler + filler + "</a>"
            let outcome = try read(source)
            #expect(outcome.documents.count == 1)
            try checkMap(outcome.documents[0], Array(source.utf8))
        }
    }
}
