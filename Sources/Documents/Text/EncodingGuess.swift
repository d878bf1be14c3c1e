/// What encoding bytes that are not UTF-8 are most likely in: the last resort, and always reported as a guess.
///
/// Each candidate decodes a sample; the one whose letters look most like running text wins. Text in one of the many
/// encodings of one script looks right in only one of them: in the others its capitals and small letters change places,
/// or letters become signs.
struct EncodingGuess {
    private let sample: [UInt8]
    /// Places where a character of several bytes may have been cut.
    private let cuts: Int

    init(_ bytes: [UInt8]) {
        // Places with letters beyond ASCII are what there is to go by.
        var sample: [UInt8] = []
        var at = 0
        var taken = 0
        // The bytes may end inside a character themselves.
        var cuts = 1
        while at < bytes.count, sample.count < 1 << 15 {
            let end = min(at + 256, bytes.count)
            if bytes[at..<end].contains(where: { $0 >= 0x80 }) {
                if taken < at { cuts += 2 }
                sample += bytes[at..<end]
                taken = end
            }
            at = end
        }
        self.sample = sample
        self.cuts = cuts
    }

    /// The name of the best candidate.
    var best: String {
        // Few letters prove little: then the most usual encoding stays.
        let margin = sample.count < 2048 ? 0.15 : 0.02
        var winner = ("ISO-8859-1", 0.0)
        for (name, script) in Self.candidates {
            guard let score = score(name, script), score > winner.1 else { continue }
            if winner.0 == "windows-1252", score < winner.1 + margin { continue }
            winner = (name, score)
        }
        return winner.0
    }

    private enum Script {
        case latin, centralEuropean, turkish, cyrillic, greek, hebrew, arabic, thai, japanese, korean, chinese
    }

    /// In the order of preference among equals.
    private static let candidates: [(String, Script)] = [
        ("windows-1252", .latin), ("EUC-JP", .japanese), ("SHIFT_JIS", .japanese), ("EUC-KR", .korean),
        ("GB18030", .chinese), ("BIG5", .chinese), ("windows-1251", .cyrillic), ("KOI8-R", .cyrillic),
        ("ISO-8859-5", .cyrillic), ("IBM866", .cyrillic), ("windows-1250", .centralEuropean),
        ("ISO-8859-2", .centralEuropean), ("windows-1253", .greek), ("ISO-8859-7", .greek),
        ("windows-1255", .hebrew), ("windows-1256", .arabic), ("windows-1254", .turkish),
        ("TIS-620", .thai),
    ]

    /// How much the sample looks like text, per character beyond ASCII; `nil` when it is not in the encoding.
    private func score(_ name: String, _ script: Script) -> Double? {
        guard
            let decoder = try? CharacterDecoder(
                TextEncoding(named: name, evidence: .guessed), policy: .replace, offset: 0)
        else { return nil }
        var text: [UInt8] = []
        // Replacing, the decoder throws nothing.
        try? decoder.decode(sample, last: true) { piece, _ in text.append(contentsOf: piece) }
        if decoder.replaced > ([.japanese, .korean, .chinese].contains(script) ? cuts : 0) { return nil }
        var sum = 0.0
        var count = 0
        var previous: Unicode.Scalar = " "
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            if scalar.value >= 0x80, scalar.value != 0xFFFD {
                count += 1
                sum += Self.weight(scalar, previous, script)
            }
            previous = scalar
        }
        return count > 0 ? sum / Double(count) : nil
    }

    private static func weight(_ scalar: Unicode.Scalar, _ previous: Unicode.Scalar, _ script: Script)
        -> Double
    {
        let code = scalar.value
        if Self.punctuation.contains(scalar) { return 0.4 }
        let properties = scalar.properties
        // A capital inside a word is a sign of the wrong table.
        let isOdd = properties.isUppercase && previous.properties.isLowercase
        let fits: Bool
        var common = false
        switch script {
        case .latin:
            fits = code < 0x180 && properties.isAlphabetic
            common = "éèàçùâêîôûëïüäöåøæñáíóúßÄÖÜÉãõ".unicodeScalars.contains(scalar)
        case .centralEuropean:
            fits = code < 0x250 && properties.isAlphabetic
            common = "ąćęłńóśźżáčďéěíňřšťúůýžőűöüäßâăîşţđ".unicodeScalars.contains(scalar)
        case .turkish:
            fits = code < 0x180 && properties.isAlphabetic
            common = "çğıöşüİâ".unicodeScalars.contains(scalar)
        case .cyrillic:
            fits = (0x400...0x4FF).contains(code)
            common = "оеаинтсрвлкмдпуяыьгзб".unicodeScalars.contains(scalar)
        case .greek:
            fits = (0x370...0x3FF).contains(code)
            common = "αοιετνσηυρπκμλςάέήίόύώ".unicodeScalars.contains(scalar)
        case .hebrew:
            fits = (0x590...0x5FF).contains(code)
            // Vowel points are rare.
            common = code >= 0x5D0
            if fits, !common { return -0.6 }
        case .thai:
            fits = (0xE01...0xE5B).contains(code)
            common = fits
        case .arabic:
            fits = (0x600...0x6FF).contains(code)
            common = "اليمونرتبةعدسفهكأحقجش".unicodeScalars.contains(scalar)
        case .japanese:
            fits = (0x3040...0x30FF).contains(code) || (0x4E00...0x9FFF).contains(code)
            common = (0x3040...0x309F).contains(code)
        case .korean:
            fits = (0xAC00...0xD7A3).contains(code)
            common = fits
        case .chinese:
            fits = (0x4E00...0x9FFF).contains(code)
            common = Self.commonChinese.contains(scalar)
        }
        if !fits { return -1.5 }
        // In Latin script letters beyond ASCII stand among those of ASCII.
        let isLatin = [.latin, .centralEuropean, .turkish].contains(script)
        if !isLatin, previous.value < 0x80, previous.properties.isAlphabetic { return -1 }
        if isLatin, previous.value >= 0x80, properties.isAlphabetic, previous.properties.isAlphabetic {
            return -0.6
        }
        if isOdd { return -1 }
        return common ? 1 : script == .chinese ? 0.15 : 0.3
    }

    private static let punctuation = Set("’‘“”–—…«»§°·、。，：；？！「」（）《》".unicodeScalars)
    private static let commonChinese = Set(
        "的一是不了在人有我他这這個个们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得于於着著下自之年过過发發后後作里裡用道行所然家种種事成方多经經么麼去法学學如都同现現当當没沒动動面起看定天分还還进進好小部其些主样樣理心她本前开開但因只从從想实實日军軍者意无無力它与與长長把机機十民第公此已工使情明性知全三又关關点點正业業外将將两兩高间間由问問很最重并物手应應战戰向头頭文体體政美相见見被利什二等产產或新己制身果加西斯月话話合回特代内內信表化老给給世位次度门門任常先海通教儿兒原东東声聲提立及比员員解水名真论論处處走义義各入几幾口认認条條平系气氣题題活尔爾更别別打女变變四神总總何电電数數安少报報才结結反受目太量再感建务務做接必场場件计計管期市直德资資命山金指克许許统統区區保至队隊形社便空决決治展马馬科司五基眼书書非则則听聽白却卻界达達光放强強即像难難且权權思王象完设設式色路记記南品住告类類求据據程北边邊死张張该該交规規万萬取拉格望觉覺术術领領共确確传傳师師观觀清今切院让讓识識候带帶导導争爭运運港"
            .unicodeScalars)
}
