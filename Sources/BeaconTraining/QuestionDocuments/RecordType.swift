/// A kind of thing that documents tell facts about.
struct RecordType: Sendable {
    /// One fact that may be told.
    struct Attribute: Sendable {
        /// What it is called.
        let names: [String]
        let value: ValueKind
        /// Sentences with {e} the thing, {p} its pronoun, {v} the value.
        let statements: [String]
        /// Questions with {e}.
        let questions: [String]

        init(_ names: [String], _ value: ValueKind, _ statements: [String], _ questions: [String]) {
            self.names = names
            self.value = value
            self.statements = statements
            self.questions = questions
        }
    }

    let name: String
    /// What its name is made of: a value, with words before and after.
    let entity: ValueKind
    let before: [String]
    let after: [String]
    let pronoun: String
    let attributes: [Attribute]

    var possessive: String { pronoun == "They" ? "Their" : "Its" }

    init(
        _ name: String, _ entity: ValueKind, before: [String] = [""], after: [String] = [""],
        pronoun: String = "It",
        _ attributes: [Attribute]
    ) {
        self.name = name
        self.entity = entity
        self.before = before
        self.after = after
        self.pronoun = pronoun
        self.attributes = attributes
    }
}
