/// What a hostile file may cost. Every limit ends in a ``DocumentFailure`` that names it.
public struct DocumentLimits: Sendable, Hashable, Codable {
    /// Bytes of the text of one document, before and after normalisation.
    public var documentBytes = 64 << 20
    /// Elements open at a time.
    public var depth = 256
    /// Attributes of one element.
    public var attributes = 1024
    /// Bytes of one attribute value.
    public var attributeBytes = 8 << 20
    /// Bytes of character data between two tags.
    public var textNodeBytes = 64 << 20
    /// Bytes of one element or attribute name.
    public var nameBytes = 1024
    /// Bytes of a document type declaration.
    public var doctypeBytes = 1 << 20
    /// Bytes that entities may expand to, as a multiple of the bytes read so far …
    public var entityExpansion = 10
    /// … but always so many.
    public var entityFloor = 256 << 10
    /// References to parameter entities in one document; none can be declared when 0.
    public var parameterEntities = 64
    /// Members of one archive.
    public var members = 1_000_000
    /// Decompressed bytes of one member, or of one compressed file.
    public var memberBytes = 64 << 30
    /// Decompressed bytes of one file with all its members.
    public var totalBytes = 256 << 30
    /// Decompressed bytes for each compressed byte, once 1 MiB has been decompressed.
    public var compressionRatio = 400
    /// Containers inside containers: `a.tar.gz` is two.
    public var nesting = 4
    /// Seconds of processor time for reading one document of XML.
    public var seconds = 120.0

    public init() {}
}
