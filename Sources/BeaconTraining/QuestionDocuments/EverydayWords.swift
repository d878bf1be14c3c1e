/// Ordinary words that values are put together from.
enum EverydayWords {
    static let timeUnits = ["minutes", "hours", "days", "weeks", "months", "years"]
    static let units = [
        "grams", "kilograms", "tonnes", "litres", "metres", "cubic metres", "sacks", "barrels", "boxes",
        "pages",
    ]
    private static let ones = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]
    private static let tens = [
        "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ]
    private static let firsts = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
        "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
        "eighteenth", "nineteenth", "twentieth",
    ]
    private static let adjectives = [
        "white", "yellow", "long", "short", "loose", "heavy", "spare", "small", "green", "broken", "round",
        "wooden", "wet", "blue", "square", "narrow", "new", "iron", "folded", "empty", "black", "painted",
        "second", "warm", "thin", "striped", "brown", "copper", "quiet", "sharp",
    ]
    private static let nouns = [
        "hat", "card", "rope", "ladder", "lamp", "bucket", "coat", "book", "list", "map", "bell", "crowbar",
        "table", "boat", "box", "chart", "key", "bag", "wheel", "letter", "clock", "saw", "bench", "cup",
        "blanket", "whistle", "jar", "brush", "cart", "flag", "drum", "hook", "tray", "knife", "belt",
        "basket", "stove", "barrel", "cupboard", "bottle",
    ]
    private static let people = [
        "first officer", "night watch", "driver", "cook", "second clerk", "lock keeper", "gardener",
        "foreman",
        "day crew", "apprentice", "signaller", "visitor", "inspector", "night porter", "head nurse", "guide",
        "carpenter", "oldest member", "messenger", "treasurer", "caretaker", "new recruit", "boatman",
        "librarian", "crane driver", "ticket collector",
    ]
    private static let places = [
        "gate", "stairs", "boiler", "office", "well", "bridge", "river", "chapel", "main hall", "oak tree",
        "market", "mill", "old wall", "kitchen", "station", "lower pond", "clock tower", "fountain", "shed",
        "fairway buoy",
    ]
    private static let sides = [
        "behind", "beside", "under", "above", "next to", "in front of", "opposite", "north of", "south of",
        "west of", "east of",
    ]
    private static let doings = [
        "eat a sandwich", "sit in the park", "walk along the river", "feed the ducks", "climb the old tower",
        "ring the bell twice", "drink cold tea", "take the slow train", "count the boats", "visit the museum",
        "buy fresh bread", "swim before breakfast", "ride a bicycle", "look for shells", "talk to the baker",
        "listen to the band", "draw the bridge", "light a candle", "write a postcard", "sleep in a hammock",
        "fly a kite", "read the newspaper", "pick wild berries", "play chess", "watch the sunset",
        "whistle after dark", "fish from the pier", "carry an umbrella",
    ]
    private static let circumstances = [
        "on a sunny day", "in the rain", "before noon", "with an old friend", "on Sundays", "after dinner",
        "in early spring", "at low tide", "by the lake", "in the main square",
    ]

    private static let weekdays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]

    static func weekday(_ random: inout SeededRandom) -> String {
        random.pick(["", "", "the first ", "the last "]) + random.pick(weekdays)
    }

    static func number(_ random: inout SeededRandom) -> String {
        let small = random.pick(ones)
        guard random.chance(0.4) else { return small }
        let middle = random.pick(tens) + (random.chance(0.6) ? "-" + random.pick(ones.prefix(9)) : "")
        guard random.chance(0.35) else { return middle }
        return random.pick(ones.prefix(9)) + " hundred" + (random.chance(0.6) ? " and " + small : "")
    }

    static func ordinal(_ random: inout SeededRandom) -> String {
        "the " + (random.chance(0.3) ? "twenty-" + random.pick(firsts.prefix(9)) : random.pick(firsts))
    }

    static func amount(of units: [String], _ random: inout SeededRandom) -> String {
        let count = random.chance(0.6) ? number(&random) : "\(random.integer(in: 2...900))"
        return count + " " + random.pick(units)
    }

    static func hour(_ random: inout SeededRandom) -> String {
        switch random.below(6) {
        case 0: "noon"
        case 1: "half past " + random.pick(ones.prefix(12))
        case 2:
            random.pick(ones.prefix(12)) + random.pick([" in the morning", " in the evening", " o'clock"])
        case 3: "a quarter " + random.pick(["to ", "past "]) + random.pick(ones.prefix(12))
        default:
            "\(random.integer(in: 5...23)):"
                + random.pick(["00", "05", "10", "15", "20", "30", "40", "45", "50"])
        }
    }

    static func hours(_ random: inout SeededRandom) -> String {
        let words = random.chance(0.6)
        let first = random.integer(in: 1...11)
        let second = random.integer(in: 1...12)
        return words
            ? "from \(ones[first - 1]) to \(ones[second - 1])" : "from \(first):00 to \(second + 12):00"
    }

    static func item(_ random: inout SeededRandom) -> String {
        random.pick(adjectives) + " " + (random.chance(0.15) ? random.pick(adjectives) + " " : "")
            + random.pick(nouns)
    }

    static func object(_ random: inout SeededRandom) -> String {
        let item = item(&random)
        let article = "aeiou".contains(item.prefix(1)) ? "an " : "a "
        return random.pick(["the ", article]) + item
    }

    static func role(_ random: inout SeededRandom) -> String {
        random.pick(people)
            + (random.chance(0.25) ? random.pick([" on duty", " of the week", " on scene"]) : "")
    }

    static func somewhere(_ names: NameMaker, _ random: inout SeededRandom) -> String {
        let near = random.chance(0.2) ? names.place(&random) : "the " + random.pick(places)
        let side = random.pick(sides)
        let far = side.hasSuffix(" of") && side != "in front of" && random.chance(0.6)
        return (far ? number(&random) + random.pick([" miles ", " steps ", " metres "]) : "") + side + " "
            + near
    }

    static func activity(_ random: inout SeededRandom) -> String {
        random.pick(doings) + (random.chance(0.4) ? " and " + random.pick(doings) : "")
            + (random.chance(0.5) ? " " + random.pick(circumstances) : "")
    }
}
