/// Where a document was found.
public struct DocumentSource: Sendable, Hashable, Codable {
    /// The file as it was named or found; `-` is standard input.
    public var file: String
    /// The member of an archive, `outer.tar/inner.txt` when archives are nested. A label, never a path to open.
    public var member: String?
    /// The 1-based line on which the document starts.
    public var line: Int
    /// The element the document was made from, like `/bulletins/bulletin[3]`.
    public var path: String?
    /// The bytes of the document in the decompressed file or member.
    public var bytes: Range<Int>?
    /// The encoding that the bytes were read in, in the spelling of IANA.
    public var encoding: String
    /// The place of the record among the records of the file or member, from 1.
    public var ordinal: Int
    /// Whether the bytes were handed over, as an upload is, instead of being in a file that can be read again.
    public var isUpload = false

    private enum CodingKeys: CodingKey {
        case file, member, line, path, bytes, encoding, ordinal
    }

    public init(
        file: String, member: String? = nil, line: Int = 1, path: String? = nil, bytes: Range<Int>? = nil,
        encoding: String = "UTF-8", ordinal: Int = 1
    ) {
        self.file = file
        self.member = member
        self.line = line
        self.path = path
        self.bytes = bytes
        self.encoding = encoding
        self.ordinal = ordinal
    }
}
