/// What elements do to the text around them. Entries are names, or paths that match anywhere in a record.
public struct ElementLayout: Sendable, Hashable, Codable {
    /// What an element that no list names does.
    public enum Unlisted: String, Sendable, Hashable, Codable {
        /// Nothing: its text runs on.
        case inline
        /// It is set apart as a paragraph when its parent has no text of its own, else it runs on.
        case byContent = "by-content"
    }

    /// Set apart by an empty line: paragraphs, headings, sections.
    public var blocks: [String] = []
    /// On lines of their own: list items, rows, verses, line breaks.
    public var lines: [String] = []
    /// Set apart by a tab from what stands before in the same line.
    public var cells: [String] = []
    /// Set apart by a space, but for punctuation.
    public var spaces: [String] = []
    /// Join what stands before to what stands behind, without white space: a word broken over two lines.
    public var joins: [String] = []
    /// Words: a space is put between two that touch, unless the edition marks its spaces itself.
    public var tokens: [String] = []
    /// White space counts: program listings.
    public var preformatted: [String] = []
    /// Their children say the same in other ways: the first is taken, the others are left out.
    public var alternatives: [String] = []
    /// Left out, and counted.
    public var excluded: [String] = []
    public var unlisted = Unlisted.inline

    public init(unlisted: Unlisted = .inline) { self.unlisted = unlisted }
}

extension ElementLayout {
    /// What keeps the parts of a formula in MathML apart.
    static let formulaSpaces = [
        "mtd", "*:mfrac/*", "*:msub/*", "*:msup/*", "*:msubsup/*", "*:munderover/*", "*:mroot/*",
    ]
    static let formulaLines = ["mtr", "mlabeledtr"]
}
