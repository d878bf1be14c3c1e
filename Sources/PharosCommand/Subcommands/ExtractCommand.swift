public import ArgumentParser
public import Documents
import Foundation
import Pipelines

struct ExtractCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extract",
        abstract: "Read documents and print them as JSON lines, without compressing them.",
        discussion: """
            One object per document: id, title, metadata, text, source, coverage; failures as \
            {"type":"failure",…}, records without text as {"type":"skipped",…}, documents that a source withdraws \
            as {"type":"deletion",…}, near duplicates, if asked for, as {"type":"near-duplicate",…} behind the \
            document; last {"type":"summary",…}: how many of each, and what became of every character. Exits with 3 \
            if some failed.

            Example: pharos extract Samples/bulletins.xml --record //bulletin --field id=@id \
            --field title=head/title --field text=summary --field text=body
            """)

    @Argument(help: "Files, folders or patterns; '-' is standard input.")
    var files: [String]

    @Option(help: "The profile, or a YAML file that holds one; 'detect' looks at each file.")
    var profile: String = "detect"

    @Option(help: "The path of a record, such as //bulletin; may be repeated.")
    var record: [String] = []

    @Option(help: "A field and its path, such as title=head/title; repeated for fallbacks, and for texts.")
    var field: [String] = []

    @Option(help: "A namespace prefix and its address, such as tei=http://www.tei-c.org/ns/1.0.")
    var namespace: [String] = []

    @Option(help: "The encoding, where the file does not say or lies.")
    var encoding: String?

    @Option(help: "What ids are: file#record, or the record's own.")
    var ids: IDPolicy.Form = .file

    @Option(help: "What a second record of an id is: an error, left out, or in place of the first.")
    var duplicates: IDPolicy.Duplicates = .error

    @Option(help: "Report documents that are like an earlier one to this share, such as 0.8.")
    var nearDuplicates: Double?

    @Flag(help: "Print the bare text.")
    var text = false

    @Flag(help: "Spell out the source map: for each line of text its line, element path and bytes.")
    var map = false

    @Flag(help: "Print JSON lines, which is the default.")
    var json = false

    func run() async throws {
        do {
            try extract()
        } catch let failure as DocumentFailure where failure.code == .definition {
            // Flags made the definition.
            throw CommandError(.usage, failure.message)
        }
    }

    private func extract() throws {
        var summary = ReadSummary()
        var finder = try nearDuplicates.map { try NearDuplicateFinder(threshold: $0) }
        for path in try SourcePaths.checked(files) {
            let reader = DocumentSourceReader(try definition(path))
            let read = try reader.forEachDocument { result in
                switch result {
                case .document(let document):
                    if text {
                        try StandardStream.output.write(document.text + "\n")
                    } else {
                        try JSONLines(StandardStream.output).write(DocumentLine(document, withMap: map))
                    }
                    if let found = finder?.add(document.text, id: document.id) {
                        try report("near-duplicate", NearDuplicateLine(id: document.id, found))
                    }
                case .deletion(let deletion):
                    if !text { try JSONLines(StandardStream.output).write("deletion", ["id": deletion.id]) }
                case .failure(let failure):
                    try report("failure", failure)
                case .skipped(let skip):
                    try report("skipped", skip)
                }
            }
            summary.add(read)
        }
        if !text { try JSONLines(StandardStream.output).write("summary", ExtractSummary(summary)) }
        if summary.failures > 0 { throw FinishedWithStatus(.someDocumentsFailed) }
    }

    /// Prints what is no document: as a line of its own, or on standard error beside bare text.
    private func report(_ type: String, _ value: some Encodable & CustomStringConvertible) throws {
        if text {
            try StandardStream.error.write("pharos: \(value)\n")
        } else {
            try JSONLines(StandardStream.output).write(type, value)
        }
    }

    private func definition(_ path: String) throws -> SourceDefinition {
        var fields: [String: FieldMapping] = [:]
        for pair in field {
            let (name, value) = try split(pair, option: "--field")
            fields[name, default: FieldMapping([])].paths.append(value)
        }
        var namespaces: [String: String] = [:]
        for pair in namespace {
            let (prefix, address) = try split(pair, option: "--namespace")
            namespaces[prefix] = address
        }
        return SourceDefinition(
            path: path, profile: profile == "detect" ? .detect : try ProfileFile.selection(profile),
            records: record.isEmpty ? nil : record, fields: fields, namespaces: namespaces,
            encoding: encoding,
            ids: IDPolicy(form: ids, duplicates: duplicates))
    }

    private func split(_ pair: String, option: String) throws -> (String, String) {
        guard let sign = pair.firstIndex(of: "="), sign > pair.startIndex else {
            throw CommandError(.usage, "\(option) is '\(pair)'", hint: "give name=value")
        }
        return (String(pair[..<sign]), String(pair[pair.index(after: sign)...]))
    }
}

extension IDPolicy.Form: ExpressibleByArgument {}
extension IDPolicy.Duplicates: ExpressibleByArgument {}
