/// A context cache as the catalog knows it.
public struct StoredCache: Sendable, Hashable {
    public let identity: CacheIdentity
    /// The length of the file in bytes.
    public let byteCount: Int
    /// The SHA-256 of the file.
    public let fileDigest: String
    /// The bytes of its tensors before compression.
    public let payloadByteCount: Int
    public let tokens: Int
    public let windows: Int
    public let beacons: Int
    public let segments: Int
    /// Whether `prune` leaves it alone.
    public let isPinned: Bool

    /// The digest of the text that it was made from.
    public var textDigest: String? { identity[CacheIdentity.textField] }
}
