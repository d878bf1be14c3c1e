/// The tokens of a model and their ids.
struct Vocabulary: Sendable {
    private var table: ByteStringTable
    private var ids: [Int32] = []
    private var numberByID: [Int32] = []

    /// Ids are below this; larger ones would only waste memory.
    static let idLimit = 1 << 24

    /// Reads the `vocab` object of a model.
    init(_ node: JSONNode) throws {
        let members = try node.object()
        table = ByteStringTable(capacity: members.count)
        ids.reserveCapacity(members.count)
        for member in members {
            if case .integer(let id) = member.value, id >= 0, id < Self.idLimit,
                add(member.key, id: Int32(id))
            {
                continue
            }
            // Only a bad entry is worth the making of its path.
            let name = String(decoding: member.key, as: UTF8.self)
            let path = "\(node.path)[\"\(name)\"]"
            let id = try JSONNode(value: member.value, path: path).integer(in: 0..<Self.idLimit)
            throw TokenizationError(
                .invalidTokenizer, "Two tokens share the id \(id); every token needs its own.",
                context: ["component": path])
        }
    }

    private mutating func add(_ token: [UInt8], id: Int32) -> Bool {
        while numberByID.count <= Int(id) { numberByID.append(-1) }
        guard numberByID[Int(id)] < 0, table.insert(token) else { return false }
        numberByID[Int(id)] = Int32(ids.count)
        ids.append(id)
        return true
    }

    /// How many tokens there are.
    var count: Int { ids.count }

    /// One more than the largest id.
    var idBound: Int { numberByID.count }

    /// The id of a token, or nil.
    func id(of token: [UInt8]) -> Int32? { id(of: token.span, 0..<token.count) }

    /// The id of the token that stands in a range of a text, or nil.
    func id(of text: Span<UInt8>, _ range: Range<Int>) -> Int32? {
        table.index(of: text, range).map { ids[$0] }
    }

    /// The bytes of the token with an id, or nil.
    func token(_ id: Int32) -> ArraySlice<UInt8>? {
        guard id >= 0, Int(id) < numberByID.count, numberByID[Int(id)] >= 0 else { return nil }
        return table[Int(numberByID[Int(id)])]
    }

    /// All ids, in the order of the file.
    var allIDs: [Int32] { ids }
}
