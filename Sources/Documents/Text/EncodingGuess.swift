/// What encoding bytes that are not UTF-8 are most likely in: the last resort, and always reported as a guess.
///
/// Each candidate decodes a sample; the one whose letters look most like running text wins. Text in one of the many
/// encodings of one script looks right in only one of them: in the others its capitals and small letters change places,
/// letters become signs, or the letters are of no one language.
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

    /// In the order of preference among equals.
    private static let candidates: [(String, EncodingScript)] = [
        ("windows-1252", .latin), ("EUC-JP", .japanese), ("SHIFT_JIS", .japanese), ("EUC-KR", .korean),
        ("GB18030", .chinese), ("BIG5", .chinese), ("windows-1251", .cyrillic), ("KOI8-R", .cyrillic),
        ("ISO-8859-5", .cyrillic), ("IBM866", .cyrillic), ("windows-1250", .centralEuropean),
        ("ISO-8859-2", .centralEuropean), ("windows-1253", .greek), ("ISO-8859-7", .greek),
        ("windows-1255", .hebrew), ("windows-1256", .arabic), ("windows-1254", .turkish),
        ("TIS-620", .thai),
    ]

    /// How much the sample looks like text, per character beyond ASCII; `nil` when it is not in the encoding.
    private func score(_ name: String, _ script: EncodingScript) -> Double? {
        // An encoding that this system's iconv lacks is no candidate.
        guard
            let decoder = try? CharacterDecoder(
                TextEncoding(named: name, evidence: .guessed), policy: .replace, offset: 0)
        else { return nil }
        var text: [UInt8] = []
        // Replacing, the decoder throws nothing.
        try? decoder.decode(sample, last: true) { piece, _ in text.append(contentsOf: piece) }
        if decoder.replaced > ([.japanese, .korean, .chinese].contains(script) ? cuts : 0) { return nil }
        var score = EncodingScore(script)
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars { score.add(scalar) }
        return score.average
    }
}
