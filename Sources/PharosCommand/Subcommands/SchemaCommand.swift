import ArgumentParser
import Pipelines

struct SchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of pipeline files.",
        discussion: "Example: pharos schema > pipeline.schema.json")

    func run() async throws {
        try StandardStream.output.write(PipelineSchema.json)
    }
}
