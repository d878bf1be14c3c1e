import Testing

@testable import Tokenization

/// Prompts put together from their parts against the same prompt as one text.
@Suite struct PromptLayoutTests {
    @Test(arguments: [
        (PromptLayout.Family.qwen, ChatTemplate.qwen, "qwen2"), (.llama3, .llama3, "llama3"),
        (.mistral, .mistral, "llama2"), (.llama2, .llama2, "llama2"),
    ])
    func turnsAreThoseOfTheChatTemplate(family: PromptLayout.Family, template: ChatTemplate, name: String)
        throws
    {
        let layout = PromptLayout(family)
        let answer = name == "llama2" ? " Early." : "Early."
        let expected = try template.render(
            [
                ChatMessage(role: .user, content: "A text.\n\nWhen?"),
                ChatMessage(role: .assistant, content: "Early."),
                ChatMessage(role: .user, content: "And then?"),
            ], addingGenerationPrompt: true, tokenizer: try Fixtures.tokenizer(name))
        let text =
            layout.prompt(document: "A text.", question: "When?") + answer + layout.nextTurn + "And then?"
            + layout.afterQuestion
        #expect(text == expected)
    }

    @Test(arguments: [
        ("qwen2", PromptLayout.Family.qwen), ("llama3", .llama3), ("llama2", .mistral),
        ("mistral-metaspace", .mistral),
    ])
    func layoutsAreRecognisedByTheirTokens(name: String, family: PromptLayout.Family) throws {
        #expect(PromptLayout.detect(try Fixtures.tokenizer(name)).family == family)
    }

    /// Head, document and question are encoded apart, the document long before the question; a tokenizer that puts
    /// a space before every text must not put one before each of them.
    @Test(
        arguments: ["llama2", "mistral-metaspace"],
        [PromptLayout.Family.mistral, .llama2, .qwen, .llama3, .bare])
    func partsHaveTheTokensOfTheWhole(name: String, family: PromptLayout.Family) throws {
        let tokenizer = try Fixtures.tokenizer(name)
        let layout = PromptLayout(family)
        let document = "The ferry leaves from quay 4.\nIt is seldom late."
        let whole = tokenizer.encode(
            layout.prompt(document: document, question: "When does it leave?"), addingSpecialTokens: true)
        let parts =
            layout.headTokens(tokenizer) + layout.documentTokens(utf8: Array(document.utf8), tokenizer).ids
            + layout.questionTokens("When does it leave?", tokenizer)
        #expect(parts == whole.ids)
    }

    @Test(arguments: ["qwen2", "llama3", "llama2", "mistral-metaspace"])
    func aContinuedTextHasNoSpaceInFront(name: String) throws {
        let tokenizer = try Fixtures.tokenizer(name)
        for text in ["early", " early", "</s>early", "\n\nearly", ""] {
            let ids = tokenizer.encode(text, addingSpecialTokens: false, continuing: true).ids
            let spelling = ids.compactMap(tokenizer.token).joined()
            #expect(spelling.hasPrefix("▁") == (tokenizer.putsSpaceInFront && text.hasPrefix(" ")))
        }
    }
}
