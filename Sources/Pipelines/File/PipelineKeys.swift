import Documents
import SystemPackage
import Tokenization

/// Every key of a pipeline file, mapping by mapping.
///
/// The parser, the table in the documentation and the JSON Schema all come from here, so a key added to one of
/// the tables below is known to all three.
enum PipelineKeys {
    /// The top of the file.
    static let pipeline: KeyTable<PipelineDefinition> = {
        let standard = PipelineDefinition(name: "", store: "", sources: [])
        return KeyTable(
            title: "the pipeline", standard: standard,
            keys: [
                PipelineKey(
                    "name", .name, \.name, in: standard, isRequired: true,
                    "The pipeline's name, and that of its collection in the store."),
                PipelineKey(
                    "store", .path, \.store, in: standard, isRequired: true,
                    "The directory of caches, texts and the catalog, relative to this file."),
                PipelineKey(
                    "model", .model, \.model, in: standard,
                    "The model that reads the documents: the bundled one or a checkpoint directory."),
                PipelineKey(
                    "weights", .choice, \.weights, in: standard,
                    "The number format that the model's matrices are multiplied in."),
                PipelineKey(
                    optional: "template", .choice, \.template,
                    "What stands around documents and questions; the tokenizer's special tokens tell unless given."
                ),
                PipelineKey(
                    "sources", .list(of: source.kind, count: 1...1000), \.sources, in: standard,
                    isRequired: true, "Where the documents come from."),
                PipelineKey(
                    "compression", compression.kind, \.compression, in: standard,
                    "How documents become context caches."),
                PipelineKey(
                    "context", context.kind, \.context, in: standard,
                    "What of the store goes into the prompt of a question."),
                PipelineKey(
                    optional: "questions", .path, \.questions,
                    "A file of questions, one JSON object per line, answered at the end of a run."),
                PipelineKey(
                    optional: "answers", .path, \.answers,
                    "The file that receives the answers, one JSON object per line."),
                PipelineKey(
                    optional: "schedule", schedule.kind, \.schedule,
                    "When the pipeline runs under `pharos schedule`."),
                PipelineKey(
                    "limits", limits.kind, \.limits, in: standard,
                    "What a single document may cost before it is refused."),
                PipelineKey(
                    "retention", retention.kind, \.retention, in: standard,
                    "What the store may cost before older caches give way."),
                PipelineKey(
                    "encryption", encryption.kind, \.encryption, in: standard,
                    "How the store is kept from those who may read its disk."),
            ])
    }()

    /// An entry under `sources`.
    static let source: KeyTable<SourceEntry> = {
        let standard = SourceEntry(path: "")
        let texts = ValueKind<[String]>.oneOrMore(of: .text, atMost: 100)
        return KeyTable(
            title: "a source", standard: standard,
            keys: [
                PipelineKey(
                    "path", .glob, \.path, in: standard, isRequired: true,
                    "The files: a path or a glob, relative to this file."),
                PipelineKey(
                    optional: "profile", .profile, \.profile,
                    "The format profile, or a YAML file with one; found out from each file when left out."),
                PipelineKey(
                    "record", texts, \.record, in: standard,
                    "The XML elements that are one document each, such as //bulletin."),
                PipelineKey(
                    "fields", .dictionary(of: .field, atMost: 200), \.fields, in: standard,
                    "From which path of a record each field is taken; of several, the first that gives a value, "
                        + "and all of them for text."),
                PipelineKey(
                    "namespaces", .dictionary(of: .text, atMost: 100), \.namespaces, in: standard,
                    "XML namespaces by the prefix that record and fields use."),
                PipelineKey("exclude", texts, \.exclude, in: standard, "XML elements to leave out."),
                PipelineKey(
                    optional: "encoding", .name, \.encoding,
                    "The character encoding of the files, whatever they say themselves."),
                PipelineKey(
                    "undecodable", .choice, \.undecodable, in: standard,
                    "What becomes of bytes that are not text in their encoding."),
                PipelineKey(
                    optional: "malformed", .choice, \.malformed,
                    "What becomes of a file that breaks the rules of its format."),
                PipelineKey(
                    optional: "split", .choice, \.split, "Where plain text is divided into documents."),
                PipelineKey(
                    "id", .choice(among: [.file, .record]), \.ids.form, in: standard,
                    "What a document's id is made from: the file's path, or the record's own id alone."),
                PipelineKey(
                    "id-prefix", .prefix, \.ids.prefix, in: standard,
                    "Put before every id of the source, with a slash."),
                PipelineKey(
                    "duplicates", .choice(among: [.error, .first, .last]), \.ids.duplicates, in: standard,
                    "What happens to a second record with an id: it fails, is left out, or takes the place of the first."
                ),
                PipelineKey(
                    "empty", .choice, \.empty, in: standard,
                    "What it means that the source holds no document: an error that keeps what came from it, "
                        + "or that this is to be removed."),
            ])
    }()

    /// A field as a mapping; most are just a path or a list of paths.
    static let field: KeyTable<FieldMapping> = {
        let standard = FieldMapping([])
        return KeyTable(
            title: "a field", standard: standard,
            keys: [
                PipelineKey(
                    "paths", .oneOrMore(of: .text, atMost: 100), \.paths, in: standard, isRequired: true,
                    "Where the value is found, from the record on."),
                PipelineKey(
                    optional: "choose", .choice(among: [.first, .last, .all]), \.choose,
                    "Which of several matches of one path count."),
                PipelineKey(
                    "transform", .choice(among: [.none, .html, .wikitext]), \.transform, in: standard,
                    "What is done to the value."),
            ])
    }()

    /// The mapping under `compression`.
    static let compression: KeyTable<CompressionEntry> = {
        let standard = CompressionEntry()
        return KeyTable(
            title: "compression", standard: standard,
            keys: [
                PipelineKey(
                    "ratio", .ratio, \.ratio, in: standard,
                    "How many raw tokens one beacon stands for; a list goes window by window, adaptive by the model."
                ),
                PipelineKey(
                    optional: "fine", .integer(CompressionRatio.allowed), \.fine,
                    "The lower ratio of a second copy, from which intervals that a search hits are answered."),
                PipelineKey(
                    "segment", .segment, \.segment, in: standard,
                    "After how much of a document a fresh memory starts."),
                PipelineKey(
                    optional: "window", .integer(16...65_536), \.window,
                    "Raw tokens in a window; the model's own when left out."),
                PipelineKey(
                    "values", .choice, \.values, in: standard,
                    "The number format of the stored keys and values."),
                PipelineKey(
                    "zstd", .integer(1...19), \.zstdLevel, in: standard,
                    "The zstd level of the stored caches."),
            ])
    }()

    /// The mapping under `context`.
    static let context: KeyTable<ContextSettings> = {
        let standard = ContextSettings()
        return KeyTable(
            title: "context", standard: standard,
            keys: [
                PipelineKey(
                    "choose", .choice, \.choose, in: standard, "The pieces that the search chooses among."),
                PipelineKey(
                    "beacons", .integer(1...16_777_216), \.beacons, in: standard,
                    "The most beacons in one prompt."),
                PipelineKey(optional: "top", .integer(1...100_000), \.top, "The most pieces in one prompt."),
            ])
    }()

    /// The mapping under `schedule`.
    static let schedule: KeyTable<ScheduleSettings> = {
        let standard = ScheduleSettings(cron: .daily)
        return KeyTable(
            title: "schedule", standard: standard,
            keys: [
                PipelineKey(
                    "cron", .cron, \.cron, in: standard, isRequired: true,
                    "The times of the starts: minute, hour, day of month, month, day of week."),
                PipelineKey("zone", .zone, \.zone, in: standard, "The time zone in which cron is read."),
                PipelineKey(
                    "missed", .choice, \.missed, in: standard,
                    "What happens to starts that passed while the scheduler was not running."),
                PipelineKey(
                    "overlap", .choice, \.overlap, in: standard,
                    "What happens to a start while the previous run is going."),
                PipelineKey(
                    "jitter", .duration(.zero ... .seconds(86_400)), \.jitter, in: standard,
                    "The longest random delay of a start."),
                PipelineKey(
                    optional: "timeout", .duration(.seconds(1) ... .seconds(3_650 * 86_400)), \.timeout,
                    "After how long a run is stopped."),
                PipelineKey(
                    "retries", .integer(0...100), \.retries, in: standard,
                    "How often a failed run is tried again."),
                PipelineKey(
                    "retry-delay", .duration(.seconds(1) ... .seconds(86_400)), \.retryDelay, in: standard,
                    "The wait before the first retry; it doubles with each further one."),
            ])
    }()

    /// The mapping under `limits`.
    static let limits: KeyTable<LimitSettings> = {
        let standard = LimitSettings()
        let size = ValueKind<ByteSize>.size(atLeast: ByteSize(bytes: 1))
        return KeyTable(
            title: "limits", standard: standard,
            keys: [
                PipelineKey(
                    "document-bytes",
                    .size(atLeast: ByteSize(bytes: 1), atMost: LimitSettings.maximumDocumentBytes),
                    \.documentBytes, in: standard,
                    "The most bytes of one document's text."),
                PipelineKey(
                    "document-time", .duration(.seconds(1) ... .seconds(86_400)), \.documentTime,
                    in: standard, "The longest work on reading one document."),
                PipelineKey(
                    "depth", .integer(1...LimitSettings.maximumDepth), \.depth, in: standard,
                    "The most XML elements, or JSON values, open at a time."),
                PipelineKey(
                    "entity-expansion", .integer(1...1_000_000), \.entityExpansion, in: standard,
                    "How many times larger an XML document may grow through entities."),
                PipelineKey(
                    "members", .integer(1...1_000_000_000), \.members, in: standard,
                    "The most members of one archive."),
                PipelineKey(
                    "member-bytes", size, \.memberBytes, in: standard,
                    "The most decompressed bytes of one member, or of one compressed file."),
                PipelineKey(
                    "file-bytes", size, \.fileBytes, in: standard,
                    "The most decompressed bytes of one file with all its members."),
                PipelineKey(
                    "decompression-ratio", .integer(1...1_000_000), \.decompressionRatio, in: standard,
                    "The most decompressed bytes for each compressed byte."),
                PipelineKey(
                    "nesting", .integer(0...16), \.nesting, in: standard,
                    "The most containers inside containers; a.tar.gz is two."),
            ])
    }()

    /// The mapping under `retention`.
    static let retention: KeyTable<RetentionSettings> = {
        let standard = RetentionSettings()
        return KeyTable(
            title: "retention", standard: standard,
            keys: [
                PipelineKey(
                    optional: "store-bytes", .size(atLeast: ByteSize(bytes: 1)), \.storeBytes,
                    "The most bytes that the store's caches may take; those that no document uses give way first."
                ),
                PipelineKey(
                    optional: "free-space", .size(atLeast: ByteSize(bytes: 0)), \.freeSpace,
                    "The bytes that stay free on the store's file system; a run stops before it uses them."),
                PipelineKey(
                    optional: "keep", .duration(.zero ... .seconds(3_650 * 86_400)), \.keep,
                    "How long caches that no document uses any more are kept."),
            ])
    }()

    /// The mapping under `encryption`.
    static let encryption: KeyTable<EncryptionSettings> = {
        let standard = EncryptionSettings()
        return KeyTable(
            title: "encryption", standard: standard,
            keys: [
                PipelineKey(
                    optional: "key-file", .path, \.keyFile,
                    "The file with the store's key, which `pharos key` makes; only its owner may read it.")
            ])
    }()
}
