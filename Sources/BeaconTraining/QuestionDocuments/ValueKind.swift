/// What the value of an attribute looks like.
enum ValueKind: Sendable, Hashable {
    case person
    case place
    case year
    case date
    case time
    case money
    /// So many digits.
    case digits(ClosedRange<Int>)
    /// An integer in a range followed by one of these units.
    case amount(ClosedRange<Int>, [String])
    /// Two letters and digits.
    case code
    case version
    case address
    case mail
    case phone
    case room
    /// A made word with one of these endings, each with its own separator.
    case word([String])
    case variable
    case flag
    case choice([String])
    case percentage
    case sentencePart([String])
    /// A number in words.
    case numberWord
    /// A day of the month in words.
    case ordinal
    /// Some minutes to years, in words or digits.
    case duration
    /// Some kilograms to cubic metres, in words or digits.
    case quantity
    /// A time of day in words or digits.
    case hour
    /// From one hour to another.
    case hours
    /// A noun with what it looks like, without article.
    case item
    /// The same with its article.
    case object
    /// Someone by what they do.
    case role
    /// The same with its article.
    case someone
    case weekday
    /// A place by what is near.
    case somewhere
    /// What one may do, as an infinitive.
    case activity

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November",
        "December",
    ]

    func make(_ names: NameMaker, _ random: inout SeededRandom) -> String {
        switch self {
        case .person: return names.person(&random)
        case .place: return names.place(&random)
        case .year: return String(random.integer(in: 1850...2029))
        case .date:
            let day = random.integer(in: 1...28)
            let month = random.pick(Self.months)
            let year = random.integer(in: 1990...2029)
            return random.chance(0.75) ? "\(day) \(month) \(year)" : "\(month) \(day), \(year)"
        case .time: return Self.padded(random.below(24)) + ":" + Self.padded(random.below(60))
        case .money:
            let amount = Self.number(random.integer(in: 2...5), &random)
            let unit = random.pick(["$", "$", "$", "€", "£"])
            return unit + (random.chance(0.5) ? amount : amount + "." + Self.padded(random.below(100)))
        case .digits(let range): return Self.number(random.integer(in: range), &random)
        case .amount(let range, let units): return "\(random.integer(in: range)) \(random.pick(units))"
        case .code:
            let letters = Array("ABCDEFGHJKLMNPQRSTUVWXYZ")
            let head = String((0..<random.pick([2, 2, 2, 3])).map { _ in random.pick(letters) })
            return head + random.pick(["-", "", "/"]) + Self.number(random.integer(in: 2...4), &random)
        case .version:
            return "\(random.below(10)).\(random.below(20)).\(random.below(30))"
        case .address:
            return "10.\(random.below(256)).\(random.below(256)).\(random.integer(in: 1...254))"
        case .mail:
            return names.word(&random).lowercased() + "@" + names.word(&random, syllables: 2).lowercased()
                + random.pick([".org", ".com", ".net"])
        case .phone:
            return "\(Self.number(3, &random))-\(Self.number(4, &random))"
        case .room:
            return String(random.pick(Array("ABCDEF"))) + Self.number(random.integer(in: 2...3), &random)
        case .word(let endings): return names.word(&random) + random.pick(endings)
        case .variable:
            return names.word(&random, syllables: 2).uppercased()
                + random.pick(["_LIMIT", "_MODE", "_SIZE", "_PATH"])
        case .flag: return "-" + String(random.pick(Array("abcdefghijklmnopqrstuvwxyz")))
        case .choice(let items), .sentencePart(let items): return random.pick(items)
        case .percentage:
            let whole = random.integer(in: 1...99)
            return random.chance(0.5) ? "\(whole)%" : "\(whole).\(random.below(10))%"
        case .numberWord: return EverydayWords.number(&random)
        case .ordinal: return EverydayWords.ordinal(&random)
        case .duration: return EverydayWords.amount(of: EverydayWords.timeUnits, &random)
        case .quantity: return EverydayWords.amount(of: EverydayWords.units, &random)
        case .hour: return EverydayWords.hour(&random)
        case .hours: return EverydayWords.hours(&random)
        case .item: return EverydayWords.item(&random)
        case .object: return EverydayWords.object(&random)
        case .role: return EverydayWords.role(&random)
        case .someone: return "the " + EverydayWords.role(&random)
        case .weekday: return EverydayWords.weekday(&random)
        case .somewhere: return EverydayWords.somewhere(names, &random)
        case .activity: return EverydayWords.activity(&random)
        }
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

    /// A number of exactly `digits` digits.
    static func number(_ digits: Int, _ random: inout SeededRandom) -> String {
        var text = String(random.integer(in: 1...9))
        for _ in 1..<max(digits, 1) { text += String(random.below(10)) }
        return text
    }
}
