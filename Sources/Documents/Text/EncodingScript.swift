/// What encodings of several bytes or of 256 signs are for.
enum EncodingScript {
    case latin, centralEuropean, turkish, cyrillic, greek, hebrew, arabic, thai, japanese, korean, chinese

    /// The letters beyond ASCII of languages that are written in Latin script, each with a bit per language.
    var languages: [Unicode.Scalar: UInt16] {
        switch self {
        case .latin: Self.western
        case .centralEuropean: Self.central
        case .turkish: Self.turkic
        default: [:]
        }
    }

    var isLatin: Bool { self == .latin || self == .centralEuropean || self == .turkish }

    /// French, German, Spanish, Italian and Catalan, Portuguese, Scandinavian and Finnish, Icelandic, Dutch.
    private static let western = table([
        "éèêëàâçùûüîïôœæÿ", "äöüßé", "áéíóúñü", "àèéìòùíóúïüçáî", "áâãàçéêíóôõúü", "åäöæøéü", "áðéíóúýþæö",
        "éèëïöüáó",
    ])
    /// Polish, Czech and Slovak, Hungarian, Croatian and Slovene, Romanian.
    private static let central = table([
        "ąćęłńóśźż", "áčďéěíňóřšťúůýžäľĺôŕ", "áéíóöőúüű", "čćđšž", "ăâîşţ",
    ])
    private static let turkic = table(["çğıöşüâîûİ"])

    private static func table(_ languages: [String]) -> [Unicode.Scalar: UInt16] {
        var table: [Unicode.Scalar: UInt16] = [:]
        for (number, letters) in languages.enumerated() {
            let capitals = letters.unicodeScalars.flatMap { $0.properties.uppercaseMapping.unicodeScalars }
            for letter in Array(letters.unicodeScalars) + capitals where letter.value >= 0x80 {
                table[letter, default: 0] |= 1 << UInt16(number)
            }
        }
        return table
    }

    /// Whether a letter is one of the script's; Latin letters are judged by their languages.
    func holds(_ code: UInt32) -> Bool {
        switch self {
        case .latin, .centralEuropean, .turkish: code < 0x250
        case .cyrillic: (0x400...0x4FF).contains(code)
        case .greek: (0x370...0x3FF).contains(code)
        case .hebrew: (0x590...0x5FF).contains(code)
        case .arabic: (0x600...0x6FF).contains(code)
        case .thai: (0xE01...0xE5B).contains(code)
        case .japanese:
            (0x3040...0x30FF).contains(code) || (0x4E00...0x9FFF).contains(code)
                || (0xFF61...0xFF9F).contains(code)
        case .korean: (0xAC00...0xD7A3).contains(code)
        case .chinese: (0x4E00...0x9FFF).contains(code)
        }
    }

    /// How usual a letter of the script is.
    func weight(_ letter: Unicode.Scalar, after previous: Unicode.Scalar) -> Double {
        let code = letter.value
        switch self {
        case .latin, .centralEuropean, .turkish: return 0
        case .cyrillic: return Self.commonCyrillic.contains(letter) ? 1 : 0.3
        case .greek: return Self.commonGreek.contains(letter) ? 1 : 0.3
        case .arabic: return Self.commonArabic.contains(letter) ? 1 : 0.3
        case .hebrew:
            // Vowel points are rare, and final forms end words.
            return code < 0x5D0 ? -0.6 : Self.finalHebrew.contains(previous) ? -1 : 1
        case .thai: return thaiWeight(code, previous.value)
        case .japanese: return (0x3040...0x309F).contains(code) ? 1 : code >= 0xFF61 ? 0.1 : 0.3
        case .korean: return 1
        case .chinese: return Self.commonChinese.contains(letter) ? 1 : 0.15
        }
    }

    /// Vowels and tones above and below stand with a consonant; without that order it is the text of another script.
    private func thaiWeight(_ code: UInt32, _ previous: UInt32) -> Double {
        let isConsonant = (0xE01...0xE2E).contains(previous)
        switch code {
        case 0xE31, 0xE34...0xE3A, 0xE47...0xE4E:
            let isTone = (0xE48...0xE4C).contains(code)
            let hasVowel = previous == 0xE31 || (0xE34...0xE39).contains(previous)
            return isConsonant || isTone && hasVowel ? 1 : -1.5
        case 0xE30, 0xE32, 0xE33: return isConsonant || (0xE47...0xE4C).contains(previous) ? 0.7 : -1
        case 0xE01...0xE2E, 0xE40...0xE44: return 0.7
        default: return 0.1
        }
    }

    private static let commonCyrillic = Set("оеаинтсрвлкмдпуяыьгзб".unicodeScalars)
    private static let commonGreek = Set("αοιετνσηυρπκμλςάέήίόύώ".unicodeScalars)
    private static let commonArabic = Set("اليمونرتبةعدسفهكأحقجش".unicodeScalars)
    private static let finalHebrew = Set("ךםןףץ".unicodeScalars)
    private static let commonChinese = Set(
        "的一是不了在人有我他这這個个们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得于於着著下自之年过過发發后後作里裡用道行所然家种種事成方多经經么麼去法学學如都同现現当當没沒动動面起看定天分还還进進好小部其些主样樣理心她本前开開但因只从從想实實日军軍者意无無力它与與长長把机機十民第公此已工使情明性知全三又关關点點正业業外将將两兩高间間由问問很最重并物手应應战戰向头頭文体體政美相见見被利什二等产產或新己制身果加西斯月话話合回特代内內信表化老给給世位次度门門任常先海通教儿兒原东東声聲提立及比员員解水名真论論处處走义義各入几幾口认認条條平系气氣题題活尔爾更别別打女变變四神总總何电電数數安少报報才结結反受目太量再感建务務做接必场場件计計管期市直德资資命山金指克许許统統区區保至队隊形社便空决決治展马馬科司五基眼书書非则則听聽白却卻界达達光放强強即像难難且权權思王象完设設式色路记記南品住告类類求据據程北边邊死张張该該交规規万萬取拉格望觉覺术術领領共确確传傳师師观觀清今切院让讓识識候带帶导導争爭运運港"
            .unicodeScalars)
}
