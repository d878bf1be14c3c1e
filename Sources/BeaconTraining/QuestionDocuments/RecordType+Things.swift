extension RecordType {
    static let things = [
        RecordType(
            "product",
            .word([
                " lamp", " drill", " chair", " kettle", " pump", " tent", " bicycle", " heater", " camera",
                " scale", " jacket", " radio",
            ]), before: ["the "],
            [
                .init(
                    ["price"], .money,
                    ["{e} costs {v}.", "{e} sells for {v}.", "Customers pay {v} for {e}."],
                    ["How much does {e} cost?", "What do customers pay for {e}?"]),
                .init(
                    ["weight"], .amount(1...999, ["kilograms", "grams", "tonnes"]),
                    ["{e} weighs {v}.", "{e} weighs {v} without its box."],
                    ["How much does {e} weigh?", "How heavy is {e}?"]),
                .init(
                    ["length"], .amount(1...990, ["centimetres", "metres"]), ["{e} is {v} long."],
                    ["How long is {e}?"]),
                .init(["colour"], .choice(colors), ["{e} comes in {v}."], ["In which colour does {e} come?"]),
                .init(["material"], .choice(materials), ["{e} is made of {v}."], ["What is {e} made of?"]),
                .init(
                    ["catalogue code", "item code"], .code, ["{e} is listed under {v}."],
                    ["Under which code is {e} listed?"]),
                .init(
                    ["warranty"], .amount(3...72, ["months"]), ["{e} is covered for {v}."],
                    ["For how long is {e} covered?"]),
            ]),
        RecordType(
            "option", .word(["", "-limit", "-mode", "-size", "-path", "-count", "-timeout"]),
            before: ["the --"], after: [" option"],
            [
                .init(
                    ["default value", "default"], .digits(1...4),
                    ["{e} defaults to {v}.", "When {e} is missing, {v} is used."],
                    ["What does {e} default to?"]),
                .init(
                    ["short form"], .flag, ["{e} can be shortened to {v}."], ["To what can {e} be shortened?"]
                ),
                .init(
                    ["maximum"], .digits(2...5), ["{e} accepts values up to {v}."],
                    ["What is the largest value {e} accepts?"]),
                .init(
                    ["environment variable"], .variable, ["{e} can also be set through {v}."],
                    ["Through which variable can {e} be set?"]),
                .init(
                    ["release"], .version, ["{e} was added in release {v}."],
                    ["In which release was {e} added?"]),
            ]),
        RecordType(
            "device",
            .word([
                " router", " server", " printer", " sensor", " gateway", " controller", " switch", " cluster",
            ]), before: ["the "],
            [
                .init(
                    ["serial number"], .code,
                    ["{e} carries serial number {v}.", "On the plate of {e} stands {v}."],
                    ["Which serial number does {e} carry?"]),
                .init(
                    ["IP address"], .address, ["{e} answers at {v}.", "{e} was moved to {v}."],
                    ["At which address does {e} answer?"]),
                .init(
                    ["firmware version"], .version,
                    ["{e} runs firmware {v}.", "{e} was upgraded to version {v}."],
                    ["Which firmware does {e} run?"]),
                .init(
                    ["port"], .digits(2...5),
                    ["{e} listens on port {v}.", "{e} expects its clients on {v}."],
                    ["On which port does {e} listen?"]),
                .init(["location", "rack"], .room, ["{e} is mounted in {v}."], ["Where is {e} mounted?"]),
                .init(["administrator"], .person, ["{e} is looked after by {v}."], ["Who looks after {e}?"]),
            ]),
        RecordType(
            "ship", .word([""]), before: ["the ship ", "the ferry ", "the tug ", "the schooner "],
            [
                .init(
                    ["captain", "master"], .person, ["{e} sails under {v}.", "{v} commands {e}."],
                    ["Who commands {e}?", "Under whom does {e} sail?"]),
                .init(["berth"], .room, ["{e} lies at berth {v}."], ["At which berth does {e} lie?"]),
                .init(
                    ["cargo"],
                    .choice([
                        "timber", "grain", "coal", "salt", "machinery", "wool", "cement", "fruit", "fish",
                    ]), ["{e} carries {v}."], ["What does {e} carry?"]),
                .init(
                    ["home port"], .place, ["{e} is registered in {v}.", "{e} sailed from {v}."],
                    ["Where is {e} registered?"]),
                .init(
                    ["length"], .amount(9...399, ["metres"]), ["{e} measures {v} from bow to stern."],
                    ["How long is {e}?"]),
                .init(["arrival"], .date, ["{e} is expected on {v}."], ["When is {e} expected?"]),
            ]),
        RecordType(
            "recipe", .word([" soup", " bread", " stew", " cake", " pie", " salad", " tea"]),
            before: ["the "],
            [
                .init(
                    ["baking time", "cooking time"], .amount(5...240, ["minutes"]),
                    ["{e} needs {v} on the stove."], ["How long does {e} need on the stove?"]),
                .init(
                    ["main ingredient"],
                    .choice([
                        "barley", "leeks", "salmon", "almonds", "beans", "pumpkin", "mushrooms", "apples",
                        "ginger",
                    ]), ["{e} is made with {v}."], ["What is {e} made with?"]),
                .init(
                    ["number of servings"], .digits(1...2), ["{e} serves {v} guests."],
                    ["How many guests does {e} serve?"]),
                .init(
                    ["inventor", "cook"], .person, ["{e} was first cooked by {v}."], ["Who first cooked {e}?"]
                ),
            ]),
    ]

    static let nature = [
        RecordType(
            "town", .place,
            [
                .init(
                    ["population"], .digits(3...6), ["{e} has {v} inhabitants.", "{v} people live in {e}."],
                    ["How many people live in {e}?"]),
                .init(
                    ["elevation"], .amount(1...4800, ["metres"]),
                    ["{e} lies at {v}.", "{e} lies {v} above the sea."],
                    ["How high does {e} lie?", "At what height does {e} lie?"]),
                .init(
                    ["river"], .word(["", "", " Water"]),
                    ["{e} stands on the river {v}.", "{e} lies on the {v}.", "The {v} runs through {e}."],
                    ["On which river does {e} stand?", "Which river runs through {e}?"]),
                .init(
                    ["mayor"], .person, ["{e} elected {v} as mayor.", "The mayor of {e} is called {v}."],
                    ["Who is the mayor of {e}?"]),
                .init(
                    ["postal code"], .digits(5...5), ["Letters for {e} carry the postal code {v}."],
                    ["Which postal code do letters for {e} carry?"]),
                .init(
                    ["twin town"], .place, ["{e} is twinned with {v}."], ["With which town is {e} twinned?"]),
            ]),
        RecordType(
            "mountain", .word(["", "", " Peak", " Ridge"]), before: ["Mount ", "Lake ", "Cape ", "Fort "],
            [
                .init(
                    ["height", "depth"], .amount(20...8000, ["metres"]), ["{e} measures {v}."],
                    ["How much does {e} measure?"]),
                .init(
                    ["discoverer"], .person, ["{e} was first described by {v}."], ["Who first described {e}?"]
                ),
                .init(["nearest town"], .place, ["{e} is close to {v}."], ["Which town is {e} close to?"]),
                .init(
                    ["year of the survey"], .year, ["{e} was surveyed in {v}."], ["When was {e} surveyed?"]),
            ]),
        RecordType(
            "species", .word([" beetle", " fern", " owl", " trout", " orchid", " moth", " oak"]),
            before: ["the "],
            [
                .init(
                    ["habitat"],
                    .choice([
                        "wet meadows", "dry slopes", "old forests", "river banks", "salt marshes",
                        "city parks", "high moors",
                    ]), ["{e} is found in {v}.", "{e} lives in {v}."], ["Where is {e} found?"]),
                .init(
                    ["length", "size"], .amount(2...90, ["millimetres", "centimetres"]),
                    ["{e} grows to {v}."],
                    ["To what size does {e} grow?"]),
                .init(
                    ["number of sightings"], .digits(1...4), ["{e} was seen {v} times this year."],
                    ["How many times was {e} seen this year?"]),
                .init(
                    ["share"], .percentage, ["{e} makes up {v} of the catch."],
                    ["What share of the catch is {e}?"]),
            ]),
    ]
}
