/// Makes names that were never seen, from syllables and from words of real text.
///
/// Every made word belongs to the training or to the held-out half by its hash, so that questions about held-out
/// names measure copying, not memory.
struct NameMaker: Sendable {
    let split: QuestionDocumentSplit
    /// Capitalised words of the user's text, which names may be made of; may be empty.
    let textWords: [String]
    /// Share of unusual names: long, hyphenated, with initials, from real words.
    let unusualShare: Double

    private static let onsets = [
        "b", "br", "c", "ch", "cl", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "kl", "l", "m", "n", "p",
        "pr", "qu",
        "r", "s", "sh", "sk", "st", "t", "th", "tr", "v", "w", "y", "z",
    ]
    private static let nuclei = [
        "a", "a", "e", "e", "i", "i", "o", "o", "u", "ai", "ea", "ee", "ia", "io", "oa", "ou", "y", "au",
    ]
    private static let codas = [
        "", "", "", "l", "m", "n", "r", "s", "t", "x", "nd", "rk", "st", "ck", "th", "nn", "lm", "sk", "ng",
        "rt",
    ]
    private static let placeEndings = [
        "", "", "", "ford", "ton", " Bay", " Hill", " Falls", "stead", "by", " Cross", "ville", " Point",
        "mouth",
    ]
    private static let titles = ["Dr", "Mr", "Ms", "Captain", "Professor", "Judge", "Sister"]

    /// FNV-1a; one word in ten is held out.
    static func isHeldOut(_ word: String) -> Bool {
        var hash: UInt32 = 2_166_136_261
        for byte in word.lowercased().utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return hash % 10 == 3
    }

    private func belongs(_ word: String) -> Bool {
        split == .either || Self.isHeldOut(word) == (split == .heldOut)
    }

    /// One capitalised word of this half.
    func word(_ random: inout SeededRandom, syllables: Int? = nil) -> String {
        let unusual = syllables == nil && random.chance(unusualShare)
        if unusual, !textWords.isEmpty, random.chance(0.5) {
            // Names from real text are few; give up after some misses.
            for _ in 0..<20 {
                let word = random.pick(textWords)
                if belongs(word) { return word }
            }
        }
        while true {
            let count = syllables ?? (unusual ? random.integer(in: 3...5) : random.pick([1, 1, 2, 2, 2]))
            var word = ""
            for index in 0..<count {
                word += random.pick(Self.onsets) + random.pick(Self.nuclei)
                if index == count - 1 || random.chance(0.3) { word += random.pick(Self.codas) }
            }
            guard word.utf8.count >= 4, belongs(word) else { continue }
            return word.prefix(1).uppercased() + word.dropFirst()
        }
    }

    func person(_ random: inout SeededRandom) -> String {
        let family = word(&random, syllables: random.chance(unusualShare) ? nil : 2)
        guard random.chance(unusualShare) else { return word(&random) + " " + family }
        switch random.below(5) {
        case 0: return "\(random.pick(Self.titles)) \(word(&random)) \(family)"
        case 1: return "\(letter(&random)). \(letter(&random)). \(family)"
        case 2: return "\(word(&random)) \(letter(&random)). \(family)"
        case 3: return "\(word(&random)) \(family)-\(word(&random))"
        default: return "\(word(&random)) \(random.pick(["van", "de", "O'", "Mac", "al-"]).joining(family))"
        }
    }

    func place(_ random: inout SeededRandom) -> String {
        let name = word(&random)
        if random.chance(unusualShare) {
            switch random.below(3) {
            case 0:
                return
                    "\(random.pick(["North", "South", "East", "West", "Upper", "Lower", "New", "Old"])) \(name)"
            case 1: return "\(name)-on-\(word(&random))"
            default: return "\(name) \(word(&random))"
            }
        }
        return name + random.pick(Self.placeEndings)
    }

    private func letter(_ random: inout SeededRandom) -> String {
        String(random.pick(Array("ABCDEFGHIJKLMNOPRSTVWYZ")))
    }
}

extension String {
    /// `van X`, but `O'X`.
    fileprivate func joining(_ name: String) -> String {
        hasSuffix("'") || hasSuffix("-") || self == "Mac" ? self + name : self + " " + name
    }
}

/// Which half of all names a generator draws from.
public enum QuestionDocumentSplit: String, Sendable, Hashable, Codable, CaseIterable {
    case training
    case heldOut
    case either
}
