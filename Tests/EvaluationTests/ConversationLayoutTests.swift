import Evaluation
import Testing
import Tokenization

/// Layouts put together from their parts against the chat templates.
@Suite struct ConversationLayoutTests {
    @Test(arguments: [
        (ConversationLayout.qwen, ChatTemplate.qwen, "qwen2"), (.llama3, .llama3, "llama3"),
        (.mistral, .mistral, "llama2"), (.llama2, .llama2, "llama2"),
    ])
    func turnsAreThoseOfTheChatTemplate(layout: ConversationLayout, template: ChatTemplate, name: String)
        throws
    {
        let tokenizer = try Tokenizer(
            contentsOf: EvaluationFixtures.path("tokenizers/\(name)/tokenizer.json"))
        let answer = name == "llama2" ? " Early." : "Early."
        let expected = try template.render(
            [
                ChatMessage(role: .user, content: "A text.\n\nWhen?"),
                ChatMessage(role: .assistant, content: "Early."),
                ChatMessage(role: .user, content: "And then?"),
            ], addingGenerationPrompt: true, tokenizer: tokenizer)
        let text =
            layout.prompt(document: "A text.", question: "When?") + answer + layout.nextTurn + "And then?"
            + layout.afterQuestion
        #expect(text == expected)
    }

    @Test func layoutsAreRecognisedByTheirTokens() throws {
        for (name, layout) in [("qwen2", "qwen"), ("llama3", "llama-3"), ("llama2", "mistral")] {
            let tokenizer = try Tokenizer(
                contentsOf: EvaluationFixtures.path("tokenizers/\(name)/tokenizer.json"))
            #expect(ConversationLayout.detect(tokenizer).name == layout)
        }
        #expect(ConversationLayout.detect(try CharacterTokenizer.make()).name == "plain")
    }
}
