/// A token that is found in the text before anything else happens to it.
struct AddedToken: Sendable, Hashable {
    var content: [UInt8]
    var isSpecial: Bool
    /// Only whole words match.
    var isSingleWord: Bool
    /// White space before or after the token belongs to it.
    var stripsLeft: Bool
    var stripsRight: Bool
    /// Matched in the normalised text, in its normalised form.
    var isNormalized: Bool

    init(_ node: JSONNode) throws {
        content = try node["content"].bytes()
        isSpecial = try node["special"].bool(default: false)
        isSingleWord = try node["single_word"].bool(default: false)
        stripsLeft = try node["lstrip"].bool(default: false)
        stripsRight = try node["rstrip"].bool(default: false)
        isNormalized = try node["normalized"].bool(default: !isSpecial)
    }
}

/// The added tokens of a tokenizer, their ids, and the two matchers that find them.
///
/// As in the `tokenizers` library the ids follow from the vocabulary and the order of the list: a token that the
/// model knows keeps its id, any other gets the next free one. Files agree with that; where one does not, its
/// numbers are not used.
struct AddedTokens: Sendable {
    private(set) var byID: [Int32: AddedToken] = [:]
    private var ids: [[UInt8]: Int32] = [:]
    private var specials: Set<[UInt8]> = []
    private var surfaces: [Int32: [UInt8]] = [:]
    private var largestID: Int32?
    /// Finds tokens in the text as given.
    private(set) var rawMatcher = AddedTokenMatcher([])
    /// Finds tokens in the normalised text.
    private(set) var normalizedMatcher = AddedTokenMatcher([])

    /// Reads the `added_tokens` member of a tokenizer.
    init(_ node: JSONNode, vocabulary: Vocabulary, normalizers: [Normalizer]) throws {
        if node.isNull { return }
        var special: [AddedToken] = []
        var plain: [AddedToken] = []
        for element in try node.array() {
            _ = try element["id"].integer(in: 0..<Int(Int32.max))
            let token = try AddedToken(element)
            if token.content.isEmpty { continue }
            if token.isSpecial, specials.insert(token.content).inserted { special.append(token) }
            if let known = ids[token.content], byID[known] == token { continue }
            let id = ids[token.content] ?? vocabulary.id(of: token.content) ?? nextID(vocabulary)
            ids[token.content] = id
            byID[id] = token
            largestID = max(id, largestID ?? id)
            if !specials.contains(token.content) { plain.append(token) }
        }
        let entries = (special + plain).compactMap { token in
            ids[token.content].flatMap { id in
                byID[id].map { AddedTokenMatcher.Entry(token: $0, id: id, pattern: token.content) }
            }
        }
        rawMatcher = AddedTokenMatcher(entries.filter { !$0.token.isNormalized })
        let normalized = entries.filter { $0.token.isNormalized }.map { $0.normalized(by: normalizers) }
        normalizedMatcher = AddedTokenMatcher(normalized)
        for entry in normalized { surfaces[entry.id] = entry.pattern }
    }

    private func nextID(_ vocabulary: Vocabulary) -> Int32 {
        let size = Int32(vocabulary.count)
        guard let largestID, largestID >= size else { return size }
        return largestID + 1
    }

    /// The id of an added token, or nil.
    func id(of content: [UInt8]) -> Int32? { ids[content] }

    /// How the added token with an id is spelt in text, or nil: normalised, if it is matched so.
    func surface(_ id: Int32) -> [UInt8]? { surfaces[id] ?? byID[id]?.content }

    /// Whether a token, added or not, is spelt like a special one.
    func isSpecial(_ content: [UInt8]) -> Bool { specials.contains(content) }

    /// The ids of all added tokens, ascending.
    var allIDs: [Int32] { byID.keys.sorted() }
}
