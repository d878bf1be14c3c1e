import BeaconModel

/// Makes needles that no model has seen: plain statements about made-up names and numbers.
///
/// Equal seeds give equal needles.
public struct FactNeedles: Sendable {
    private var generator: NumPyGenerator
    private var used: Set<String> = []

    public init(seed: UInt32) { generator = NumPyGenerator(seed: seed) }

    /// The next needle; its name differs from those of all before.
    public mutating func next() -> Needle {
        let kind = generator.integer(below: 5)
        let place = freshName()
        switch kind {
        case 0:
            let code = digits(5)
            return Needle(
                text: "The access code of the \(place) depot is \(code).",
                question: "What is the access code of the \(place) depot?", answers: [code])
        case 1:
            let code = digits(5)
            return Needle(
                text: "Letters for \(place) carry the postal code \(code).",
                question: "Which postal code do letters for \(place) carry?", answers: [code])
        case 2:
            let person = "\(name()) \(name())"
            return Needle(
                text: "The \(place) meeting was chaired by \(person).",
                question: "Who chaired the \(place) meeting?", answers: [person])
        case 3:
            let code = "\(letter())\(letter())-\(digits(4))"
            return Needle(
                text: "The \(place) pump is listed under \(code).",
                question: "Under which code is the \(place) pump listed?", answers: [code])
        default:
            let number = digits(6)
            return Needle(
                text: "\(place) Works is registered under number \(number).",
                question: "Under what number is \(place) Works registered?", answers: [number])
        }
    }

    private mutating func freshName() -> String {
        var candidate = name()
        while used.contains(candidate) { candidate += pick(["ford", "ton", "stead", "by"]) }
        used.insert(candidate)
        return candidate
    }

    private mutating func name() -> String {
        let syllables = 2 + generator.integer(below: 2)
        var word = ""
        for _ in 0..<syllables {
            word += pick([
                "b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "br", "st", "tr",
            ])
            word += pick(["a", "e", "i", "o", "u"])
        }
        word += pick(["n", "r", "l", "s", "m", "ck", "th"])
        return word.prefix(1).uppercased() + word.dropFirst()
    }

    private mutating func letter() -> String {
        pick(["A", "B", "C", "D", "F", "H", "K", "M", "P", "R", "T", "X"])
    }

    private mutating func digits(_ count: Int) -> String {
        var text = "\(1 + generator.integer(below: 9))"
        for _ in 1..<count { text += "\(generator.integer(below: 10))" }
        return text
    }

    private mutating func pick(_ choices: [String]) -> String {
        choices[generator.integer(below: choices.count)]
    }
}
