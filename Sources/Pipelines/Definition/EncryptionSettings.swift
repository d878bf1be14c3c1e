public import SystemPackage

/// How the store is kept from those who may read its disk.
public struct EncryptionSettings: Sendable, Hashable {
    /// The file that holds the store's key; the store is not encrypted when nil.
    public var keyFile: FilePath?

    /// Creates the settings that a pipeline file without `encryption` has.
    public init() {}
}
