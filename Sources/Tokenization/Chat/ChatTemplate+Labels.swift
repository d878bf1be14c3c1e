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
        if let marks = turnMarks {
            mask.ignoreQuestions(marks)
        } else {
            mask.ignorePlainQuestions(try turns(of: messages))
        }
        return LabeledConversation(ids: ids, labels: mask.labels)
    }
}

/// What the published data code cuts a conversation at to find its answers.
private struct TurnMarks {
    /// Between an answer, or the system text, and the question after it.
    var turn: String
    /// Between a question and its answer.
    var answer: String
    /// Tokens that the end of an answer lies before the end of `turn`.
    var back: Int
}

extension ChatTemplate {
    /// The marks of this template; nil where turns have none.
    private var turnMarks: TurnMarks? {
        switch self {
        case .qwen:
            TurnMarks(turn: "<|im_start|>user\n", answer: "<|im_end|>\n<|im_start|>assistant\n", back: 4)
        case .llama3:
            TurnMarks(
                turn: "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n",
                answer: "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n", back: 4)
        case .mistral: TurnMarks(turn: "</s>", answer: " [/INST]", back: 0)
        case .llama2: TurnMarks(turn: " </s><s>", answer: " [/INST]", back: 1)
        case .plain: nil
        }
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

    /// Ignores all but the answers of a text whose turns have marks.
    ///
    /// A piece between two ends of an answer is a question, the mark, and the answer; one that has no mark, or several, is
    /// left out whole.
    mutating func ignoreQuestions(_ marks: TurnMarks) {
        let special = tokenizer.prefixTokenIDs.count
        let markCount = count(marks.turn.utf8)
        let answer = Array(marks.answer.utf8)
        var position = 0
        for (index, piece) in pieces(of: 0..<text.count, between: Array(marks.turn.utf8)).enumerated() {
            guard !piece.isEmpty, position <= labels.count else { break }
            var length = count(text[piece])
            let parts = pieces(of: piece, between: answer)
            if parts.count == 2 {
                var question = count(text[parts[0].lowerBound..<parts[1].lowerBound])
                // The tokens in front are counted with the first question alone, not with a system text.
                if index == 0 {
                    length += special
                    question += special
                }
                ignore(from: position - marks.back, to: position + question)
            } else {
                ignore(from: position - marks.back, to: position + length + markCount)
            }
            position += length + markCount
        }
        ignore(from: position - marks.back, to: labels.count)
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
