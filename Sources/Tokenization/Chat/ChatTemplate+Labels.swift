extension ChatTemplate {
    /// The label of a token without loss.
    public static let ignoredLabel: Int32 = -100

    /// The tokens of a conversation, and which of them carry loss: the answers with their end tokens.
    ///
    /// The places are found as the published data code finds them: by tokenizing the pieces of the text between
    /// turn marks alone and counting. That is exact where the marks tokenize apart from what surrounds them.
    /// Where they do not, the count is off in the same way; and with ``llama3`` and a system text it is off by
    /// the begin-of-text token, so that the token before every answer carries loss and the end token of all but
    /// the last answer does not.
    ///
    /// - Parameters:
    ///   - messages: Turns of user and assistant by turns.
    ///   - system: A system text; nil takes the template's own, if it has one.
    ///   - tokenizer: The tokenizer of the model.
    /// - Throws: ``TokenizationError`` if the conversation does not fit the template.
    public func encodeWithLabels(
        _ messages: [ChatMessage], system: String? = nil, tokenizer: Tokenizer
    ) throws -> LabeledConversation {
        let text = try render(messages, system: system, addingGenerationPrompt: false, tokenizer: tokenizer)
        let ids = tokenizer.encode(text, addingSpecialTokens: true).ids
        var mask = LossMask(labels: ids, text: Array(text.utf8), tokenizer: tokenizer)
        switch self {
        case .qwen:
            // Four tokens before a question carry no loss: its mark, and the line end after the last answer.
            let end = mask.ignoreHeaders(
                turn: "<|im_start|>user\n", answer: "<|im_start|>assistant\n", back: 4)
            mask.ignore(from: end - 1, to: ids.count)
        case .llama3:
            _ = mask.ignoreHeaders(
                turn: "<|start_header_id|>user<|end_header_id|>\n\n",
                answer: "<|start_header_id|>assistant<|end_header_id|>\n\n", back: 4)
        case .mistral: mask.ignoreInstructions(closing: "</s>", tokens: 1, back: 0)
        case .llama2: mask.ignoreInstructions(closing: " </s><s>", tokens: 3, back: 1)
        case .plain: mask.ignorePlainQuestions(try turns(of: messages))
        }
        return LabeledConversation(ids: ids, labels: mask.labels)
    }
}

/// Labels under construction.
private struct LossMask {
    var labels: [Int32]
    let text: [UInt8]
    let tokenizer: Tokenizer

    /// Ignores the labels of a range; what lies outside the text is passed over.
    mutating func ignore(from start: Int, to end: Int) {
        for index in max(0, start)..<max(0, start, min(end, labels.count)) {
            labels[index] = ChatTemplate.ignoredLabel
        }
    }

    private func count(_ bytes: some Sequence<UInt8>) -> Int {
        tokenizer.encode(utf8: Array(bytes), addingSpecialTokens: false).count
    }

    /// Where the pieces of a range of the text lie between occurrences of a mark.
    private func pieces(of range: Range<Int>, between mark: [UInt8]) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var start = range.lowerBound
        var index = start
        while index < range.upperBound {
            if text.span.matches(mark, at: index, end: range.upperBound) {
                pieces.append(start..<index)
                index += mark.count
                start = index
            } else {
                index += 1
            }
        }
        return pieces + [start..<range.upperBound]
    }

    /// How many tokens the part of a piece up to the end of the first mark has.
    private func questionCount(_ piece: Range<Int>, upTo mark: [UInt8]) -> Int {
        let question = pieces(of: piece, between: mark)[0]
        return count(text[question.lowerBound..<min(question.upperBound + mark.count, piece.upperBound)])
    }

    /// Ignores all but the answers of a text whose turns have headers; `back` counts the tokens that the end of an
    /// answer is before the end of the next question's mark.
    ///
    /// - Returns: The number of tokens counted.
    mutating func ignoreHeaders(turn: String, answer: String, back: Int) -> Int {
        let parts = pieces(of: 0..<text.count, between: Array(turn.utf8))
        let markCount = count(turn.utf8)
        var position = parts[0].isEmpty ? tokenizer.prefixTokenIDs.count : count(text[parts[0]])
        for part in parts.dropFirst() {
            position += markCount
            let questionEnd = position + questionCount(part, upTo: Array(answer.utf8))
            ignore(from: part == parts[1] ? 0 : position - back, to: questionEnd)
            position += count(text[part])
        }
        return position
    }

    /// Ignores all but the answers of a text with `[INST]` marks; an answer ends with `closing`, which is
    /// so many tokens, the last `back` of them without loss.
    mutating func ignoreInstructions(closing: String, tokens: Int, back: Int) {
        var position = tokenizer.prefixTokenIDs.count
        ignore(from: 0, to: position)
        for part in pieces(of: 0..<text.count, between: Array(closing.utf8)) where !part.isEmpty {
            ignore(from: position - back, to: position + questionCount(part, upTo: Array("[/INST]".utf8)))
            position += count(text[part]) + tokens
        }
        ignore(from: position - back, to: labels.count)
    }

    /// Ignores the questions of a text without marks, counting the tokens before every answer.
    mutating func ignorePlainQuestions(_ turns: [ChatMessage]) {
        let end = tokenizer.endOfTextID.flatMap { tokenizer.token($0) } ?? ""
        let special = tokenizer.prefixTokenIDs.count
        var text = ""
        var position = 0
        for (index, turn) in turns.enumerated() {
            if index.isMultiple(of: 2) {
                let ids = tokenizer.encode(turn.content, addingSpecialTokens: true).ids
                text += tokenizer.decode(ids, skippingSpecialTokens: true)
                ignore(from: position, to: special + count(text.utf8))
            } else {
                text += " \(turn.content)\(end)"
                position = special + count(text.utf8)
            }
        }
    }
}
