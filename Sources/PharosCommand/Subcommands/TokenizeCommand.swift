import ArgumentParser
import Foundation
import SystemPackage
import Tokenization

struct TokenizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Turn the text on standard input into token ids with byte offsets, or back.",
        discussion: """
            Prints {"ids":[…],"offsets":[[start,end],…]}, offsets in bytes of the input.

            Example: printf 'Low tide at noon.' | pharos tokenize
            Example: echo '[41, 7]' | pharos tokenize --decode
            """)

    @OptionGroup var model: ModelOptions

    @Flag(help: "Read a JSON array of ids and print their text.")
    var decode = false

    @Flag(help: "Add the special tokens of the tokenizer's template; with --decode, keep special tokens.")
    var special = false

    @Flag(help: "Accepted for likeness with other commands; the output is JSON always.")
    var json = false

    func run() async throws {
        let tokenizer = try Tokenizer(contentsOf: try model.directory().appending("tokenizer.json"))
        let input = try StandardInput.readAll()
        if decode {
            let ids: [Int32]
            do {
                ids = try JSONDecoder().decode([Int32].self, from: input)
            } catch {
                throw CommandError(.badInput, "standard input is not a JSON array of token ids")
            }
            if let unknown = ids.first(where: { tokenizer.token($0) == nil }) {
                throw CommandError(
                    .badInput, "the tokenizer has no token \(unknown)",
                    hint: "ids go from 0 to \(tokenizer.vocabularySize - 1)")
            }
            try StandardStream.output.write(tokenizer.decode(ids, skippingSpecialTokens: !special))
            return
        }
        let encoding = tokenizer.encode(utf8: Array(input), addingSpecialTokens: special)
        try write("{\"ids\":[", encoding.ids.indices) { "\(encoding.ids[$0])" }
        try write("],\"offsets\":[", encoding.ids.indices) { "[\(encoding.starts[$0]),\(encoding.ends[$0])]" }
        try StandardStream.output.write("]}\n")
    }

    /// Writes a list in pieces: a book has millions of tokens.
    private func write(_ opening: String, _ indices: Range<Int>, _ item: (Int) -> String) throws {
        var text = opening
        for index in indices {
            if index > 0 { text += "," }
            text += item(index)
            if text.utf8.count > 1 << 16 {
                try StandardStream.output.write(text)
                text.removeAll(keepingCapacity: true)
            }
        }
        try StandardStream.output.write(text)
    }
}
