/// How a conversation is written as one text, by family of models.
///
/// The families and their texts are those of the published training data, so that a model sees at work what it
/// saw in training.
public enum ChatTemplate: String, Sendable, Hashable, CaseIterable {
    /// ChatML, with a system turn always.
    case qwen
    /// Turns under headers.
    case llama3 = "llama-3"
    /// `[INST] question [/INST] answer</s>`.
    case mistral
    /// The same, with a marked system text and the begin-of-text token between turns.
    case llama2 = "llama-2"
    /// No marks at all: question, space, answer, end of text.
    case plain = "no"

    /// The template of a name.
    ///
    /// - Throws: ``TokenizationError`` that lists the names if there is none.
    public init(named name: String) throws {
        guard let template = Self(rawValue: name) else {
            let names = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw TokenizationError(
                .unknownTemplate, "There is no chat template \"\(name)\"; the names are \(names).")
        }
        self = template
    }

    /// The conversation as one text, without the begin-of-text token that encoding adds.
    ///
    /// A leading turn of the assistant is left out. The text of ``plain`` depends on the
    /// tokenizer: questions are written as it reads them back, and it names the end-of-text token.
    ///
    /// - Parameters:
    ///   - messages: Turns of user and assistant by turns.
    ///   - system: A system text; nil takes the template's own, if it has one.
    ///   - addingGenerationPrompt: Whether the text ends where the assistant's next answer begins.
    ///   - tokenizer: The tokenizer the text is meant for.
    /// - Throws: ``TokenizationError`` if two turns of one role follow each other, or if nothing is left to say.
    public func render(
        _ messages: [ChatMessage], system: String? = nil, addingGenerationPrompt: Bool, tokenizer: Tokenizer
    ) throws -> String {
        let turns = try turns(of: messages)
        switch self {
        case .qwen: return renderQwen(turns, system, addingGenerationPrompt)
        case .llama3: return renderLlama3(turns, system, addingGenerationPrompt)
        case .mistral:
            let opening = system.map { "[INST] \($0)\n" } ?? "[INST] "
            return renderInstructions(turns, opening, "</s>", addingGenerationPrompt)
        case .llama2:
            let opening = system.map { "[INST] <<SYS>>\n\($0)\n<</SYS>>\n\n" } ?? "[INST] "
            return renderInstructions(turns, opening, " </s><s>", addingGenerationPrompt)
        case .plain: return try renderPlain(turns, system, tokenizer)
        }
    }

    /// The tokens of a conversation, the tokenizer's own special tokens included.
    public func encode(
        _ messages: [ChatMessage], system: String? = nil, addingGenerationPrompt: Bool, tokenizer: Tokenizer
    ) throws -> TokenEncoding {
        let text = try render(
            messages, system: system, addingGenerationPrompt: addingGenerationPrompt, tokenizer: tokenizer)
        return tokenizer.encode(text, addingSpecialTokens: true)
    }

    /// The turns without a leading answer, checked to alternate.
    func turns(of messages: [ChatMessage]) throws -> [ChatMessage] {
        let turns = messages.first?.role == .assistant ? Array(messages.dropFirst()) : messages
        guard !turns.isEmpty else {
            throw TokenizationError(
                .invalidConversation, "The conversation has no turn of the user; it needs one to begin with.")
        }
        // Without marks the roles follow from the order alone.
        if self == .plain { return turns }
        for index in turns.indices.dropFirst() where turns[index].role == turns[index - 1].role {
            throw TokenizationError(
                .invalidConversation,
                "Two turns of the \(turns[index].role.rawValue) follow each other; user and assistant take turns.",
                context: ["index": String(index)])
        }
        return turns
    }
}

extension ChatTemplate {
    private func renderQwen(_ turns: [ChatMessage], _ system: String?, _ prompts: Bool) -> String {
        var text = "<|im_start|>system\n\(system ?? "You are a helpful assistant.")<|im_end|>\n"
        for turn in turns { text += "<|im_start|>\(turn.role.rawValue)\n\(turn.content)<|im_end|>\n" }
        return prompts ? text + "<|im_start|>assistant\n" : text
    }

    private func renderLlama3(_ turns: [ChatMessage], _ system: String?, _ prompts: Bool) -> String {
        func header(_ role: String) -> String { "<|start_header_id|>\(role)<|end_header_id|>\n\n" }
        var text = system.map { header("system") + $0 + "<|eot_id|>" } ?? ""
        for turn in turns { text += header(turn.role.rawValue) + turn.content + "<|eot_id|>" }
        return prompts ? text + header("assistant") : text
    }

    private func renderInstructions(
        _ turns: [ChatMessage], _ opening: String, _ closing: String, _ prompts: Bool
    ) -> String {
        var text = ""
        for (index, turn) in turns.enumerated() {
            switch turn.role {
            case .user: text += (index == 0 ? opening : "[INST] ") + turn.content + " "
            case .assistant: text += "[/INST] \(turn.content)\(closing)"
            }
        }
        return prompts ? text + "[/INST]" : text
    }

    /// Questions as the tokenizer reads them back, each answer after a space and before the end-of-text token.
    private func renderPlain(_ turns: [ChatMessage], _ system: String?, _ tokenizer: Tokenizer) throws
        -> String
    {
        guard system == nil else {
            throw TokenizationError(
                .invalidConversation,
                "The template \"no\" has no place for a system text; put it into the question.")
        }
        let end = tokenizer.endOfTextID.flatMap { tokenizer.token($0) } ?? ""
        var text = ""
        for (index, turn) in turns.enumerated() {
            if index.isMultiple(of: 2) {
                let ids = tokenizer.encode(turn.content, addingSpecialTokens: true).ids
                text += tokenizer.decode(ids, skippingSpecialTokens: true)
            } else {
                text += " \(turn.content)\(end)"
            }
        }
        return text
    }
}
