/// Takes drafts from the reader of one file or member, gives them ids and hands them on.
final class DocumentSink {
    /// Marks an error of the receiver, so that it is never taken for a fault of the file.
    struct ReceiverError: Error {
        let underlying: any Error
    }

    let file: String
    let member: String?
    /// What the ids start with.
    let name: String
    let definition: SourceDefinition
    let limits: DocumentLimits
    let summary: SummaryBox
    private let only: [String: [String]]
    private let receiver: (DocumentResult) throws -> Void
    private var seen: Set<UInt64> = []
    var encoding = "UTF-8"

    init(
        file: String, member: String?, name: String, definition: SourceDefinition, only: [String: [String]],
        limits: DocumentLimits, summary: SummaryBox, receiver: @escaping (DocumentResult) throws -> Void
    ) {
        self.file = file
        self.member = member
        self.name = name
        self.definition = definition
        self.only = only
        self.limits = limits
        self.summary = summary
        self.receiver = receiver
    }

    /// Hands a document on, or the failure that it turns out to be.
    func document(_ draft: DocumentDraft) throws {
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
            try failure(place(.init(.empty, "the document “\(id)” has no text"), draft))
            return
        }
        if draft.recordID != nil, !seen.insert(stableHash(id)).inserted {
            switch definition.ids.duplicates {
            case .error:
                try failure(place(.init(.id, "a second record has the id “\(id)”"), draft))
                return
            case .first:
                summary.value.skipped += 1
                return
            case .last: break
            }
        }
        var warnings = draft.warnings
        if draft.coverage.unresolvedEntities > 0 {
            warnings.append("\(draft.coverage.unresolvedEntities) entity references kept as written")
        }
        let source = DocumentSource(
            file: file, member: member, line: draft.line, path: draft.path, bytes: draft.bytes,
            encoding: encoding, ordinal: draft.ordinal ?? 1)
        summary.value.documents += 1
        summary.value.coverage.add(draft.coverage)
        try hand(
            .document(
                Document(
                    id: id, title: draft.title, metadata: draft.metadata, text: draft.text, source: source,
                    sourceMap: draft.sourceMap, coverage: draft.coverage, warnings: warnings)))
    }

    /// The source withdraws a record.
    func deletion(recordID: String, line: Int, path: String?, ordinal: Int) throws {
        let base = definition.ids.prefix.isEmpty ? name : definition.ids.prefix + "/" + name
        let id =
            switch definition.ids.form {
            case .file: base + "#" + recordID
            case .record: definition.ids.prefix.isEmpty ? recordID : definition.ids.prefix + "/" + recordID
            }
        seen.remove(stableHash(id))
        summary.value.deletions += 1
        let source = DocumentSource(
            file: file, member: member, line: line, path: path, encoding: encoding, ordinal: ordinal)
        try hand(.deletion(DocumentDeletion(id: id, source: source)))
    }

    /// Reports a failure; reading goes on.
    func failure(_ failure: DocumentFailure) throws {
        summary.value.failures += 1
        try hand(.failure(failure.located(file: file, member: member)))
    }

    private func place(_ failure: DocumentFailure, _ draft: DocumentDraft) -> DocumentFailure {
        var failure = failure
        failure.line = draft.line
        failure.path = draft.path
        failure.byteOffset = draft.bytes?.lowerBound
        return failure
    }

    private func hand(_ result: DocumentResult) throws {
        do { try receiver(result) } catch { throw ReceiverError(underlying: error) }
    }

    /// FNV-1a, finished well: the same in every process, so that the same input fails in the same way.
    private func stableHash(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ (hash >> 32)) &* 0xD6E8_FEB8_6659_FD93
        return hash ^ (hash >> 32)
    }
}

/// Counts that the readers of all files share.
final class SummaryBox {
    var value = ReadSummary()
}
