import SystemPackage

/// Reads all documents of a source, one at a time.
///
/// Files come in the order of the bytes of their names, records in the order of the file, so equal sources give equal
/// sequences. Bad input is handed over as a ``DocumentFailure`` and reading goes on: with the next record when only one
/// was bad, else with the next file.
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
        try forEachDocument(in: PathGlob(definition.path).files(), body)
    }

    /// As ``forEachDocument(_:)``, for some files of the source only.
    @discardableResult
    public func forEachDocument(
        in files: [SourceFile], _ body: (DocumentResult) throws -> Void
    ) throws -> ReadSummary {
        let chosen = try chosenProfile()
        let summary = SummaryBox()
        do {
            try withoutActuallyEscaping(body) { body in
                for file in files { try read(file, chosen, summary, body) }
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
        _ = try result.reader()
        return result
    }

    private func read(
        _ file: SourceFile, _ chosen: Profile?, _ summary: SummaryBox,
        _ body: @escaping (DocumentResult) throws -> Void
    ) throws {
        summary.value.files += 1
        var sink: DocumentSink?
        do {
            let source = try Container.unwrap(FileByteSource(file.path), limits: limits)
            let profile =
                try chosen
                ?? definition.specialized(.named(Detector.detect(source, name: file.name).profile))
            let opened = DocumentSink(
                file: file.path.string, member: nil, name: file.name, definition: definition,
                only: profile.only, limits: limits, summary: summary, receiver: body)
            sink = opened
            try profile.reader().read(source, into: opened)
            summary.value.members += 1
        } catch let failure as DocumentFailure {
            let failing =
                sink
                ?? DocumentSink(
                    file: file.path.string, member: nil, name: file.name, definition: definition, only: [:],
                    limits: limits, summary: summary, receiver: body)
            try failing.failure(failure)
        }
    }
}
