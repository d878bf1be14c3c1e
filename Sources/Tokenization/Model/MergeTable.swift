/// The merges of a byte-pair model: which pair of tokens becomes which token, and in which order.
struct MergeTable: Sendable {
    /// The rank of each pair; the lowest rank merges first.
    let ranks: PairTable
    /// The token that the merge of each rank makes.
    let results: [Int32]
    /// The pairs of each rank.
    let pairs: [(left: Int32, right: Int32)]

    /// Reads the `merges` array of a model, written as `"a b"` or as `["a", "b"]`.
    ///
    /// Where a pair is listed twice, its last place counts.
    init(_ node: JSONNode, vocabulary: Vocabulary) throws {
        guard case .array(let elements) = node.value else { throw Self.missing(node) }
        var ranks = PairTable(capacity: elements.count)
        var results: [Int32] = []
        var pairs: [(left: Int32, right: Int32)] = []
        results.reserveCapacity(elements.count)
        pairs.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            if case .string(let line) = element, line.starts(with: Array("#version".utf8)) { continue }
            guard let (left, right) = Self.parts(of: element) else {
                throw Self.failure("A merge is neither \"a b\" nor [\"a\", \"b\"].", node, index)
            }
            func id(of token: [UInt8]) throws -> Int32 {
                if let id = vocabulary.id(of: token) { return id }
                let name = String(decoding: token, as: UTF8.self)
                throw Self.failure("A merge names \"\(name)\", which the vocabulary lacks.", node, index)
            }
            let pair = (left: try id(of: left), right: try id(of: right))
            let result = try id(of: left + right)
            ranks[pair.left, pair.right] = UInt32(results.count)
            results.append(result)
            pairs.append(pair)
        }
        self.ranks = ranks
        self.results = results
        self.pairs = pairs
    }

    private static func missing(_ node: JSONNode) -> TokenizationError {
        TokenizationError(
            .invalidTokenizer,
            "The model has no list of merges; a byte-pair model needs one, if an empty one.",
            context: ["component": node.path])
    }

    private static func failure(_ message: String, _ node: JSONNode, _ index: Int) -> TokenizationError {
        TokenizationError(.invalidTokenizer, message, context: ["component": "\(node.path)[\(index)]"])
    }

    private static func parts(of element: JSONValue) -> ([UInt8], [UInt8])? {
        switch element {
        case .string(let line):
            let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            return parts.count == 2 ? (Array(parts[0]), Array(parts[1])) : nil
        case .array(let parts):
            guard parts.count == 2, case .string(let left) = parts[0], case .string(let right) = parts[1]
            else {
                return nil
            }
            return (left, right)
        default: return nil
        }
    }
}
