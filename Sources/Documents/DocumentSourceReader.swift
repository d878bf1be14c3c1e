/// Reads all documents of a source, one at a time.
///
/// Files come in the order of the bytes of their names, records in the order of the file, so equal sources give equal
/// sequences. Bad input is handed over as a ``DocumentFailure`` and reading goes on: with the next record when only one
/// was bad, else with the next file or member.
public struct DocumentSourceReader: Sendable {
    public let definition: SourceDefinition
    public let limits: DocumentLimits

    /// A reader for a source; its own limits, if it has some, come before `limits`.
    public init(_ definition: SourceDefinition, limits: DocumentLimits = DocumentLimits()) {
        self.definition = definition
        self.limits = definition.limits ?? limits
    }

    /// Hands over each document, deletion and failure, and returns what came of it all.
    ///
    /// Whatever `body` throws ends the reading and is thrown on. A definition that makes no sense throws a
    /// ``DocumentFailure``.
    @discardableResult
    public func forEachDocument(_ body: (DocumentResult) throws -> Void) throws -> ReadSummary {
        try forEachDocument(in: definition.files(), body)
    }

    /// As ``forEachDocument(_:)``, for some files of the source only.
    @discardableResult
    public func forEachDocument(
        in files: [SourceFile], _ body: (DocumentResult) throws -> Void
    ) throws -> ReadSummary {
        try read(files, after: nil, wantsPositions: false) { result, _ in try body(result) }
    }

    /// As ``forEachDocument(in:_:)``, going on behind a document of an earlier reading, and with positions to go on
    /// from later.
    ///
    /// Files before the checkpoint's are not opened. What an id had been given to before is not remembered. The
    /// summary counts what was read now.
    @discardableResult
    public func forEachDocument(
        in files: [SourceFile], after checkpoint: ReadCheckpoint?,
        _ body: (DocumentResult, ReadPosition) throws -> Void
    ) throws -> ReadSummary {
        try read(files, after: checkpoint, wantsPositions: true, body)
    }

    private func read(
        _ files: [SourceFile], after checkpoint: ReadCheckpoint?, wantsPositions: Bool,
        _ body: (DocumentResult, ReadPosition) throws -> Void
    ) throws -> ReadSummary {
        let chosen = try chosenProfile()
        let summary = SummaryBox()
        var rest = files[...]
        if let checkpoint {
            rest = files.drop { $0.name != checkpoint.fileName }
            guard !rest.isEmpty else {
                throw DocumentFailure(
                    .notFound,
                    "the file “\(checkpoint.fileName)”, where reading is to go on, is not in the source")
            }
        }
        do {
            try withoutActuallyEscaping(body) { body in
                for file in rest {
                    try FileVisit(
                        file, definition, limits, chosen: chosen, summary: summary,
                        wantsPositions: wantsPositions,
                        resume: file.name == checkpoint?.fileName ? checkpoint : nil, receiver: body
                    ).read()
                }
            }
        } catch let error as DocumentSink.ReceiverError {
            throw error.underlying
        }
        return summary.value
    }

    /// The profile that the definition names, checked; `nil` when each file is to be looked at.
    private func chosenProfile() throws -> Profile? {
        let profile: Profile
        switch definition.profile {
        case .detect:
            // A record mapping speaks of XML.
            guard definition.records != nil else { return nil }
            profile = .genericXML
        case .named(let name): profile = try .named(name)
        case .custom(let custom): profile = custom
        }
        let result = definition.specialized(profile)
        try result.check()
        return result
    }
}
