internal import SystemPackage

/// One source of a collection: which files, and how they are read.
public struct SourceDefinition: Sendable, Hashable, Encodable {
    /// A file, a folder, a pattern (see ``PathGlob``), or `-`.
    public var path: String
    /// The bytes of the one file that ``path`` then merely names; `nil`: files are read.
    public var content: [UInt8]?
    public var profile: ProfileSelection
    /// In place of the profile's records.
    public var records: [String]?
    /// In place of, or beside, the profile's fields.
    public var fields: [String: FieldMapping]
    /// Beside the profile's namespaces.
    public var namespaces: [String: String]
    /// Elements left out, beside the profile's.
    public var excluded: [String]
    /// Which members of archives are read: a pattern of names; `nil`: all.
    public var members: String?
    /// The encoding of the files, whatever they say themselves.
    public var encoding: String?
    public var undecodable: UndecodablePolicy
    public var malformed: MalformedPolicy?
    public var split: TextSplit?
    public var ids: IDPolicy
    /// What it means that the source holds no document.
    public var empty = EmptyPolicy.error
    /// In place of the limits that the reader is given.
    public var limits: DocumentLimits?

    public init(
        path: String, content: [UInt8]? = nil, profile: ProfileSelection = .detect, records: [String]? = nil,
        fields: [String: FieldMapping] = [:], namespaces: [String: String] = [:], excluded: [String] = [],
        members: String? = nil, encoding: String? = nil, undecodable: UndecodablePolicy = .error,
        malformed: MalformedPolicy? = nil,
        split: TextSplit? = nil, ids: IDPolicy = IDPolicy(), limits: DocumentLimits? = nil
    ) {
        self.path = path
        self.content = content
        self.profile = profile
        self.records = records
        self.fields = fields
        self.namespaces = namespaces
        self.excluded = excluded
        self.members = members
        self.encoding = encoding
        self.undecodable = undecodable
        self.malformed = malformed
        self.split = split
        self.ids = ids
        self.limits = limits
    }
}

/// What becomes of bytes that are not text in their encoding.
public enum UndecodablePolicy: String, Sendable, Hashable, Codable, CaseIterable {
    /// The file is a failure.
    case error
    /// U+FFFD stands in their place, and the document carries a warning.
    case replace
    /// As `replace`, and a failure is reported beside the document.
    case deadLetter = "dead-letter"
}

/// What it means that a source holds no document at all.
public enum EmptyPolicy: String, Sendable, Hashable, Codable, CaseIterable {
    /// Something is wrong, such as a volume that is not mounted: what came from the sources stays.
    case error
    /// What came from the source is to leave the collection.
    case remove
}

extension SourceDefinition {
    /// The files of the source, in the order in which they are read; see ``PathGlob/files()``.
    public func files() throws -> [SourceFile] {
        try content == nil ? PathGlob(naming: path).files() : [SourceFile(path: FilePath(path), name: path)]
    }

    /// A profile with what this definition says in its place.
    func specialized(_ profile: Profile) -> Profile {
        var result = profile
        if let records { result.records = records }
        result.fields.merge(fields) { $1 }
        result.namespaces.merge(namespaces) { $1 }
        result.layout.excluded += excluded
        result.malformed = malformed ?? profile.malformed
        result.split = split ?? profile.split
        return result
    }
}
