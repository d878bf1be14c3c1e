/// The MinHash signature of a text (Broder 1997): the share of places at which two signatures agree estimates the
/// Jaccard similarity of the sets of runs of words.
///
/// A run is ``runLength`` words one after another; a word is a stretch of letters and digits, as they are written but
/// for the case of ASCII. The hash functions are fixed, so equal texts have equal signatures everywhere. The standard
/// error of an estimate is at most 1 / (2 √``count``) = 0.044.
struct TextSignature: Sendable, Hashable {
    /// Hash functions, and values of a signature.
    static let count = 128
    /// Words in a run. A shorter text is one run.
    static let runLength = 5

    /// The smallest hash per function, of which 16 bits tell enough.
    let values: [UInt16]

    /// The signature of a text; nil where it has no word.
    init?(_ text: String) {
        var minima = [UInt32](repeating: .max, count: Self.count)
        var words = [UInt64](repeating: 0, count: Self.runLength)
        var found = 0
        func add(_ word: UInt64) {
            words[found % Self.runLength] = word
            found += 1
            if found >= Self.runLength { Self.lower(&minima, Self.run(words, from: found)) }
        }
        var word = Self.start
        var isInside = false
        for byte in text.utf8 {
            if Self.isPart(byte) {
                word = (word ^ UInt64(byte | (byte & 0x40) >> 1)) &* 0x100_0000_01B3
                isInside = true
            } else if isInside {
                add(word)
                word = Self.start
                isInside = false
            }
        }
        if isInside { add(word) }
        guard found > 0 else { return nil }
        if found < Self.runLength { Self.lower(&minima, Self.run(words, from: 0)) }
        values = minima.map { UInt16(truncatingIfNeeded: $0) }
    }

    /// The estimated similarity of the texts.
    func similarity(to other: TextSignature) -> Double {
        var same = 0
        for index in 0..<Self.count where values[index] == other.values[index] { same += 1 }
        return Double(same) / Double(Self.count)
    }

    private static let start: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Letters and digits of ASCII, and whatever is beyond.
    private static func isPart(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...0xFF: true
        default: false
        }
    }

    /// The hash of the words in a ring, the eldest first.
    private static func run(_ words: [UInt64], from first: Int) -> UInt64 {
        var hash = start
        for index in 0..<runLength { hash = mixed(hash ^ words[(first + index) % runLength]) }
        return hash
    }

    /// Takes a run into account under every hash function.
    private static func lower(_ minima: inout [UInt32], _ run: UInt64) {
        // h(i) = the upper half of a + i·b is as good as independent functions (Kirsch and Mitzenmacher 2006).
        let step = mixed(run ^ 0x9E37_79B9_7F4A_7C15) | 1
        var hash = run
        for index in 0..<count {
            let value = UInt32(truncatingIfNeeded: mixed(hash) >> 32)
            if value < minima[index] { minima[index] = value }
            hash &+= step
        }
    }

    /// The finaliser of SplitMix64 (Steele and others 2014).
    private static func mixed(_ value: UInt64) -> UInt64 {
        var value = value &+ 0x9E37_79B9_7F4A_7C15
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
