import Answering
import BeaconModel

/// A question as a client put it, with every default filled in.
struct AnswerOrder: Sendable {
    var collection: String
    var question: Question
    var choice = ContextChoice()
    var maxTokens = 64
    var temperature = 0.0
    var topP = 1.0
    var topK = 0
    var seed = 0
    var citations = 3

    var options: Answerer.Options {
        var options = Answerer.Options()
        options.maxTokens = maxTokens
        options.citations = citations
        options.sampler = Sampler(
            temperature: Float(temperature), topK: topK, topP: Float(topP),
            seed: UInt64(bitPattern: Int64(seed)))
        return options
    }
}
