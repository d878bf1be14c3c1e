/// A byte-pair model as loaded: vocabulary, merges, and how the units of a text become its first tokens.
///
/// A unit is a byte in byte-level models, else a Unicode scalar. Some scalars stand for others (a space for "▁"),
/// so that replacing them needs no second copy of the text.
struct BytePairModel: Sendable {
    let vocabulary: Vocabulary
    let merges: MergeTable
    /// Whether the units are bytes.
    let isByteLevel: Bool
    /// Whether a piece that is a token is taken whole, whatever the merges say.
    let ignoresMerges: Bool
    /// Whether neighbouring unknown units become one unknown token.
    let fusesUnknown: Bool
    /// The token for what the vocabulary lacks, if there is one.
    let unknownID: Int32?
    /// The tokens `<0x00>` to `<0xFF>`, -1 where missing; empty without byte fallback.
    let fallbackIDs: [Int32]
    /// The token of each byte, or of each ASCII scalar; -1 where the vocabulary has none.
    let byteUnits: [Int32]
    /// The token of each other scalar that is a token; keys are (scalar, 0).
    let scalarUnits: PairTable
    /// Scalars that stand for another one.
    let aliases: [UnitAlias]
    /// Which neighbouring units can end up in one token.
    let joints: JointTable

    /// A scalar of the text and the scalar it stands for.
    struct UnitAlias: Sendable, Hashable {
        let scalar: UInt32
        let standsFor: UInt32
    }

    /// Reads the `model` member of a tokenizer.
    init(_ node: JSONNode, vocabulary: Vocabulary, isByteLevel: Bool, aliases: [UnitAlias]) throws {
        self.vocabulary = vocabulary
        merges = try MergeTable(node["merges"], vocabulary: vocabulary)
        self.isByteLevel = isByteLevel
        self.aliases = aliases
        ignoresMerges = try node["ignore_merges"].bool(default: false)
        fusesUnknown = try node["fuse_unk"].bool(default: false)
        unknownID = try Self.unknownID(node["unk_token"], vocabulary)
        let usesFallback = try node["byte_fallback"].bool(default: false)
        fallbackIDs =
            usesFallback ? (0..<256).map { vocabulary.id(of: Self.fallbackName(UInt8($0))) ?? -1 } : []
        let units = Self.units(of: vocabulary, isByteLevel: isByteLevel, aliases: aliases)
        byteUnits = units.bytes
        scalarUnits = units.scalars
        let initial = units.all + fallbackIDs.filter { $0 >= 0 } + (unknownID.map { [$0] } ?? [])
        joints = JointTable(
            merges: merges, initial: initial, idBound: vocabulary.idBound,
            byteUnits: isByteLevel ? byteUnits : [])
    }

    /// Refuses models of other kinds.
    static func checkSupport(of node: JSONNode) throws {
        if !node["type"].isNull, try node["type"].string() != "BPE" {
            throw TokenizationError(
                .unsupportedComponent,
                "The model is of type \(try node["type"].string()); only BPE models can be read.",
                context: ["component": node["type"].path])
        }
        switch node["dropout"].value {
        case .null, .integer(0), .number(0): break
        default:
            throw TokenizationError(
                .unsupportedComponent,
                "The model sets dropout, which cuts words at random; only models without it can be read.",
                context: ["component": node["dropout"].path])
        }
        for key in ["continuing_subword_prefix", "end_of_word_suffix"] where !node[key].isNull {
            guard try node[key].bytes().isEmpty else {
                throw TokenizationError(
                    .unsupportedComponent, "The model sets \(key); only models without it can be read.",
                    context: ["component": node[key].path])
            }
        }
    }

    private static func unknownID(_ node: JSONNode, _ vocabulary: Vocabulary) throws -> Int32? {
        if node.isNull { return nil }
        if let id = vocabulary.id(of: try node.bytes()) { return id }
        throw TokenizationError(
            .invalidTokenizer, "The unknown token \"\(try node.string())\" is not in the vocabulary.",
            context: ["component": node.path])
    }

    private static func fallbackName(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return Array("<0x".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)], UInt8(ascii: ">")]
    }

    private static func units(
        of vocabulary: Vocabulary, isByteLevel: Bool, aliases: [UnitAlias]
    ) -> (bytes: [Int32], scalars: PairTable, all: [Int32]) {
        if isByteLevel {
            let bytes = ByteLevelAlphabet.encoded.map { vocabulary.id(of: $0) ?? -1 }
            return (bytes, PairTable(capacity: 0), bytes.filter { $0 >= 0 })
        }
        var bytes = [Int32](repeating: -1, count: 128)
        var scalars = PairTable(capacity: 0)
        var all: [Int32] = []
        for id in vocabulary.allIDs {
            guard let token = vocabulary.token(id), let scalar = Array(token).onlyScalar else { continue }
            all.append(id)
            if scalar < 128 {
                bytes[Int(scalar)] = id
            } else {
                scalars[Int32(bitPattern: scalar), 0] = UInt32(bitPattern: id)
            }
        }
        for alias in aliases {
            var name: [UInt8] = []
            name.append(scalar: alias.standsFor)
            let id = vocabulary.id(of: name)
            if alias.scalar < 128 {
                bytes[Int(alias.scalar)] = id ?? -1
            } else {
                scalars[Int32(bitPattern: alias.scalar), 0] =
                    id.map { UInt32(bitPattern: $0) } ?? PairTable.absent
            }
        }
        return (bytes, scalars, all)
    }

    /// The token of a scalar, -1 if it has none.
    @inline(__always)
    func unit(of scalar: UInt32) -> Int32 {
        if scalar < 128 { return byteUnits[Int(scalar)] }
        let found = scalarUnits[Int32(bitPattern: scalar), 0]
        return found == PairTable.absent ? -1 : Int32(bitPattern: found)
    }

    /// What the vocabulary spells for a range of a text: the alphabet's characters, or the text with aliases
    /// resolved.
    func spelling(of text: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        if isByteLevel { return ByteLevelAlphabet.encode(text, range) }
        if aliases.isEmpty { return text.array(range) }
        var result: [UInt8] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let (scalar, length) = text.scalar(at: index)
            result.append(scalar: aliases.first { $0.scalar == scalar }?.standsFor ?? scalar)
            index += length
        }
        return result
    }
}
