import ArgumentParser

/// `pharos eval`: the paper's protocols.
struct EvalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Measure what a model keeps of long contexts, compressed and not.",
        discussion: """
            Every evaluation prints a table and, with --output, writes its values as JSON, its pictures as SVG and a \
            page that holds both. Equal models and settings give equal bytes.

            Example: pharos eval needle --haystack book.txt --ratio 2,4,8 --lengths 1024,4096 --against full
            """,
        subcommands: [
            EvalEncodingsCommand.self, EvalMultiNeedleCommand.self, EvalNeedleCommand.self,
            EvalPasskeyCommand.self,
            EvalPerplexityCommand.self, EvalQuestionsCommand.self, EvalTopicCommand.self,
        ])
}
