/// Writes a byte-level vocabulary as a `tokenizer.json` that this module and the Hugging Face library read alike.
struct TokenizerWriter {
    /// All tokens in the order of their ids, the special ones first.
    let tokens: [[UInt8]]
    /// The pairs whose merges made the tokens after the bytes.
    let merges: [(left: Int32, right: Int32)]
    let specialCount: Int
    let composesText: Bool

    /// The bytes of the file.
    func json() -> [UInt8] {
        var text: [UInt8] = []
        func write(_ part: String) { text.append(contentsOf: part.utf8) }
        write(
            "{\n  \"version\": \"1.0\",\n  \"truncation\": null,\n  \"padding\": null,\n  \"added_tokens\": ["
        )
        for id in 0..<specialCount {
            write("\(id == 0 ? "" : ",")\n    {\"id\": \(id), \"content\": ")
            text.append(quoting: tokens[id])
            write(", \"single_word\": false, \"lstrip\": false, \"rstrip\": false, ")
            write("\"normalized\": false, \"special\": true}")
        }
        write(specialCount == 0 ? "]" : "\n  ]")
        write(",\n  \"normalizer\": \(composesText ? "{\"type\": \"NFC\"}" : "null")")
        write(Self.pipeline)
        for (id, token) in tokens.enumerated() {
            write(id == 0 ? "\n      " : ",\n      ")
            text.append(quoting: token)
            write(": \(id)")
        }
        write("\n    },\n    \"merges\": [")
        for (rank, pair) in merges.enumerated() {
            write(rank == 0 ? "\n      [" : ",\n      [")
            text.append(quoting: tokens[Int(pair.left)])
            write(", ")
            text.append(quoting: tokens[Int(pair.right)])
            write("]")
        }
        write(merges.isEmpty ? "]" : "\n    ]")
        write("\n  }\n}\n")
        return text
    }

    /// From the pre-tokenizer to the beginning of the vocabulary.
    private static let pipeline = #"""
        ,
          "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
              {
                "type": "Split",
                "pattern": {
                  "Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
                },
                "behavior": "Isolated",
                "invert": false
              },
              {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false}
            ]
          },
          "post_processor": {
            "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false
          },
          "decoder": {
            "type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true
          },
          "model": {
            "type": "BPE",
            "dropout": null,
            "unk_token": null,
            "continuing_subword_prefix": null,
            "end_of_word_suffix": null,
            "fuse_unk": false,
            "byte_fallback": false,
            "ignore_merges": false,
            "vocab": {
        """#
}

extension [UInt8] {
    /// Appends text as a JSON string.
    fileprivate mutating func append(quoting token: [UInt8]) {
        append(UInt8(ascii: "\""))
        for byte in token {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(byte)
            case 0..<0x20:
                append(contentsOf: "\\u00".utf8)
                append(contentsOf: [byte >> 4, byte & 15].map { Array("0123456789abcdef".utf8)[Int($0)] })
            default: append(byte)
            }
        }
        append(UInt8(ascii: "\""))
    }
}
