/// A profile's paths, compiled for matching against a stream.
///
/// Immutable, and a class, because it is handed along with every event.
final class RecordRules {
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
        static let alternatives = Role(rawValue: 256)
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
        /// What is done to the values of each path.
        var transforms: [FieldMapping.Transform]
    }

    /// Patterns from the document on: records and deletions.
    let outer: PatternMatcher
    /// Patterns from the record on.
    let inner: PatternMatcher
    let uses: [Use]
    let fields: [Field]
    /// The outer patterns from this number on are deletions.
    let firstDeletion: Int
    /// Whether the whole record is text.
    let takesWholeText: Bool
    /// Which of several matches of the text paths count.
    let textChoice: FieldMapping.Choice
    /// Whether unlisted elements are set apart by what is around them.
    let byContent: Bool
    private let plainRoles: [String: Role]
    /// The roles of each name met so far.
    let roles: [Role]
    /// For each name met so far, which inner patterns end in an attribute of that name.
    private let taken: [Bool]

    init(_ profile: Profile) throws {
        var outer = PatternMatcher()
        var inner = PatternMatcher()
        var uses: [Use] = []
        var fields: [Field] = []
        var plainRoles: [String: Role] = [:]
        func pattern(_ path: String) throws -> PathPattern {
            try PathPattern(path, namespaces: profile.namespaces)
        }
        func addInner(_ pattern: PathPattern, _ use: Use) throws {
            guard !pattern.isAbsolute else {
                throw DocumentFailure(
                    .definition,
                    "path “\(pattern.source)” starts at the document; paths inside a record start at the record"
                )
            }
            _ = try inner.add(pattern)
            uses.append(use)
        }
        for path in profile.records + profile.deletions {
            let pattern = try pattern(path)
            guard pattern.attribute == nil, !pattern.steps.isEmpty else {
                throw DocumentFailure(
                    .definition, "path “\(path)” names no element below the document; records are elements")
            }
            _ = try outer.add(pattern.anywhere)
        }
        for (name, mapping) in profile.fields.sorted(by: { $0.key < $1.key }) {
            if name == "text" {
                for path in mapping.paths { try addInner(pattern(path), .text(mapping.transform(of: path))) }
                continue
            }
            for (alternative, path) in mapping.paths.enumerated() {
                try addInner(pattern(path), .field(fields.count, alternative: alternative))
            }
            fields.append(
                Field(
                    name: name, choose: mapping.choose ?? .first,
                    transforms: mapping.paths.map { mapping.transform(of: $0) }))
        }
        for (paths, role) in profile.layout.lists {
            for path in paths {
                let pattern = try pattern(path)
                if let name = pattern.plainName {
                    plainRoles[name, default: []].insert(role)
                } else {
                    try addInner(pattern.anywhere, .role(role))
                }
            }
        }
        self.outer = outer
        self.inner = inner
        self.uses = uses
        self.fields = fields
        self.plainRoles = plainRoles
        firstDeletion = profile.records.count
        takesWholeText = profile.fields["text"] == nil
        textChoice = profile.fields["text"]?.choose ?? .all
        byContent = profile.layout.unlisted == .byContent
        roles = []
        taken = []
    }

    /// Whether an inner pattern ends in an attribute that a name names.
    func takes(_ attribute: UInt32, _ pattern: Int) -> Bool {
        taken[Int(attribute) * inner.patterns.count + pattern]
    }

    /// The rules for a file in which these names were met. Names with a prefix have the roles of their local names.
    func learning(_ names: [ElementName]) -> RecordRules { RecordRules(self, names) }

    private init(_ rules: RecordRules, _ names: [ElementName]) {
        var outer = rules.outer
        var inner = rules.inner
        outer.learn(names)
        inner.learn(names)
        self.outer = outer
        self.inner = inner
        uses = rules.uses
        fields = rules.fields
        firstDeletion = rules.firstDeletion
        takesWholeText = rules.takesWholeText
        textChoice = rules.textChoice
        byContent = rules.byContent
        plainRoles = rules.plainRoles
        let new = names.dropFirst(rules.roles.count)
        roles = rules.roles + new.map { rules.plainRoles[$0.local] ?? [] }
        taken =
            rules.taken
            + new.flatMap { name in rules.inner.patterns.map { $0.attribute?.matches(name) ?? false } }
    }
}

extension FieldMapping {
    fileprivate func transform(of path: String) -> Transform { plain.contains(path) ? .none : transform }
}
