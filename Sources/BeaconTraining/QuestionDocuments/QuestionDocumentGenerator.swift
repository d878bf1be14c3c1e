/// Writes documents of facts about made-up things, mixed with ordinary text, and questions about them.
///
/// Document `index` depends on the seed and on nothing else, so a stream of documents can be taken up anywhere.
public struct QuestionDocumentGenerator: Sendable {
    /// What documents are like.
    public struct Options: Sendable, Hashable, Codable {
        /// Which half of all names is used.
        public var split = QuestionDocumentSplit.training
        /// Share of names that are long, hyphenated, with initials, or from real text.
        public var unusualNames = 0.25
        /// Share of questions that the document does not answer.
        public var notStated = 0.1
        /// Most filler sentences per fact; each document draws its own share below it.
        public var filler = 4.0
        /// Share of things that get a neighbour with a similar name and the same kind of facts.
        public var distractors = 0.2
        /// Share of things told as lines `attribute: value` under a heading.
        public var forms = 0.15
        /// Share of things without made names, told with ordinary verbs.
        public var everyday = 0.2
        /// Share of documents whose things are of one to three kinds, so that most questions name an attribute
        /// which the document tells of another thing too, or of another thing only.
        public var contrast = 0.0

        public init() {}
    }

    public let seed: UInt64
    public let options: Options
    private let filler: FillerText

    public init(seed: UInt64, options: Options = Options(), filler: FillerText = FillerText()) {
        self.seed = seed
        self.options = options
        self.filler = filler
    }

    /// Document `index` of about `bytes` bytes with up to `questions` questions.
    public func document(_ index: UInt64, bytes: Int, questions: Int) -> QuestionDocument {
        var writer = DocumentWriter(
            random: SeededRandom(seed: seed, stream: 1, index: index), options: options, filler: filler)
        return writer.write(bytes: bytes, questions: questions)
    }
}

/// One document in the making.
private struct DocumentWriter {
    /// A fact that was told.
    struct Fact {
        let thing: Thing
        let attribute: RecordType.Attribute
        let value: String
        let end: Int
    }

    struct Thing {
        let type: RecordType
        let name: String
    }

    var random: SeededRandom
    let options: QuestionDocumentGenerator.Options
    let filler: FillerText
    let names: NameMaker
    var text = ""
    var facts: [Fact] = []
    /// Attributes that were not told of things that were named.
    var untold: [(Thing, RecordType.Attribute)] = []
    var used: Set<String> = []
    /// The kinds that the document keeps to; empty where it has all.
    var kinds: [RecordType] = []
    var fillerPerFact = 0.0

    init(random: SeededRandom, options: QuestionDocumentGenerator.Options, filler: FillerText) {
        self.random = random
        self.options = options
        self.filler = filler
        names = NameMaker(split: options.split, textWords: filler.words, unusualShare: options.unusualNames)
    }

    mutating func write(bytes: Int, questions: Int) -> QuestionDocument {
        // Half of the documents are dense, some are mostly filler.
        let dense = random.unit()
        fillerPerFact = options.filler * dense * dense * dense
        if options.contrast > 0, random.chance(options.contrast) {
            kinds = (0..<random.integer(in: 1...3)).map { _ in random.pick(RecordType.catalog) }
        }
        while text.utf8.count < bytes {
            if random.chance(0.12) { heading() }
            let thing = newThing()
            tell(thing, until: bytes)
            if random.chance(options.distractors), let neighbour = neighbour(of: thing) {
                tell(neighbour, until: bytes)
            }
            if random.chance(0.3) { text += "\n" } else if random.chance(0.1) { text += "\n\n" }
        }
        return QuestionDocument(text: text, questions: ask(questions))
    }

    // MARK: Things

    private mutating func newThing() -> Thing {
        var misses = 0
        while true {
            // A kind may run out of names, as numbered clauses do.
            let made = kinds.isEmpty || misses > 20 ? RecordType.catalog : kinds
            let type =
                random.chance(options.everyday) ? random.pick(RecordType.everyday) : random.pick(made)
            let thing = Thing(
                type: type,
                name: random.pick(type.before) + type.entity.make(names, &random) + random.pick(type.after))
            if used.insert(thing.name).inserted { return thing }
            misses += 1
        }
    }

    /// A thing of the same kind whose name shares a part with that of `thing`.
    private mutating func neighbour(of thing: Thing) -> Thing? {
        let other = thing.type.entity.make(names, &random)
        guard let first = thing.name.split(separator: " ").last(where: { $0.first?.isUppercase == true }),
            let theirs = other.split(separator: " ").last(where: { $0.first?.isUppercase == true })
        else { return nil }
        let shared = random.pick(thing.type.before) + other + random.pick(thing.type.after)
        let name =
            random.chance(0.5)
            ? shared.replacing(theirs, with: first, maxReplacements: 1)
            : thing.name.replacing(first, with: theirs, maxReplacements: 1)
        guard used.insert(name).inserted else { return nil }
        return Thing(type: thing.type, name: name)
    }

    // MARK: Telling

    private mutating func heading() {
        let titles = [
            "Overview", "Details", "Notes", "Register", "Summary", "Background", "Entries", "Report",
            "Section",
            "Records", "Appendix", "News",
        ]
        if !text.isEmpty { text += "\n\n" }
        text += random.pick(titles) + (random.chance(0.7) ? " \(random.integer(in: 1...40))\n" : "\n")
    }

    private mutating func tell(_ thing: Thing, until bytes: Int) {
        var attributes = thing.type.attributes
        attributes.shuffle(using: &random)
        let count = random.integer(in: 1...min(5, attributes.count))
        let asForm = random.chance(options.forms) && !attributes.contains { $0.names.isEmpty }
        if asForm {
            if !text.isEmpty { text += "\n" }
            text += Self.capitalised(thing.name) + "\n"
        }
        for (index, attribute) in attributes.prefix(count).enumerated() {
            let value = attribute.value.make(names, &random)
            if asForm {
                append("\(Self.capitalised(random.pick(attribute.names))): ", value, "\n", thing, attribute)
            } else {
                let parts = sentence(thing, attribute, first: index == 0).split(
                    separator: "{v}", maxSplits: 1, omittingEmptySubsequences: false)
                let space = text.isEmpty || text.hasSuffix("\n") ? "" : " "
                append(space + parts[0], value, String(parts.last ?? ""), thing, attribute)
                fill()
            }
            guard text.utf8.count < bytes else { return }
        }
        for attribute in attributes.dropFirst(count) { untold.append((thing, attribute)) }
    }

    private mutating func append(
        _ before: String, _ value: String, _ after: String, _ thing: Thing, _ attribute: RecordType.Attribute
    ) {
        // A value that opens a sentence is not capitalised: it must be copied as it stands.
        text += before + value
        facts.append(Fact(thing: thing, attribute: attribute, value: value, end: text.utf8.count))
        text += after.replacing("{v}", with: value)
    }

    private mutating func fill() {
        var wanted = fillerPerFact
        while wanted > 0, random.chance(min(1, wanted)) {
            let count = random.integer(in: 1...3)
            for sentence in filler.passage(count, &random) {
                text += (text.hasSuffix("\n") ? "" : " ") + sentence
            }
            if random.chance(0.15) { text += "\n" }
            wanted -= Double(count)
        }
    }

    private static let general = [
        "The {a} of {e} is {v}.", "{e} has {v} as its {a}.", "For {e}, the {a} is {v}.",
        "The {a} for {e} is {v}.",
        "{e}: {a} {v}.", "According to the records, the {a} of {e} is {v}.",
        "Please note that the {a} of {e} is {v}.",
        "We were told that {v} is the {a} of {e}.", "As for {e}, its {a} was given as {v}.",
    ]
    private static let following = [
        "{s} {a} is {v}.", "The {a} is {v}.", "{a}: {v}.", "{s} {a} was recorded as {v}.",
        "{s} {a} is now {v}.",
    ]
    private static let asking = [
        "What is the {a} of {e}?", "What is the {a} for {e}?", "Tell me the {a} of {e}.",
        "Give the {a} of {e}.",
        "Which {a} is given for {e}?", "Do you know the {a} of {e}?", "{e}: what is the {a}?",
    ]

    private mutating func sentence(_ thing: Thing, _ attribute: RecordType.Attribute, first: Bool) -> String {
        var template: String
        if attribute.names.isEmpty {
            template = random.pick(attribute.statements)
            if first, template.hasPrefix("{p}") { template = attribute.statements[0] }
        } else if !first, random.chance(0.4) {
            template = random.pick(Self.following)
        } else {
            template = random.chance(0.55) ? random.pick(attribute.statements) : random.pick(Self.general)
            if first, template.contains("{p}") { template = random.pick(Self.general) }
        }
        let filled = replace(template, thing, attribute)
        return filled.hasPrefix("{v}") ? filled : Self.capitalised(filled)
    }

    private mutating func replace(_ template: String, _ thing: Thing, _ attribute: RecordType.Attribute)
        -> String
    {
        template.replacing("{a}", with: attribute.names.isEmpty ? "" : random.pick(attribute.names))
            .replacing("{e}", with: thing.name)
            .replacing("{p}", with: thing.type.pronoun).replacing("{s}", with: thing.type.possessive)
    }

    static func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    // MARK: Asking

    private mutating func ask(_ count: Int) -> [QuestionDocument.Question] {
        var questions: [QuestionDocument.Question] = []
        var told = facts
        told.shuffle(using: &random)
        var next = told.makeIterator()
        while questions.count < count {
            if random.chance(options.notStated), let (thing, attribute) = unanswerable() {
                questions.append(
                    .init(
                        question: question(thing, attribute), answer: QuestionDocument.notStated,
                        valueEnd: nil))
            } else if let fact = next.next() {
                questions.append(
                    .init(
                        question: question(fact.thing, fact.attribute), answer: fact.value, valueEnd: fact.end
                    ))
            } else {
                break
            }
        }
        return questions
    }

    /// Something the document does not tell: of a thing it names, or of one it does not.
    private mutating func unanswerable() -> (Thing, RecordType.Attribute)? {
        if random.chance(0.75), !untold.isEmpty { return random.pick(untold) }
        let thing = newThing()
        return (thing, random.pick(thing.type.attributes))
    }

    private mutating func question(_ thing: Thing, _ attribute: RecordType.Attribute) -> String {
        let isPlain = attribute.names.isEmpty || random.chance(0.5)
        let template = isPlain ? random.pick(attribute.questions) : random.pick(Self.asking)
        return Self.capitalised(replace(template, thing, attribute))
    }
}
