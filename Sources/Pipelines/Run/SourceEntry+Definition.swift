import Documents

extension SourceEntry {
    /// The entry as the reader takes it.
    ///
    /// - Parameter limits: the pipeline's limits.
    func sourceDefinition(limits: DocumentLimits) -> SourceDefinition {
        let selection: ProfileSelection = profile.map { .named($0) } ?? .detect
        return SourceDefinition(
            path: path, profile: selection, records: record.isEmpty ? nil : record,
            fields: fields.mapValues { FieldMapping($0) }, namespaces: namespaces, encoding: encoding,
            ids: IDPolicy(form: id == .field ? .record : .file), limits: limits)
    }
}

extension LimitSettings {
    /// The limits as the reader takes them.
    var documentLimits: DocumentLimits {
        var limits = DocumentLimits()
        limits.documentBytes = documentBytes.bytes
        limits.depth = depth
        limits.entityExpansion = entityExpansion
        limits.members = members
        limits.memberBytes = memberBytes.bytes
        limits.totalBytes = fileBytes.bytes
        limits.compressionRatio = decompressionRatio
        limits.nesting = nesting
        limits.seconds = Double(documentTime.components.seconds)
        return limits
    }
}
