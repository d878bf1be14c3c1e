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

    private struct Tokens: Encodable {
        var ids: [Int32]
        var offsets: [[Int32]]
    }

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
        let offsets = zip(encoding.starts, encoding.ends).map { [$0, $1] }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(Tokens(ids: encoding.ids, offsets: offsets))
        try StandardStream.output.write(String(decoding: data, as: UTF8.self) + "\n")
    }
}
