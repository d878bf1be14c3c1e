/// Sentences without facts, to stand between facts: from the user's texts, and a few of our own.
public struct FillerText: Sendable {
    /// Sentences of real text, paragraph by paragraph.
    let sentences: [String]
    /// Capitalised words of real text, for names.
    let words: [String]

    /// Cuts `texts` into sentences of 20 to 240 bytes; what does not look like one is left out.
    public init(texts: [String] = [], limit: Int = 400_000) {
        var sentences: [String] = []
        var words: Set<String> = []
        texts: for text in texts {
            for paragraph in text.split(separator: "\n") {
                var start = paragraph.startIndex
                var index = start
                while index < paragraph.endIndex {
                    let next = paragraph.index(after: index)
                    let ends = ".!?".contains(paragraph[index])
                    if ends, next == paragraph.endIndex || paragraph[next] == " " {
                        let sentence = paragraph[start..<next].drop { $0 == " " }
                        if (20...240).contains(sentence.utf8.count), sentence.first?.isUppercase == true {
                            sentences.append(String(sentence))
                            if words.count < 60_000 { Self.collect(sentence, into: &words) }
                            if sentences.count >= limit { break texts }
                        }
                        start = next
                    }
                    index = next
                }
            }
        }
        self.sentences = sentences
        self.words = words.sorted()
    }

    /// Words in the middle of a sentence that start with a capital: names, mostly.
    private static func collect(_ sentence: Substring, into words: inout Set<String>) {
        for word in sentence.split(separator: " ").dropFirst() where word.utf8.count >= 4 {
            let clean = word.prefix { $0.isLetter }
            let isName =
                clean.count >= 4 && clean.count <= 14 && clean.first?.isUppercase == true
                && clean.dropFirst().allSatisfy { $0.isLowercase && $0.isASCII }
            if isName { words.insert(String(clean)) }
        }
    }

    /// A run of sentences as they stand in the text, or one of our own.
    func passage(_ count: Int, _ random: inout SeededRandom) -> [String] {
        guard !sentences.isEmpty, random.chance(0.8) else {
            return (0..<count).map { _ in random.pick(Self.own) }
        }
        let start = random.below(max(1, sentences.count - count))
        return Array(sentences[start..<min(start + count, sentences.count)])
    }

    private static let own = [
        "The weather was mild for most of the week.", "Further details will follow in a later note.",
        "No changes were made to the earlier plan.", "The team thanked everyone for their patience.",
        "All figures were checked twice before they were released.",
        "This section was revised after comments from readers.",
        "Visitors are asked to sign the book at the front desk.", "The work went more slowly than expected.",
        "Several people asked for more time.", "Some of the older papers could not be found.",
        "A short summary is given at the end.", "The next step is to agree on a budget.",
        "Care should be taken when handling the parts.",
        "Restart the service after changing any of these settings.",
        "The table below lists the remaining items.",
        "Nothing else of interest was reported that day.", "The road was closed for repairs in the spring.",
        "Most of the costs were covered by the regional fund.",
        "Questions should be sent to the office in writing.", "It is not yet clear what will happen next.",
        "The old building was painted last summer.", "Two trucks arrived late because of the snow.",
        "These values can be changed at any time.", "The committee will look at the matter again.",
        "Please keep a copy of this page for your files.",
        "The results were better than those of the year before.",
        "Lunch was served in the main hall.", "A backup is made every night and kept for a month.",
        "The list is sorted by name.", "Old entries are removed once they are no longer needed.",
        "The trial was a success, and more tests are planned.", "There were no objections.",
        "Many readers wrote to say that they liked the series.", "The cable should not be bent or pulled.",
        "Staff must wear gloves in this area.", "The shop is closed on public holidays.",
        "If in doubt, ask a colleague first.", "The path follows the river and then turns north.",
        "New members are always welcome.", "The lights were left on overnight.",
    ]
}
