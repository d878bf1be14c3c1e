import Tokenization

/// A tokenizer with one token per printable ASCII character, space and line feed: 96 tokens, as many as the tiny
/// models know.
enum CharacterTokenizer {
    static func make() throws -> Tokenizer {
        let characters = (33...126).map { Character(Unicode.Scalar(UInt8($0))) } + ["Ġ", "Ċ"]
        let entries = characters.enumerated().map { index, character in
            let key = character == "\"" || character == "\\" ? "\\\(character)" : "\(character)"
            return "\"\(key)\": \(index)"
        }
        let json = """
            {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
             "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false},
             "post_processor": null,
             "decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false},
             "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
              "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
              "vocab": {\(entries.joined(separator: ", "))}, "merges": []}}
            """
        return try Tokenizer(json: Array(json.utf8))
    }
}
