import ArgumentParser
import CacheStorage
import SystemPackage

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say whether a document's cache is fresh, stale, missing, refused or broken, and why.",
        discussion: """
            The cache is held against the model at hand, with the choices that were made for it; with --pipeline, \
            against what that pipeline would make of the document as it is in the sources now. Exits with 0 if the \
            cache is fresh, 1 if there is none, 3 if the document was refused, 12 if it is stale, 13 if it is broken.

            Example: pharos explain manuals/crane-operations.md --store Samples/store
            """)

    @Argument(help: "The document's id.")
    var document: String

    @OptionGroup var store: StoreOptions

    @Option(help: "The collection. (default: the pipeline's, or the only one)")
    var collection: String?

    @Option(help: "Explain against this pipeline file; it names the store unless --store does.")
    var pipeline: String?

    @Flag(help: "Read every byte of the document's caches and check it against its digest.")
    var readData = false

    @OptionGroup var model: ModelOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let explanation: DocumentExplanation
        if let pipeline {
            let action = try RunAction(
                FilePath(pipeline), model: model, encryption: store.encryption, json: json, command: "explain"
            )
            let store =
                try self.store.store == nil
                ? CacheStore(action.request.store, key: action.request.key)
                : self.store.open()
            explanation = try DocumentExplanation(
                of: document, in: collection ?? action.request.collection, store: store, action: action,
                readData: readData)
        } else {
            let store = try self.store.open()
            explanation = try DocumentExplanation(
                of: document, in: try StoreOptions.collection(collection, in: store), store: store,
                model: model, readData: readData)
        }
        if json {
            try JSONLines(StandardStream.output).write("explanation", explanation)
        } else {
            try StandardStream.output.write(explanation.text)
        }
        if explanation.status != .done { throw FinishedWithStatus(explanation.status) }
    }
}
