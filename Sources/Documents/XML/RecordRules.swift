/// A profile's paths, compiled for matching against a stream.
struct RecordRules {
    /// What an element does to the text around it.
    struct Role: OptionSet {
        let rawValue: UInt16
        static let block = Role(rawValue: 1)
        static let line = Role(rawValue: 2)
        static let cell = Role(rawValue: 4)
        static let space = Role(rawValue: 8)
        static let join = Role(rawValue: 16)
        static let token = Role(rawValue: 32)
        static let preformatted = Role(rawValue: 64)
        static let excluded = Role(rawValue: 128)
    }

    /// What a pattern inside a record is for.
    enum Use {
        case text(FieldMapping.Transform)
        case field(Int, alternative: Int)
        case role(Role)
    }

    struct Field {
        var name: String
        var choose: FieldMapping.Choice
        var transform: FieldMapping.Transform
        var alternatives: Int
    }

    /// Patterns from the document on: records and deletions.
    private(set) var outer = PatternMatcher()
    /// Patterns from the record on.
    private(set) var inner = PatternMatcher()
    private(set) var uses: [Use] = []
    private(set) var fields: [Field] = []
    /// The outer patterns from this number on are deletions.
    private(set) var firstDeletion = 0
    /// Whether the whole record is text.
    private(set) var takesWholeText = true
    /// Which of several matches of the text paths count.
    private(set) var textChoice = FieldMapping.Choice.all
    private var plainRoles: [String: Role] = [:]
    /// The roles of each name met so far.
    private(set) var roles: [Role] = []
    /// Whether unlisted elements are set apart by what is around them.
    let byContent: Bool

    init(_ profile: Profile) throws {
        byContent = profile.layout.unlisted == .byContent
        func pattern(_ path: String) throws -> PathPattern {
            try PathPattern(path, namespaces: profile.namespaces)
        }
        for path in profile.records { _ = try outer.add(pattern(path).anywhere) }
        firstDeletion = profile.records.count
        for path in profile.deletions { _ = try outer.add(pattern(path).anywhere) }
        for (name, mapping) in profile.fields.sorted(by: { $0.key < $1.key }) {
            if name == "text" {
                takesWholeText = false
                textChoice = mapping.choose ?? .all
                for path in mapping.paths { try addInner(pattern(path), .text(mapping.transform)) }
                continue
            }
            for (alternative, path) in mapping.paths.enumerated() {
                try addInner(pattern(path), .field(fields.count, alternative: alternative))
            }
            fields.append(
                Field(
                    name: name, choose: mapping.choose ?? .first, transform: mapping.transform,
                    alternatives: mapping.paths.count))
        }
        let layout = profile.layout
        let lists: [([String], Role)] = [
            (layout.blocks, .block), (layout.lines, .line), (layout.cells, .cell), (layout.spaces, .space),
            (layout.joins, .join), (layout.tokens, .token), (layout.preformatted, .preformatted),
            (layout.excluded, .excluded),
        ]
        for (paths, role) in lists {
            for path in paths {
                let pattern = try pattern(path)
                if let name = pattern.plainName {
                    plainRoles[name, default: []].insert(role)
                } else {
                    try addInner(pattern.anywhere, .role(role))
                }
            }
        }
    }

    private mutating func addInner(_ pattern: PathPattern, _ use: Use) throws {
        guard !pattern.isAbsolute else {
            throw DocumentFailure(
                .definition,
                "path “\(pattern.source)” starts at the document; paths inside a record start at the record")
        }
        _ = try inner.add(pattern)
        uses.append(use)
    }

    /// Learns names as the parser meets them. Names with a prefix have the roles of their local names.
    mutating func learn(_ names: [ElementName]) {
        outer.learn(names)
        inner.learn(names)
        while roles.count < names.count { roles.append(plainRoles[names[roles.count].local] ?? []) }
    }
}
