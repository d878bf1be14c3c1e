public import Documents

extension SourceEntry {
    /// The entry as the reader takes it.
    ///
    /// - Parameter limits: the pipeline's limits.
    /// - Throws: ``PipelinesError`` where the profile is a file that cannot be read.
    public func sourceDefinition(limits: DocumentLimits) throws -> SourceDefinition {
        let selection = try profile.map { try ProfileFile.selection($0) } ?? .detect
        var definition = SourceDefinition(
            path: path, profile: selection, records: record.isEmpty ? nil : record,
            fields: fields, namespaces: namespaces, excluded: exclude, encoding: encoding,
            undecodable: undecodable, malformed: malformed, split: split, ids: ids, limits: limits)
        definition.empty = empty
        return definition
    }
}

extension LimitSettings {
    /// The limits as the reader takes them.
    public var documentLimits: DocumentLimits {
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
