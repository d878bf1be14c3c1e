/// The words of a question that say what it is about.
enum SearchQuery {
    /// Words that questions share whatever they are about.
    private static let common: Set<String> = [
        "a", "an", "and", "are", "as", "at", "be", "been", "by", "can", "did", "do", "does", "for", "from",
        "give",
        "given", "had", "has", "have", "how", "i", "in", "is", "it", "its", "me", "much", "many", "of", "on",
        "or",
        "tell", "that", "the", "their", "there", "this", "to", "was", "were", "what", "when", "where",
        "which",
        "who", "whom", "whose", "why", "will", "with", "would",
    ]

    /// The question without words that say nothing; all of it where nothing else is left.
    static func words(_ question: String) -> String {
        let words = question.split { !$0.isLetter && !$0.isNumber && $0 != "-" && $0 != "." && $0 != "'" }
        let telling = words.filter { !common.contains($0.lowercased()) }
        return (telling.isEmpty ? words : telling).joined(separator: " ")
    }
}
