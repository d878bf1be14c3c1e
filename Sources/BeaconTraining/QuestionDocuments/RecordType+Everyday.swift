extension RecordType {
    /// Things without made names, told with ordinary verbs: so that a question is answered by its words, not by
    /// the form of its name.
    static let everyday = keys + advice + belongings + customs + daily

    /// Keys to be remembered, as in the pass key protocol (reference §14), and in other words.
    private static let keys = [
        RecordType(
            "key",
            .choice([
                "pass key", "pass key", "passkey", "secret number", "special code", "magic word",
                "access phrase", "password", "passcode", "PIN", "combination of the safe", "lucky number",
                "code word",
            ]), before: ["the "],
            [
                .init(
                    [], .digits(4...7),
                    [
                        "{e} is {v}. Remember it. {v} is {e}.", "{e} is {v}.", "Remember that {e} is {v}.",
                        "Do not forget: {e} is {v}. {e} is {v}.", "From now on {e} is {v}.",
                    ], ["What is {e}?", "Tell me {e}.", "What was {e}?", "Do you remember {e}?"])
            ]),
        RecordType(
            "word", .choice(["magic word", "code word", "secret name", "watchword", "call sign"]),
            before: ["the "],
            [
                .init(
                    [], .word(["", "", " Bay", "-Seven"]),
                    [
                        "{e} is {v}. Remember it. {v} is {e}.", "{e} is {v}.", "Remember that {e} is {v}.",
                        "From now on {e} is {v}.",
                    ], ["What is {e}?", "Tell me {e}.", "What was {e}?"])
            ]),
    ]

    /// What is best done where, as needles in the field have it.
    private static let advice = [
        RecordType(
            "advice", .place,
            [
                .init(
                    [], .activity,
                    [
                        "The best thing to do in {e} is {v}.", "The best thing to do in {e} is to {v}.",
                        "If you are ever in {e}, {v}.", "Whoever comes to {e} should {v}.",
                    ],
                    [
                        "What is the best thing to do in {e}?", "What should one do in {e}?",
                        "What do you do in {e}?",
                    ]),
                .init(
                    [], .activity,
                    ["In {e} it is forbidden to {v}.", "Nobody in {e} may {v}."],
                    ["What is forbidden in {e}?", "What may nobody in {e} do?"]),
            ])
    ]

    private static func verb(
        _ past: String, _ base: String, _ value: ValueKind, _ question: String = "What"
    ) -> Attribute {
        Attribute(
            [], value,
            ["{e} \(past) {v}.", "{p} \(past) {v}.", "As a rule, {e} \(past) {v}.", "Here {e} \(past) {v}."],
            ["\(question) does {e} \(base)?"])
    }

    private static let belongings = [
        RecordType(
            "object", .item, before: ["the ", "the ", "our ", "the old "],
            [
                .init([], .word([""]), ["{e} is called {v}.", "We call {e} {v}."], ["What is {e} called?"]),
                verb("holds", "hold", .quantity, "How much"), verb("needs", "need", .object),
                verb("costs", "cost", .money, "How much"), verb("contains", "contain", .object),
                verb("weighs", "weigh", .quantity, "How much"),
                .init(
                    [], .somewhere, ["{e} is kept {v}.", "{p} hangs {v}.", "You will find {e} {v}."],
                    ["Where is {e}?", "Where is {e} kept?", "Where can {e} be found?"]),
                .init(
                    [], .duration,
                    ["{e} is kept for {v}.", "{p} lasts {v}.", "{e} may be borrowed for {v}."],
                    ["For how long is {e} kept?", "How long does {e} last?"]),
                .init(
                    [], .numberWord, ["{e} has {v} drawers.", "There are {v} drawers in {e}."],
                    ["How many drawers does {e} have?", "How many drawers are there in {e}?"]),
                .init(
                    [], .person, ["{e} belongs to {v}.", "{v} owns {e}."],
                    ["To whom does {e} belong?", "Who owns {e}?"]),
                .init([], .year, ["{e} dates from {v}."], ["From which year does {e} date?"]),
            ])
    ]

    private static let customs = [
        RecordType(
            "role", .role, before: ["the "], pronoun: "They",
            [
                verb("wears", "wear", .object), verb("carries", "carry", .object),
                verb("reads", "read", .object), verb("signs", "sign", .object),
                verb("waits", "wait", .duration, "How long"), verb("begins", "begin", .hour, "When"),
                verb("eats", "eat", .object), verb("earns", "earn", .money, "How much"),
                verb("meets", "meet", .person, "Whom"), verb("lives", "live", .somewhere, "Where"),
                verb("sits", "sit", .somewhere, "Where"),
                .init(
                    [], .numberWord,
                    ["{e} has {v} helpers.", "There are {v} helpers for {e}.", "{p} works with {v} others."],
                    ["How many helpers does {e} have?"]),
            ]),
        RecordType(
            "office",
            .choice([
                "canteen", "reading room", "front desk", "workshop", "post room", "lower gate", "library",
                "wash house", "ticket window", "pharmacy", "east entrance", "garden",
            ]), before: ["the "],
            [
                .init(
                    [], .hours, ["{e} is open {v}.", "{p} is open to visitors {v}."],
                    ["When is {e} open?", "Between which hours is {e} open?"]),
                .init([], .hour, ["{e} opens at {v}."], ["When does {e} open?"]),
                .init([], .hour, ["{e} closes at {v}.", "{e} was shut at {v}."], ["When does {e} close?"]),
                .init([], .somewhere, ["{e} is {v}.", "{p} lies {v}."], ["Where is {e}?"]),
                .init(
                    [], .ordinal, ["{e} is cleaned on {v} of the month."], ["On which day is {e} cleaned?"]),
                .init([], .object, ["{e} smells of {v}."], ["What does {e} smell of?"]),
            ]),
    ]
}
