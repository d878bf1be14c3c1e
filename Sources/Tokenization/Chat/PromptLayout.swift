/// What stands around documents, questions and answers in a prompt, by family of checkpoint.
///
/// head · document · `beforeQuestion` question `afterQuestion` · answer · `nextTurn` question `afterQuestion` · …
///
/// The head is compressed with every document and is part of a cache's identity; the rest is fed when a question is
/// asked. Put together, the parts are the turns of the ``ChatTemplate`` of the same name.
public struct PromptLayout: Sendable, Hashable {
    /// The families, by the names that files and flags know them by.
    public enum Family: String, Sendable, Hashable, CaseIterable {
        /// Questions and answers of one line each, as the bundled model knows them.
        case plain
        /// ChatML, as Qwen2 checkpoints use it.
        case qwen
        case llama3 = "llama-3"
        case mistral
        case llama2 = "llama-2"
        /// The text and nothing else, as the published `no` template makes it.
        case bare = "no"
    }

    public var family: Family
    /// Before the document; the tokenizer's own first tokens come before it.
    public var head: String
    /// Between the document and the first question.
    public var beforeQuestion: String
    public var afterQuestion: String
    /// Between an answer and the next question.
    public var nextTurn: String
    /// Texts of special tokens that end an answer.
    public var stopTokens: [String]
    /// Whether an answer ends with its line.
    public var stopsAtLineEnd: Bool

    public init(_ family: Family) {
        self.family = family
        head = ""
        beforeQuestion = "\n\n"
        afterQuestion = ""
        nextTurn = "\n\n"
        stopTokens = ["</s>"]
        stopsAtLineEnd = false
        switch family {
        case .plain:
            beforeQuestion = "\nQuestion: "
            afterQuestion = "\nAnswer:"
            nextTurn = "\nQuestion: "
            stopTokens = ["<|endoftext|>"]
            stopsAtLineEnd = true
        case .qwen:
            head = "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n"
            afterQuestion = "<|im_end|>\n<|im_start|>assistant\n"
            nextTurn = "<|im_end|>\n<|im_start|>user\n"
            stopTokens = ["<|im_end|>", "<|endoftext|>"]
        case .llama3:
            head = "<|start_header_id|>user<|end_header_id|>\n\n"
            afterQuestion = "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"
            nextTurn = "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n"
            stopTokens = ["<|eot_id|>", "<|end_of_text|>"]
        case .mistral, .llama2:
            head = "[INST] "
            afterQuestion = " [/INST]"
            nextTurn = family == .mistral ? "</s>[INST] " : " </s><s>[INST] "
        case .bare: break
        }
    }

    /// The layout that a checkpoint's special tokens speak for.
    public static func detect(_ tokenizer: Tokenizer) -> PromptLayout {
        func knows(_ token: String) -> Bool { tokenizer.tokenID(token) != nil }
        if knows("<|im_start|>") { return PromptLayout(.qwen) }
        if knows("<|start_header_id|>") { return PromptLayout(.llama3) }
        if knows("[INST]") || knows("<s>") && knows("</s>") { return PromptLayout(.mistral) }
        return PromptLayout(.plain)
    }

    /// The head's tokens, led by those that the tokenizer puts before every text.
    ///
    /// A tokenizer that puts a space before every text puts it before the document, so that a space at the head's end
    /// is left out: head and document together have the tokens of the one text that they are.
    public func headTokens(_ tokenizer: Tokenizer) -> [Int32] {
        let isSpaced = tokenizer.putsSpaceInFront && head.hasSuffix(" ")
        let text = isSpaced ? String(head.dropLast()) : head
        return tokenizer.prefixTokenIDs + tokenizer.encode(text, addingSpecialTokens: false).ids
    }

    /// The tokens of a document after the head.
    ///
    /// Where a tokenizer puts a space before every text, the document has one if the head ends with one, or is empty.
    public func documentTokens(utf8 bytes: [UInt8], _ tokenizer: Tokenizer) -> TokenEncoding {
        tokenizer.encode(
            utf8: bytes, addingSpecialTokens: false, continuing: !head.isEmpty && !head.hasSuffix(" "))
    }

    /// The tokens of a question after a document, up to where the answer begins.
    public func questionTokens(_ question: String, _ tokenizer: Tokenizer) -> [Int32] {
        tokenizer.encode(
            beforeQuestion + question + afterQuestion, addingSpecialTokens: false, continuing: true
        ).ids
    }

    /// The tokens of a further question after an answer, up to where its answer begins.
    public func nextTurnTokens(_ question: String, _ tokenizer: Tokenizer) -> [Int32] {
        tokenizer.encode(
            nextTurn + question + afterQuestion, addingSpecialTokens: false, continuing: true
        ).ids
    }

    /// The first turn's text up to where the answer begins, as a user turn that says `content`.
    public func prompt(_ content: String) -> String { head + content + afterQuestion }

    /// The first turn's text up to where the answer begins.
    public func prompt(document: String, question: String) -> String {
        prompt(document + beforeQuestion + question)
    }
}
