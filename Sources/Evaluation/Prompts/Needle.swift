/// A sentence to hide in a long text, and the question that it answers.
public struct Needle: Sendable, Hashable, Codable {
    public var text: String
    public var question: String
    /// Any of them, found in an output, counts.
    public var answers: [String]

    public init(text: String, question: String, answers: [String]) {
        self.text = text
        self.question = question
        self.answers = answers
    }

    /// The needle of the published evaluation.
    public static let published = Needle(
        text:
            "\n\nThe best thing to do in San Francisco is sitting in Dolores Park and eating a hamburg on a sunny "
            + "day.\n\n",
        question: "What is the best thing to do in San Francisco?",
        answers: ["sitting in Dolores Park and eating a hamburg on a sunny day"])

    /// A pass key as a needle in running text.
    public static func passkey(_ key: String) -> Needle {
        Needle(
            text: "The pass key is \(key). Remember it. \(key) is the pass key.",
            question: "What is the pass key?",
            answers: [key])
    }

    /// Whether `output` gives one of the answers, compared word by word after normalisation.
    public func isFound(in output: String) -> Bool {
        let words = AnswerNormalization.words(output)
        return answers.contains { answer in
            let wanted = AnswerNormalization.words(answer)
            guard !wanted.isEmpty, words.count >= wanted.count else { return false }
            return (0...(words.count - wanted.count)).contains {
                words[$0..<($0 + wanted.count)].elementsEqual(wanted)
            }
        }
    }
}
