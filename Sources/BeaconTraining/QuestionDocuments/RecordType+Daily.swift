extension RecordType {
    /// What is done when, who has what, how many there are: questions that only the sentence's own words answer.
    static let daily = occasions + owners + places + dates

    /// Something done by someone, in three forms with their questions.
    private static func deed(
        _ present: String, _ past: String, _ base: String, _ value: ValueKind, _ question: String = "What"
    ) -> Attribute {
        Attribute(
            [], value,
            [
                "{e} \(present) {v}.", "{e} \(past) {v}.", "{e} has to \(base) {v}.",
                "Since spring {e} \(present) {v}.",
                "Every morning {e} \(present) {v}, and nobody else does.", "That year {e} \(past) {v}.",
            ],
            [
                "\(question) does {e} \(base)?", "\(question) did {e} \(base)?",
                "\(question) must {e} \(base)?",
            ])
    }

    /// Who does something to a thing.
    private static func doer(_ present: String, _ participle: String) -> Attribute {
        Attribute(
            [], .someone,
            [
                "Only {v} \(present) {e}.", "{e} is \(participle) by {v}.", "As a rule, {v} \(present) {e}.",
                "It is {v} who \(present) {e}.",
            ], ["Who \(present) {e}?", "By whom is {e} \(participle)?"])
    }

    private static let occasions = [
        RecordType(
            "occasion",
            .choice([
                "the power fails", "the fog comes in", "the bell rings twice", "a guest is late",
                "the tide turns",
                "the lamp goes out", "the gate is stuck", "the water rises", "a letter is lost",
                "the engine stops",
                "two trains meet", "the wind is in the north", "nobody answers", "the key is missing",
                "a window breaks", "the road is closed", "the cook is ill", "the alarm sounds",
                "a rope parts",
                "the list is full",
            ]),
            [
                .init(
                    [], .duration,
                    [
                        "When {e}, wait {v}.", "If {e}, wait {v} and try again.",
                        "If {e}, leave everything as it is and wait {v}.", "When {e}, we close for {v}.",
                    ], ["How long should one wait when {e}?", "For how long does one wait if {e}?"]),
                .init(
                    [], .person,
                    ["When {e}, call {v}.", "If {e}, {v} must be told.", "Whenever {e}, ask {v}."],
                    ["Who must be told when {e}?", "Whom should one call when {e}?"]),
                .init(
                    [], .object,
                    [
                        "When {e}, use {v}.", "If {e}, take {v} and go home.",
                        "Once {e}, bring {v} to the office.",
                    ],
                    [
                        "What should one take when {e}?", "What is used when {e}?",
                        "What do you bring when {e}?",
                    ]),
                .init(
                    [], .numberWord,
                    ["When {e}, ring the bell {v} times.", "If {e}, blow the horn {v} times."],
                    ["How many times does one ring when {e}?", "How often is the horn blown when {e}?"]),
                .init(
                    [], .choice(causes),
                    ["Last time {v} was why {e}.", "It happens that {e} because of {v}."],
                    ["What is the reason when {e}?", "Why is it that {e}?"]),
            ])
    ]

    private static let owners = [
        RecordType(
            "one of several", .item, before: ["the ", "a "],
            ["launch", "crane", "room", "wagon", "dog", "barge", "tower", "horse", "class", "hut", "tug"].map
            {
                Attribute(
                    [], .word(["", "", " Two", "-B"]),
                    [
                        "Only {v} has {e}.", "The \($0) with {e} is {v}.", "Of the \($0)s, {v} has {e}.",
                        "{e} belongs to the \($0) {v}.", "The \($0) {v} carries {e}.",
                    ],
                    [
                        "Which \($0) has {e}?", "Which \($0) carries {e}?",
                        "What is the \($0) with {e} called?",
                    ])
            }),
        RecordType(
            "charge", .item, before: ["the ", "the ", "our ", "every "],
            [
                doer("carries", "carried"), doer("keeps", "kept"), doer("paints", "painted"),
                doer("opens", "opened"), doer("repairs", "repaired"), doer("counts", "counted"),
                doer("cleans", "cleaned"), doer("signs for", "signed for"), doer("brought", "brought"),
                .init(
                    [], .choice(colors),
                    ["{e} is painted {v}.", "{e} is {v}.", "They painted {e} {v} all over."],
                    ["What colour is {e}?", "In which colour is {e} painted?"]),
                .init(
                    [], .choice(materials), ["{e} is of {v}.", "{e} was made from {v}."],
                    ["Of what is {e} made?", "What is {e} made of?"]),
                .init(
                    [], .quantity, ["{e} holds {v}.", "{e} takes up to {v}.", "{e} weighs {v}."],
                    ["How much does {e} hold?", "How much does {e} weigh?", "How heavy is {e}?"]),
                .init(
                    [], .numberWord,
                    ["It takes {v} turns to open {e}.", "From open to shut {e} takes {v} turns."],
                    ["How many turns does {e} take?", "How many turns does it take to open {e}?"]),
            ]),
        RecordType(
            "worker", .role, before: ["the "], pronoun: "They",
            [
                deed("keeps", "kept", "keep", .object), deed("drinks", "drank", "drink", .object),
                deed("brings", "brought", "bring", .object), deed("sells", "sold", "sell", .object),
                deed("asks for", "asked for", "ask for", .object),
                deed("pays", "paid", "pay", .money, "How much"),
                deed("sleeps", "slept", "sleep", .duration, "How long"),
                deed("leaves at", "left at", "leave at", .hour, "What hour"),
                deed("arrives", "arrived", "arrive", .weekday, "When"),
                deed("trusts", "trusted", "trust", .person, "Whom"),
                deed("teaches", "taught", "teach", .person, "Whom"),
                deed("stands", "stood", "stand", .somewhere, "Where"),
                deed("comes from", "came from", "come from", .place, "Which town"),
                .init(
                    [], .person, ["{e} is {v}.", "For years {v} has been {e}.", "{e} is called {v}."],
                    ["Who is {e}?", "What is the name of {e}?"]),
                .init(
                    [], .numberWord,
                    ["{e} has to climb {v} steps.", "There are {v} steps for {e} to climb."],
                    ["How many steps must {e} climb?"]),
            ]),
    ]

    private static let places = [
        RecordType(
            "spot",
            .choice([
                "harbour", "back yard", "engine house", "school hall", "cellar", "north tower", "boat house",
                "bakery",
                "market hall", "waiting room", "tower room", "control room", "long corridor", "old mill",
                "tea room",
            ]), before: ["the "],
            ["people", "windows", "steps", "chairs", "doors", "lamps", "beds", "tables"].map {
                Attribute(
                    [], .numberWord,
                    [
                        "There are {v} \($0) in {e}.", "{e} has {v} \($0).", "{e} counts {v} \($0), no more.",
                        "With its {v} \($0) {e} is large enough.",
                    ], ["How many \($0) are there in {e}?", "How many \($0) does {e} have?"])
            } + [
                .init(
                    [], .choice(colors),
                    ["At night {e} is lit {v}.", "{e} was painted {v}.", "The light in {e} is {v}."],
                    ["In which colour is {e} lit at night?", "What colour is {e}?"]),
                .init(
                    [], .person, ["{e} was built by {v}.", "{v} rents {e}.", "{v} is the tenant of {e}."],
                    ["Who is the tenant of {e}?", "Who built {e}?"]),
                .init(
                    [], .object, ["In {e} stands {v}.", "Behind the door of {e} hangs {v}."],
                    ["What stands in {e}?", "What hangs in {e}?", "What is there in {e}?"]),
            ])
    ]

    private static let dates = [
        RecordType(
            "event",
            .choice([
                "pay", "the market", "washing", "the weekly drill", "choir practice", "the boat race",
                "the auction",
                "bread day", "the village feast", "the inspection", "the tide table", "the accounts",
                "the crew list",
                "the visitors' book", "the parish register", "the weather diary",
            ]),
            [
                .init(
                    [], .weekday, ["{e} is on {v}.", "{e} falls on {v}.", "We have {e} on {v}."],
                    ["On which day is {e}?", "When is {e}?"]),
                .init(
                    [], .ordinal,
                    ["{e} is on {v} of the month.", "{e} comes on {v}.", "On {v} of each month is {e}."],
                    ["On which day of the month is {e}?", "On which day is {e}?"]),
                .init(
                    [], .year,
                    ["{e} is complete from {v}.", "{e} goes back to {v}.", "There has been {e} since {v}."],
                    [
                        "From which year is {e} complete?", "To which year does {e} go back?",
                        "Since when is there {e}?",
                    ]),
                .init(
                    [], .hour, ["{e} begins at {v}.", "{e} is over at {v}."],
                    ["At what time does {e} begin?", "When is {e} over?"]),
                .init(
                    [], .duration, ["{e} takes {v}.", "{e} is kept for {v}."],
                    ["How long does {e} take?", "For how long is {e} kept?"]),
            ])
    ]
}
