internal import Foundation
public import SystemPackage

/// Turns text into the tokens of a model and back, as the `tokenizer.json` of a checkpoint says.
///
/// It reads byte-pair models of the Qwen2, Llama 3, Llama 2 and Mistral kinds and gives the same ids as the
/// Hugging Face `tokenizers` library. A file that needs something else is refused with a message that names it.
///
/// A tokenizer is an immutable value: one serves any number of threads.
public struct Tokenizer: Sendable {
    let pipeline: TokenizerPipeline

    /// Reads a `tokenizer.json`.
    ///
    /// - Throws: ``TokenizationError`` if the file cannot be read, is no JSON, or describes no usable tokenizer.
    public init(contentsOf path: FilePath) throws {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path.string))
        } catch {
            throw TokenizationError(
                .unreadableFile, "The tokenizer cannot be read: \(error.localizedDescription)",
                context: ["path": path.string])
        }
        do {
            try self.init(json: [UInt8](data))
        } catch var error as TokenizationError {
            error.context["path"] = path.string
            throw error
        }
    }

    /// Reads the bytes of a `tokenizer.json`.
    ///
    /// - Throws: ``TokenizationError`` if the bytes are no JSON or describe no usable tokenizer.
    public init(json: [UInt8]) throws {
        guard json.count < 1 << 30 else {
            throw TokenizationError(
                .invalidTokenizer, "The tokenizer has \(json.count) bytes; less than 1 GiB is expected.")
        }
        pipeline = try TokenizerPipeline(JSONNode(value: try JSONReader.read(json), path: ""))
    }

    /// How many tokens there are, added ones included.
    public var vocabularySize: Int {
        let model = pipeline.model.vocabulary
        return model.count + pipeline.added.allIDs.count { model.token($0) == nil }
    }

    /// One more than the largest id, which is the number of tokens where no ids are left out.
    public var idBound: Int {
        max(pipeline.model.vocabulary.idBound, Int(pipeline.added.allIDs.max() ?? -1) + 1)
    }

    /// The id of a token spelt as in the file, or nil.
    public func tokenID(_ token: String) -> Int32? {
        let bytes = Array(token.utf8)
        return pipeline.added.id(of: bytes) ?? pipeline.model.vocabulary.id(of: bytes)
    }

    /// The token with an id, spelt as in the file, or nil.
    public func token(_ id: Int32) -> String? {
        pipeline.token(id).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The ids of the special tokens, ascending.
    public var specialTokenIDs: [Int32] {
        pipeline.added.allIDs.filter { pipeline.added.byID[$0]?.isSpecial == true }
    }

    /// The ids that encoding puts before every text when it adds special tokens.
    public var prefixTokenIDs: [Int32] { pipeline.postProcessor.prefix }

    /// Whether a space is put before the first word of a text, as the Llama 2 and Mistral kinds do.
    public var putsSpaceInFront: Bool { pipeline.putsSpaceInFront }

    /// The token that begins a text: the first that the file's template adds, else the special token of a usual name.
    public var beginningOfTextID: Int32? {
        prefixTokenIDs.first ?? special(named: ["<s>", "<|begin_of_text|>", "<|startoftext|>"])
    }

    /// The token that ends a text, if the file has a special token of a usual name.
    public var endOfTextID: Int32? { special(named: ["</s>", "<|end_of_text|>", "<|endoftext|>"]) }

    private func special(named names: [String]) -> Int32? {
        for name in names {
            if let id = pipeline.added.id(of: Array(name.utf8)), pipeline.added.byID[id]?.isSpecial == true {
                return id
            }
        }
        return nil
    }
}
