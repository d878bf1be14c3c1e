/// What became of the characters (Unicode scalars) of a document's source.
///
/// Nothing is lost quietly: ``contentCharacters`` is the sum of ``emittedCharacters``,
/// ``metadataCharacters``, ``whitespaceCharacters`` and those in ``leftOut``.
public struct Coverage: Sendable, Hashable, Codable {
    /// Elements of one name that were left out, and the characters in them.
    public struct LeftOut: Sendable, Hashable, Codable {
        public var elements: Int
        public var characters: Int

        public init(elements: Int, characters: Int) {
            self.elements = elements
            self.characters = characters
        }
    }

    /// Characters of element content, or of the file where there are no elements; with attributes chosen as text.
    public var contentCharacters = 0
    /// Those that stand in the text.
    public var emittedCharacters = 0
    /// Those that went into title, id or other metadata only.
    public var metadataCharacters = 0
    /// White space between elements or folded into one space.
    public var whitespaceCharacters = 0
    /// What no rule selected or a rule excludes, by element name.
    public var leftOut: [String: LeftOut] = [:]
    /// Control characters and undecodable bytes that were replaced.
    public var replacedCharacters = 0
    /// Entity references that stand in the text as they were written.
    public var unresolvedEntities = 0

    public init() {}

    /// Characters in ``leftOut``.
    public var leftOutCharacters: Int { leftOut.values.reduce(0) { $0 + $1.characters } }

    /// Whether every character is accounted for.
    public var isComplete: Bool {
        contentCharacters
            == emittedCharacters + metadataCharacters + whitespaceCharacters + leftOutCharacters
    }

    mutating func leaveOut(_ name: String, elements: Int = 0, characters: Int) {
        func add(to entry: inout LeftOut) {
            entry.elements += elements
            entry.characters += characters
        }
        add(to: &leftOut[name, default: LeftOut(elements: 0, characters: 0)])
    }

    /// Adds the counts of another part of the same source.
    public mutating func add(_ other: Coverage) {
        contentCharacters += other.contentCharacters
        emittedCharacters += other.emittedCharacters
        metadataCharacters += other.metadataCharacters
        whitespaceCharacters += other.whitespaceCharacters
        replacedCharacters += other.replacedCharacters
        unresolvedEntities += other.unresolvedEntities
        for (name, entry) in other.leftOut {
            leaveOut(name, elements: entry.elements, characters: entry.characters)
        }
    }
}
