/// A file that a client sent to be compressed into a collection.
public struct Upload: Sendable, Hashable {
    /// Lower-case hexadecimal digits and hyphens.
    public var id: String
    public var collection: String
    /// The file's name: letters, digits, dots, hyphens and underscores, not beginning with a dot.
    public var name: String
    public var byteCount: Int

    public init(id: String, collection: String, name: String, byteCount: Int) {
        self.id = id
        self.collection = collection
        self.name = name
        self.byteCount = byteCount
    }

    /// Whether `name` may name a file or a collection: nothing that a path, a pattern or a shell reads otherwise.
    public static func isPlain(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 100 else { return false }
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        }
        return isAlphanumeric(first)
            && name.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2e || $0 == 0x2d || $0 == 0x5f }
    }
}
