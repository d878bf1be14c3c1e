import Documents
import Foundation
import Glibc
import Testing

@Suite struct EncodingTests {
    /// The text in an encoding, by the system's iconv.
    static func encode(_ text: String, _ encoding: String) throws -> [UInt8] {
        let descriptor = iconv_open(encoding, "UTF-8")
        try #require(descriptor != iconv_t(bitPattern: -1), "\(encoding)")
        defer { iconv_close(descriptor) }
        var input = text.utf8.map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: input.count * 6 + 16)
        var left = input.count
        var room = output.count
        let status = input.withUnsafeMutableBufferPointer { from in
            output.withUnsafeMutableBufferPointer { into in
                var next = from.baseAddress
                var end = into.baseAddress
                let status = iconv(descriptor, &next, &left, &end, &room)
                _ = iconv(descriptor, nil, nil, &end, &room)
                return status
            }
        }
        try #require(status == 0, "\(encoding) lacks a letter")
        return output.prefix(output.count - room).map { UInt8(bitPattern: $0) }
    }

    static let western = "Grüße aus Århus: naïve façade, señor, Öl & Ærø.\nZweite Zeile ohne Ümläute.\n"
    static let central = "Zażółć gęślą jaźń; příliš žluťoučký kůň úpěl.\nDruhý řádek.\n"
    static let cyrillic =
        "Буксир выходит из порта в шесть часов утра и возвращается с приливом.\nКонец дня.\n"
    static let greek = "Το λιμάνι είναι ανοιχτό όλη τη νύχτα και το πρωί φεύγουν τα πλοία.\nΤέλος.\n"
    static let turkish = "İstanbul limanında ağır yükler için iki büyük vinç çalışıyor, şimdi öğle.\n"
    static let hebrew = "הנמל פתוח כל הלילה והספינות יוצאות בבוקר.\nסוף.\n"
    static let arabic = "الميناء مفتوح طوال الليل والسفن تغادر في الصباح.\nالنهاية.\n"
    static let japanese = "港は一晩中開いていて、船は朝に出ます。これはテストです。\n二行目。\n"
    static let korean = "항구는 밤새 열려 있고 배는 아침에 떠난다. 시험 문장이다.\n끝.\n"
    static let simplified = "港口整夜开放，船只在早上离开。这是一个测试的句子，我们在这里。\n第二行。\n"
    static let traditional = "港口整夜開放，船隻在早上離開。這是一個測試的句子，我們在這裡。\n第二行。\n"

    static let all: [(String, String)] = [
        ("UTF-8", western), ("UTF-16LE", western), ("UTF-16BE", japanese), ("UTF-32LE", cyrillic),
        ("UTF-32BE", western), ("ISO-8859-1", western), ("ISO-8859-15", western), ("windows-1252", western),
        ("macintosh", western), ("IBM850", western), ("ISO-8859-2", central), ("windows-1250", central),
        ("ISO-8859-5", cyrillic), ("windows-1251", cyrillic), ("KOI8-R", cyrillic), ("KOI8-U", cyrillic),
        ("IBM866", cyrillic), ("ISO-8859-7", greek), ("windows-1253", greek), ("ISO-8859-9", turkish),
        ("windows-1254", turkish), ("ISO-8859-8", hebrew), ("windows-1255", hebrew),
        ("ISO-8859-6", "ميناء\n"),
        ("windows-1256", arabic), ("ISO-8859-4", "ąčęėįšųūž\n"), ("windows-1257", "ąčęėįšųūž\n"),
        ("windows-1258", "biển\n".decomposedForVietnamese), ("TIS-620", "ท่าเรือเปิด\n"),
        ("Shift_JIS", japanese),
        ("EUC-JP", japanese), ("ISO-2022-JP", japanese), ("EUC-KR", korean), ("ISO-2022-KR", korean),
        ("GB18030", simplified), ("GBK", simplified), ("GB2312", simplified), ("Big5", traditional),
        ("IBM037", "Grüße\n"),
    ]

    @Test(arguments: all.indices)
    func declared(_ at: Int) throws {
        let (name, text) = Self.all[at]
        let bytes = try Self.encode(text, name)
        let plain = try read(bytes, name: "a.txt") { $0.encoding = name }
        let wanted = text.precomposedStringWithCanonicalMapping
        #expect(plain.documents.first?.text == wanted, "\(name)")
        if let document = plain.documents.first { try checkPlaces(document, text, bytes, name) }

        // An escape sequence comes first here, so no declaration can be found.
        if name == "ISO-2022-KR" { return }
        // The same inside XML, by its declaration.
        let xml = try Self.encode(
            "<?xml version='1.0' encoding='\(name)'?>\n<r><p>\(text.escaped)</p></r>", name)
        let outcome = try read(xml)
        let folded = wanted.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
        #expect(outcome.documents.first?.text == folded, "\(name) \(outcome.failures)")
        #expect(outcome.summary.coverage.isComplete)
        #expect(outcome.documents.first?.sourceMap.position(ofByte: 0).line == 2)
    }

    /// Each character decoded alone from the bytes that the map gives is that character.
    private func checkPlaces(_ document: Document, _ text: String, _ bytes: [UInt8], _ name: String) throws {
        guard !["ISO-2022-JP", "ISO-2022-KR", "windows-1258"].contains(name) else { return }
        var offset = 0
        for scalar in document.text.unicodeScalars {
            let width = UTF8.width(scalar)
            let place = try #require(document.sourceMap.sourceRange(of: offset..<offset + width))
            let wanted = try Self.encode(String(Character(scalar)), name)
            #expect(Array(bytes[place]) == wanted, "\(name) at \(offset)")
            offset += width
        }
    }

    @Test(arguments: [
        ("windows-1252", western), ("windows-1250", central), ("windows-1251", cyrillic),
        ("KOI8-R", cyrillic),
        ("ISO-8859-5", cyrillic), ("IBM866", cyrillic), ("windows-1253", greek), ("windows-1255", hebrew),
        ("windows-1256", arabic), ("Shift_JIS", japanese), ("EUC-JP", japanese), ("EUC-KR", korean),
        ("GB18030", simplified), ("Big5", traditional),
    ])
    func guessed(_ name: String, _ text: String) throws {
        let outcome = try read(Self.encode(text, name), name: "a.txt")
        #expect(outcome.documents.first?.text == text, "\(name)")
        #expect(outcome.documents.first?.warnings.first?.contains("is a guess") == true)
    }

    /// One sentence is enough, in the encodings that look most like one another.
    @Test(arguments: [
        ("windows-1252", "El niño comió mañana en España ¿verdad? ¡Sí!"),
        ("windows-1252", "Nº 5, 3ª planta: 20 m² © 2020, £5, 20 €"),
        ("windows-1252", "A ligação não está disponível. São três irmãos e a avó também."),
        ("windows-1252", "Það er gott að búa á Íslandi. Þetta er mjög fallegt hús."),
        ("windows-1252", "La città è più bella perché c’è il mare."),
        ("windows-1252", "Hamnen är öppen hela natten. Ærø og Ålborg."),
        ("windows-1254", "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar."),
        ("windows-1254", "Türkiye Cumhuriyeti Anayasası. Ağaç yaşken eğilir."),
        ("windows-1250", "Árvíztűrő tükörfúrógép. Minden emberi lény egyenlő."),
        ("windows-1250", "Sva ljudska bića rađaju se slobodna i jednaka. Čovjek žurno šeće."),
        ("windows-1250", "Dvořák a Smetana jsou čeští skladatelé."),
        ("ISO-8859-2", "Příliš žluťoučký kůň úpěl ďábelské ódy."),
        ("KOI8-R", "Все люди рождаются свободными и равными в своем достоинстве и правах."),
        ("KOI8-R", "Москва"), ("windows-1251", "ПРАВИЛА ДВИЖЕНИЯ. Москва – столица «России»."),
        ("windows-1251", "Всички хора се раждат свободни и равни по достойнство и права."),
        ("windows-1255", "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם."),
        ("GBK", "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心。"), ("GBK", "北京市海淀区中关村大街"),
        ("Big5", "港口整夜開放，船隻在早上離開。"), ("Shift_JIS", "カタカナのテスト。ｶﾀｶﾅ"),
        ("TIS-620", "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกัน"), ("TIS-620", "กรุงเทพมหานครเป็นเมืองหลวง ราคา ๒๕ บาท"),
    ])
    func guessedFromASentence(_ name: String, _ text: String) throws {
        #expect(try read(Self.encode(text, name), name: "a.txt").documents.first?.text == text, "\(name)")
    }

    @Test func contradictions() throws {
        let utf8 = "<?xml version='1.0' encoding='UTF-16'?><r>x</r>"
        #expect(try read(utf8).failures.map(\.code) == [.encoding])
        let marked = [0xEF, 0xBB, 0xBF] + Array("<?xml version='1.0' encoding='ISO-8859-1'?><r>x</r>".utf8)
        #expect(try read(marked).failures.map(\.code) == [.encoding])
        #expect(
            try read("<?xml version='1.0' encoding='no-such'?><r>x</r>").failures.map(\.code) == [.encoding])
        #expect(
            try read("<?xml version='1.0' encoding='UTF-16'?><r>x</r>") { $0.encoding = "UTF-8" }.documents
                .count == 1)
    }

    @Test func picturesAreNoText() throws {
        let bytes: [UInt8] =
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]
            + (0..<400).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        #expect(try read(bytes, name: "a.png").failures.map(\.code) == [.encoding])
    }

    @Test func shiftsOfUTF7() throws {
        let document = try read("caf+AOk +Ti1lh1tX end +2D3eAA-!", name: "a.txt") { $0.encoding = "UTF-7" }
        #expect(document.documents.first?.text == "café 中文字 end 😀!", "\(document.failures)")
    }
}

extension UTF8 {
    fileprivate static func width(_ scalar: Unicode.Scalar) -> Int { String(Character(scalar)).utf8.count }
}

extension String {
    fileprivate var escaped: String { replacing("&", with: "&amp;") }
    /// The form that windows-1258 has letters for.
    fileprivate var decomposedForVietnamese: String { "bi\u{EA}\u{309}n\n" }
}
