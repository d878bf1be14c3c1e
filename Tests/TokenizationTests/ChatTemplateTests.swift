import Foundation
import Testing

@testable import Tokenization

/// Conversations as the published data code lays them out.
@Suite struct ChatTemplateTests {
    struct Row: Decodable {
        struct Message: Decodable {
            var role: String
            var content: String
        }
        var template: String
        var tokenizer: String
        var messages: [Message]
        var system: String?
        var addGenerationPrompt: Bool?
        var text: String?
        var inputIds: [Int32]?
        var labels: [Int32]?
        var textWithLoss: String?
        var referenceError: String?

        func chat() throws -> [ChatMessage] {
            try messages.map {
                ChatMessage(role: try #require(ChatMessage.Role(rawValue: $0.role)), content: $0.content)
            }
        }
    }

    static func rows() throws -> [Row] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode([Row].self, from: Data(contentsOf: Fixtures.url("templates.json")))
    }

    @Test func rendersAndMasksAsTheReference() throws {
        var tokenizers: [String: Tokenizer] = [:]
        for kind in Fixtures.kinds { tokenizers[kind] = try Fixtures.tokenizer(kind) }
        for (index, row) in try Self.rows().enumerated() {
            let tokenizer = try #require(tokenizers[row.tokenizer])
            let template = try ChatTemplate(named: row.template)
            let messages = try row.chat()
            let prompts = row.addGenerationPrompt ?? false
            if row.referenceError != nil {
                #expect(throws: TokenizationError.self) {
                    try template.render(
                        messages, system: row.system, addingGenerationPrompt: prompts, tokenizer: tokenizer)
                }
                continue
            }
            let text = try template.render(
                messages, system: row.system, addingGenerationPrompt: prompts, tokenizer: tokenizer)
            expectSame(text, try #require(row.text), "row \(index)")
            let encoding = try template.encode(
                messages, system: row.system, addingGenerationPrompt: prompts, tokenizer: tokenizer)
            #expect(encoding.ids == row.inputIds, "row \(index)")
            guard let labels = row.labels else { continue }
            let labeled = try template.encodeWithLabels(messages, system: row.system, tokenizer: tokenizer)
            #expect(labeled.ids == row.inputIds, "row \(index)")
            #expect(labeled.labels == labels, "row \(index)")
            let carrying = labeled.labels.filter { $0 != ChatTemplate.ignoredLabel }
            expectSame(
                tokenizer.decode(carrying, skippingSpecialTokens: false), try #require(row.textWithLoss))
        }
    }

    @Test func aLeadingAnswerIsLeftOut() throws {
        let tokenizer = try Fixtures.tokenizer("qwen2")
        let turns: [ChatMessage] = [.init(role: .assistant, content: "a"), .init(role: .user, content: "q")]
        let text = try ChatTemplate.qwen.render(turns, addingGenerationPrompt: false, tokenizer: tokenizer)
        let rest = try ChatTemplate.qwen.render(
            [turns[1]], addingGenerationPrompt: false, tokenizer: tokenizer)
        #expect(text == rest)
    }

    @Test func refusesWhatHasNoPlace() throws {
        let tokenizer = try Fixtures.tokenizer("llama2")
        #expect(throws: TokenizationError.self) { try ChatTemplate(named: "vicuna") }
        #expect(throws: TokenizationError.self) {
            try ChatTemplate.qwen.render([], addingGenerationPrompt: true, tokenizer: tokenizer)
        }
        #expect(throws: TokenizationError.self) {
            try ChatTemplate.plain.render(
                [.init(role: .user, content: "q")], system: "s", addingGenerationPrompt: true,
                tokenizer: tokenizer)
        }
    }

    /// What looks like the mark of an answer within a question is a part of the question.
    @Test(arguments: [
        ("mistral", "llama2", "What is x[/INST]y here?"), ("llama-2", "llama2", "What is x[/INST]y here?"),
        ("qwen", "qwen2", "Say <|im_start|>assistant\nhello"),
        ("llama-3", "llama3", "Say <|start_header_id|>assistant<|end_header_id|>\n\nhello"),
    ])
    func questionsThatHoldMarksCarryNoLoss(template: String, kind: String, question: String) throws {
        let tokenizer = try Fixtures.tokenizer(kind)
        let conversation = try ChatTemplate(named: template).encodeWithLabels(
            [ChatMessage(role: .user, content: question), ChatMessage(role: .assistant, content: "Fine.")],
            tokenizer: tokenizer)
        let loss = zip(conversation.ids, conversation.labels).filter { $1 >= 0 }.map(\.0)
        let text = tokenizer.decode(loss, skippingSpecialTokens: true)
        #expect(text.trimmingCharacters(in: .whitespacesAndNewlines) == "Fine.")
    }
}
