public import SystemPackage

/// What became of a cache that was written.
public struct CacheSummary: Sendable, Hashable {
    public let path: FilePath
    public let identity: CacheIdentity
    /// The length of the file in bytes.
    public let byteCount: Int
    /// The SHA-256 of the file.
    public let fileDigest: String
    /// The bytes of all tensors before compression.
    public let payloadByteCount: Int
    /// Windows whose frames were copied from another cache.
    public let reusedWindows: Int
}
