import BeaconModel
public import Tokenization

/// What stands around documents and questions in a prompt, by family of checkpoint.
///
/// head · documents · `beforeQuestion` question `afterQuestion` · answer. The head is compressed with every
/// document and part of a cache's identity; the rest is fed when a question is asked.
public struct PromptLayout: Sendable, Hashable {
    public var name: String
    public var head: String
    public var beforeQuestion: String
    public var afterQuestion: String
    /// Texts of special tokens that end an answer.
    public var stopTokens: [String]
    /// Whether an answer ends with its line.
    public var stopsAtLineEnd: Bool

    /// The bundled model's: no chat template, an answer of one line.
    public static let plain = PromptLayout(
        name: "plain", head: "", beforeQuestion: "\nQuestion: ", afterQuestion: "\nAnswer:", stopTokens: [],
        stopsAtLineEnd: true)

    /// ChatML, as Qwen2 checkpoints use it.
    public static let qwen = PromptLayout(
        name: "qwen",
        head: "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n",
        beforeQuestion: "\n\n", afterQuestion: "<|im_end|>\n<|im_start|>assistant\n",
        stopTokens: ["<|im_end|>", "<|endoftext|>"], stopsAtLineEnd: false)

    public static let llama3 = PromptLayout(
        name: "llama-3", head: "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n",
        beforeQuestion: "\n\n",
        afterQuestion: "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
        stopTokens: ["<|eot_id|>", "<|end_of_text|>"], stopsAtLineEnd: false)

    /// Mistral and Llama 2.
    public static let instruction = PromptLayout(
        name: "mistral", head: "<s>[INST] ", beforeQuestion: "\n\n", afterQuestion: " [/INST]",
        stopTokens: ["</s>"], stopsAtLineEnd: false)

    /// The layout that a checkpoint's special tokens speak for.
    public static func detect(_ tokenizer: Tokenizer) -> PromptLayout {
        if tokenizer.tokenID("<|im_start|>") != nil { return .qwen }
        if tokenizer.tokenID("<|start_header_id|>") != nil { return .llama3 }
        if tokenizer.tokenID("[INST]") != nil { return .instruction }
        if tokenizer.tokenID("<s>") != nil, tokenizer.tokenID("</s>") != nil { return .instruction }
        return .plain
    }

    /// The head's tokens.
    public func headTokens(_ tokenizer: Tokenizer) throws -> [Int32] {
        head.isEmpty ? [] : tokenizer.encode(head, addingSpecialTokens: false).ids
    }
}
