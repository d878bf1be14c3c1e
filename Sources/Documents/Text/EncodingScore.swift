/// How much decoded characters look like text of one script.
struct EncodingScore {
    private let script: EncodingScript
    private let languages: [Unicode.Scalar: UInt16]
    private var sum = 0.0
    /// For each language of the script, what its letters add to the sum.
    private var sums = Array(repeating: 0.0, count: 8)
    private var count = 0
    private var previous: Unicode.Scalar = " "

    init(_ script: EncodingScript) {
        self.script = script
        languages = script.languages
    }

    /// The score per character beyond ASCII, by the language that fits best; `nil` when there is none.
    var average: Double? { count > 0 ? (sum + (sums.max() ?? 0)) / Double(count) : nil }

    mutating func add(_ scalar: Unicode.Scalar) {
        if scalar.value < 0x80 {
            addASCII(scalar)
        } else if scalar.value != 0xFFFD {
            count += 1
            sum += weight(scalar)
        }
        previous = scalar
    }

    /// Letters of other scripts do not touch those of ASCII, nor those of Latin script figures.
    private mutating func addASCII(_ scalar: Unicode.Scalar) {
        guard previous.value >= 0x80, !Self.neutral.contains(previous), previous.properties.isAlphabetic
        else { return }
        switch script {
        case .latin, .centralEuropean, .turkish: if (0x30...0x39).contains(scalar.value) { sum -= 1 }
        case .japanese, .korean, .chinese: break
        default: if scalar.properties.isAlphabetic { sum -= 1 }
        }
    }

    private mutating func weight(_ scalar: Unicode.Scalar) -> Double {
        if Self.punctuation.contains(scalar) { return 0.4 }
        if Self.neutral.contains(scalar) { return 0.2 }
        let properties = scalar.properties
        guard script.holds(scalar.value), !script.isLatin || properties.isAlphabetic else { return -1.5 }
        // A capital inside a word is a sign of the wrong table.
        let isOdd = properties.isUppercase && previous.properties.isLowercase
        if script.isLatin {
            let known = languages[scalar] ?? 0
            // Letters beyond ASCII stand among those of ASCII, or among those of their own language.
            let touches =
                previous.value >= 0x80 && previous.properties.isAlphabetic
                && !Self.neutral.contains(previous)
            if touches, known & (languages[previous] ?? 0) == 0 { return -0.6 }
            if isOdd { return -1 }
            // Few write Icelandic, and many Turkish, which has other letters in the same places.
            let gain = script == .latin && "ðþýÐÞÝ".unicodeScalars.contains(scalar) ? 0.7 : 1.0
            for number in sums.indices { sums[number] += known & 1 << UInt16(number) != 0 ? gain : -0.3 }
            return 0
        }
        let touchesASCII = previous.value < 0x80 && previous.properties.isAlphabetic
        let touchesFigures = script == .thai && (0x30...0x39).contains(previous.value)
        if touchesASCII || touchesFigures || isOdd { return -1 }
        return script.weight(scalar, after: previous)
    }

    private static let punctuation = Set("’‘“”–—…«»§°·、。，：；？！「」（）《》".unicodeScalars)
    /// Signs that stand in text of any script.
    private static let neutral = Set("¿¡ªº²³©®€£".unicodeScalars)
}
