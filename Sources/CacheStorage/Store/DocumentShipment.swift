/// A document that another store publishes, as that store's files and their digests.
public struct DocumentShipment: Sendable, Hashable, Codable {
    /// A file and the SHA-256 of its bytes.
    public struct File: Sendable, Hashable, Codable {
        /// The digest in the file's name.
        public var name: String
        /// The SHA-256 of the file.
        public var digest: String

        public init(name: String, digest: String) {
            self.name = name
            self.digest = digest
        }
    }

    /// The text object, which holds the document's record.
    public var text: File
    /// The context caches, the one the document is answered from first.
    public var caches: [File]

    public init(text: File, caches: [File]) {
        self.text = text
        self.caches = caches
    }
}
