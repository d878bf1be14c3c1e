public import Tokenization

/// What stands around the turns of a conversation, by family of checkpoint.
///
/// opening · document · `beforeQuestion` question · `afterQuestion` · answer · `nextTurn` question · …
public struct ConversationLayout: Sendable, Hashable {
    public var name: String
    public var opening: String
    /// Between the document and the first question.
    public var beforeQuestion: String
    public var afterQuestion: String
    /// Between an answer and the next question.
    public var nextTurn: String
    /// Special tokens that end an answer.
    public var stopTokens: [String]
    /// Whether an answer ends with its line.
    public var stopsAtLineEnd: Bool

    /// No chat template; questions and answers of one line each, as the bundled model knows them.
    public static let plain = ConversationLayout(
        name: "plain", opening: "", beforeQuestion: "\nQuestion: ", afterQuestion: "\nAnswer:",
        nextTurn: "\nQuestion: ", stopTokens: ["<|endoftext|>"], stopsAtLineEnd: true)

    /// The conversation's text and nothing else; what the published `no` template makes of it.
    public static let bare = ConversationLayout(
        name: "no", opening: "", beforeQuestion: "\n\n", afterQuestion: "", nextTurn: "\n\n",
        stopTokens: ["</s>"],
        stopsAtLineEnd: false)

    /// ChatML, as Qwen2 checkpoints use it.
    public static let qwen = ConversationLayout(
        name: "qwen",
        opening: "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n",
        beforeQuestion: "\n\n", afterQuestion: "<|im_end|>\n<|im_start|>assistant\n",
        nextTurn: "<|im_end|>\n<|im_start|>user\n", stopTokens: ["<|im_end|>", "<|endoftext|>"],
        stopsAtLineEnd: false)

    public static let llama3 = ConversationLayout(
        name: "llama-3", opening: "<|start_header_id|>user<|end_header_id|>\n\n", beforeQuestion: "\n\n",
        afterQuestion: "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
        nextTurn: "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n",
        stopTokens: ["<|eot_id|>", "<|end_of_text|>"], stopsAtLineEnd: false)

    public static let mistral = ConversationLayout(
        name: "mistral", opening: "[INST] ", beforeQuestion: "\n\n", afterQuestion: " [/INST]",
        nextTurn: "</s>[INST] ", stopTokens: ["</s>"], stopsAtLineEnd: false)

    public static let llama2 = ConversationLayout(
        name: "llama-2", opening: "[INST] ", beforeQuestion: "\n\n", afterQuestion: " [/INST]",
        nextTurn: " </s><s>[INST] ", stopTokens: ["</s>"], stopsAtLineEnd: false)

    public static let all: [ConversationLayout] = [plain, qwen, llama3, mistral, llama2, bare]

    /// The layout that a checkpoint's special tokens speak for.
    public static func detect(_ tokenizer: Tokenizer) -> ConversationLayout {
        if tokenizer.tokenID("<|im_start|>") != nil { return .qwen }
        if tokenizer.tokenID("<|start_header_id|>") != nil { return .llama3 }
        if tokenizer.tokenID("[INST]") != nil { return .mistral }
        if tokenizer.tokenID("<s>") != nil, tokenizer.tokenID("</s>") != nil { return .mistral }
        return .plain
    }

    /// The first turn's text up to where the answer begins, as a user turn that says `content`.
    public func prompt(_ content: String) -> String { opening + content + afterQuestion }

    /// The first turn's text up to where the answer begins.
    public func prompt(document: String, question: String) -> String {
        prompt(document + beforeQuestion + question)
    }
}
