extension RecordType {
    /// Everything documents tell about.
    static let catalog: [RecordType] = organisations + things + papers + nature

    static let colors = [
        "red", "blue", "green", "amber", "black", "white", "silver", "grey", "violet", "orange", "teal",
        "brown",
        "yellow", "crimson",
    ]
    static let materials = [
        "steel", "aluminium", "oak", "brass", "carbon", "ceramic", "rubber", "copper", "glass", "nylon",
        "titanium",
        "bamboo", "marble", "leather",
    ]
    static let causes = [
        "a failed disk", "an expired certificate", "a power cut", "a faulty switch", "a full queue",
        "a wrong config file", "a memory leak", "a broken cable", "a bad deployment", "a clock drift",
        "a missing index", "a loose connector",
    ]
    static let jobs = [
        "engineer", "nurse", "welder", "auditor", "pilot", "teacher", "surveyor", "chemist", "editor",
        "plumber",
        "designer", "librarian", "analyst", "baker", "carpenter", "translator",
    ]

    private static let organisations = [
        RecordType(
            "company",
            .word([" Ltd", " Group", " Works", " Systems", " Foods", " Partners", " and Sons", " Press"]),
            [
                .init(
                    ["founding year"], .year,
                    [
                        "{e} was founded in {v}.", "{p} has been trading since {v}.",
                        "{e} opened for business in {v}.",
                    ], ["When was {e} founded?", "In which year was {e} founded?"]),
                .init(
                    ["head office", "headquarters"], .place,
                    [
                        "{e} is based in {v}.", "{p} has its head office in {v}.",
                        "The main office of {e} is in {v}.",
                    ], ["Where is {e} based?", "Where is the head office of {e}?"]),
                .init(
                    ["chief executive", "director"], .person,
                    ["{e} is led by {v}.", "{v} runs {e}.", "The board of {e} chose {v} as its head."],
                    ["Who leads {e}?", "Who runs {e}?"]),
                .init(
                    ["number of employees", "head count"], .digits(2...5),
                    ["{e} employs {v} people.", "{p} has {v} employees."],
                    ["How many people does {e} employ?", "How many employees does {e} have?"]),
                .init(
                    ["registration number"], .digits(5...7), ["{e} is registered under number {v}."],
                    ["Under what number is {e} registered?"]),
                .init(
                    ["main supplier"], .word([" Mills", " Trading", " Metals"]),
                    ["{e} buys most of its goods from {v}."], ["From whom does {e} buy most of its goods?"]),
            ]),
        RecordType(
            "depot", .place, before: ["the "],
            after: [" depot", " warehouse", " station", " annex", " yard", " terminal", " office"],
            [
                .init(
                    ["access code", "entry code", "door code"], .digits(4...6),
                    ["{e} can be opened with the code {v}.", "To enter {e}, type {v} at the gate."],
                    ["Which code opens {e}?", "What code is needed to enter {e}?"]),
                .init(
                    ["manager", "supervisor"], .person,
                    ["{e} is managed by {v}.", "{v} looks after {e}.", "{v} is in charge of {e}."],
                    ["Who manages {e}?", "Who looks after {e}?", "Who is in charge of {e}?"]),
                .init(
                    ["phone extension"], .digits(3...4),
                    ["{e} can be reached on extension {v}.", "For {e}, dial {v}."],
                    ["On which extension can {e} be reached?"]),
                .init(
                    ["capacity"], .amount(10...9999, ["pallets", "tonnes", "barrels"]),
                    ["{e} holds up to {v}."],
                    ["How much can {e} hold?"]),
                .init(
                    ["opening time"], .time, ["{e} opens at {v}.", "The gates of {e} open at {v}."],
                    ["When does {e} open?", "At what time does {e} open?"]),
                .init(["closing time"], .time, ["{e} closes at {v}."], ["When does {e} close?"]),
            ]),
        RecordType(
            "person", .person, pronoun: "They",
            [
                .init(
                    ["birth year"], .year, ["{e} was born in {v}."],
                    ["When was {e} born?", "In which year was {e} born?"]),
                .init(
                    ["job", "profession"], .choice(jobs),
                    [
                        "{e} works as a {v}.", "{e} is employed as a {v}.",
                        "{e}, a {v} by trade, is known to all.",
                    ],
                    ["What does {e} do for a living?", "As what does {e} work?"]),
                .init(
                    ["home town"], .place, ["{e} lives in {v}.", "{e} comes from {v}."],
                    ["Where does {e} live?"]),
                .init(
                    ["badge number"], .digits(4...6),
                    ["{e} carries badge {v}.", "Badge {v} was given to {e}."],
                    ["Which badge does {e} carry?"]),
                .init(
                    ["favourite colour"], .choice(colors), ["{e} prefers {v}."],
                    ["Which colour does {e} prefer?"]),
                .init(
                    ["phone number"], .phone, ["{e} answers the phone at {v}.", "You can call {e} on {v}."],
                    ["On which number can one call {e}?"]),
                .init(
                    ["mail address"], .mail, ["{e} reads mail at {v}.", "Write to {e} at {v}."],
                    ["At which address does {e} read mail?"]),
            ]),
        RecordType(
            "school",
            .word([" School", " Academy", " College", " Library", " Clinic", " Museum", " Theatre"]),
            [
                .init(
                    ["director", "head"], .person, ["{e} is headed by {v}.", "{v} was named head of {e}."],
                    ["Who heads {e}?"]),
                .init(
                    ["number of visitors", "yearly visitors"], .digits(3...6),
                    ["{e} counted {v} visitors last year."], ["How many visitors did {e} count last year?"]),
                .init(
                    ["street", "address"], .word([" Street", " Road", " Lane", " Square"]),
                    ["{e} stands on {v}.", "You will find {e} in {v}."],
                    ["On which street does {e} stand?", "Where will you find {e}?"]),
                .init(
                    ["architect"], .person, ["{e} was designed by {v}.", "{v} drew the plans for {e}."],
                    ["Who designed {e}?"]),
                .init(
                    ["entrance fee", "fee"], .money, ["{e} charges {v} at the door."],
                    ["How much does {e} charge at the door?"]),
            ]),
        RecordType(
            "team", .word([" Rovers", " United", " Hawks", " crew", " committee", " orchestra"]),
            before: ["the "],
            [
                .init(
                    ["captain", "leader"], .person, ["{e} chose {v} as captain.", "{v} leads {e}."],
                    ["Who leads {e}?", "Whom did {e} choose as captain?"]),
                .init(
                    ["home ground"], .word([" Park", " Field", " Hall"]), ["{e} meets at {v}."],
                    ["Where does {e} meet?"]),
                .init(
                    ["number of members"], .digits(2...3), ["{e} has {v} members."],
                    ["How many members does {e} have?"]),
                .init(["colours"], .choice(colors), ["{e} wears {v}."], ["What colour does {e} wear?"]),
            ]),
    ]
}
