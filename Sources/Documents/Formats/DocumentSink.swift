/// Takes drafts from the reader of one file or member, gives them ids and hands them on.
final class DocumentSink {
    /// Marks an error of the receiver, so that it is never taken for a fault of the file.
    struct ReceiverError: Error {
        let underlying: any Error
    }

    let file: String
    let member: String?
    /// See ``ReadCheckpoint/memberPlaces``.
    let memberPlaces: [Int]?
    /// What the ids start with.
    let name: String
    let definition: SourceDefinition
    let limits: DocumentLimits
    let summary: SummaryBox
    private let only: [String: [String]]
    private let receiver: (DocumentResult, ReadPosition) throws -> Void
    /// Whether the receiver may ask for checkpoints.
    let wantsPositions: Bool
    /// What makes the checkpoint behind the document at hand, where the reader has more to say than its number.
    var position: (() -> ReadCheckpoint?)?
    /// Documents and failures up to here are passed over.
    var resume: ReadCheckpoint?
    private let known: KnownIDs
    /// Whether the file is one of several that make up a book: it may well be empty.
    var isPart = false
    /// Whether it is told when a rule leaves out all that the file holds.
    var saysWhatIsLeftOut = true
    var encoding = "UTF-8"
    /// What every document of the file carries.
    var warnings: [String] = []
    /// What is known about every document of the file, such as the book that chapters are of.
    var extraMetadata: [String: String] = [:]

    init(
        file: String, member: String?, memberPlaces: [Int]?, name: String, definition: SourceDefinition,
        only: [String: [String]],
        limits: DocumentLimits, summary: SummaryBox, known: KnownIDs,
        wantsPositions: Bool,
        receiver: @escaping (DocumentResult, ReadPosition) throws -> Void
    ) {
        self.known = known
        self.wantsPositions = wantsPositions
        self.file = file
        self.member = member
        self.memberPlaces = memberPlaces
        self.name = name
        self.definition = definition
        self.only = only
        self.limits = limits
        self.summary = summary
        self.receiver = receiver
    }

    /// Hands a document on, or the failure that it turns out to be.
    func document(_ draft: DocumentDraft) throws {
        if let resume, (draft.ordinal ?? 1) <= resume.ordinal { return }
        for (field, values) in only where !values.contains(draft.metadata[field] ?? "") {
            summary.value.skipped += 1
            summary.value.coverage.add(draft.coverage)
            return
        }
        var path = name
        if !definition.ids.prefix.isEmpty { path = definition.ids.prefix + "/" + path }
        let id: String
        switch (definition.ids.form, draft.recordID, draft.ordinal) {
        case (.record, let record?, _):
            id = definition.ids.prefix.isEmpty ? record : definition.ids.prefix + "/" + record
        case (.record, nil, _):
            try failure(
                place(.init(.id, "the record has no id; map the field id, or take ids from the file"), draft))
            return
        case (.file, _, nil): id = path
        case (.file, let record?, _): id = path + "#" + record
        case (.file, nil, let ordinal?): id = path + "#\(ordinal)"
        }
        if draft.text.isEmpty {
            let reason = "the document “\(id)” has no text"
            guard draft.ordinal != nil || isPart else {
                try failure(place(.init(.empty, reason), draft))
                return
            }
            summary.value.coverage.add(draft.coverage)
            try skip(reason, line: draft.line, path: draft.path)
            return
        }
        let byPlace = definition.ids.form == .file && draft.recordID == nil
        if !known.insert(id, under: path, place: byPlace ? draft.ordinal : nil) {
            switch definition.ids.duplicates {
            case .error:
                try failure(place(.duplicate(id), draft))
                return
            case .first:
                summary.value.skipped += 1
                return
            case .last: break
            }
        }
        var warnings = warnings + draft.warnings
        if draft.coverage.unresolvedEntities > 0 {
            warnings.append("\(draft.coverage.unresolvedEntities) entity references kept as written")
        }
        let metadata = draft.metadata.merging(extraMetadata) { own, _ in own }
        var source = DocumentSource(
            file: file, member: member, line: draft.line, path: draft.path, bytes: draft.bytes,
            encoding: encoding, ordinal: draft.ordinal ?? 1)
        source.isUpload = definition.content != nil
        summary.value.documents += 1
        summary.value.coverage.add(draft.coverage)
        let end = draft.bytes?.upperBound ?? 0
        let (name, member, memberPlaces, encoding) = (name, member, memberPlaces, encoding)
        let plain = { [source] in
            let map = draft.sourceMap
            let last = draft.ordinal == nil ? 0 : map.position(ofByte: map.textCount).line
            return ReadCheckpoint(
                file: name, member: member, memberPlaces: memberPlaces, ordinal: source.ordinal,
                line: max(source.line, last), byteOffset: end, encoding: encoding)
        }
        try hand(
            .document(
                Document(
                    id: id, title: draft.title, metadata: metadata, text: draft.text, source: source,
                    sourceMap: draft.sourceMap, coverage: draft.coverage, warnings: warnings)),
            position ?? plain)
    }

    /// The source withdraws a record.
    func deletion(recordID: String, line: Int, path: String?, ordinal: Int) throws {
        // It stands behind the document of this number.
        if let resume, ordinal < resume.ordinal { return }
        let base = definition.ids.prefix.isEmpty ? name : definition.ids.prefix + "/" + name
        let id =
            switch definition.ids.form {
            case .file: base + "#" + recordID
            case .record: definition.ids.prefix.isEmpty ? recordID : definition.ids.prefix + "/" + recordID
            }
        known.remove(id)
        summary.value.deletions += 1
        let source = DocumentSource(
            file: file, member: member, line: line, path: path, encoding: encoding, ordinal: ordinal)
        try hand(.deletion(DocumentDeletion(id: id, source: source)))
    }

    /// Tells of something without text.
    func skip(_ reason: String, line: Int? = nil, path: String? = nil) throws {
        if let resume, let line, line <= resume.line { return }
        summary.value.empty += 1
        try hand(.skipped(DocumentSkip(reason, file: file, member: member, line: line, path: path)))
    }

    /// Reports a failure; reading goes on.
    func failure(_ failure: DocumentFailure) throws {
        if let resume, let line = failure.line {
            if let offset = failure.byteOffset, resume.byteOffset > 0 {
                if offset < resume.byteOffset { return }
            } else if line <= resume.line {
                return
            }
        }
        summary.value.failures += 1
        try hand(.failure(failure.located(file: file, member: member)))
    }

    /// Reads a file, and then reports what was replaced in it, as the policy `dead-letter` wants.
    func tellingReplaced(_ input: DecodedInput, isTrial: Bool = false, _ body: () throws -> Void) throws {
        func tell() throws {
            guard definition.undecodable == .deadLetter, input.replaced > 0 else { return }
            try failure(.replaced(input.replaced, in: encoding, first: input.firstReplaced))
        }
        do { try body() } catch let failure as DocumentFailure {
            if !isTrial { try tell() }
            throw failure
        }
        try tell()
    }

    private func place(_ failure: DocumentFailure, _ draft: DocumentDraft) -> DocumentFailure {
        var failure = failure
        failure.line = draft.line
        failure.path = draft.path
        failure.byteOffset = draft.bytes?.lowerBound
        return failure
    }

    private func hand(_ result: DocumentResult, _ position: @escaping () -> ReadCheckpoint? = { nil }) throws
    {
        do { try receiver(result, ReadPosition(make: position)) } catch {
            throw ReceiverError(underlying: error)
        }
    }
}

/// Counts that the readers of all files share.
final class SummaryBox {
    var value = ReadSummary()
}
