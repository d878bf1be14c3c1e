/// How documents are compressed where nothing else is said, by a pipeline file, by the flags of `pharos add`
/// and by the service alike; measured on the bundled model.
public enum CompressionDefaults {
    /// Raw tokens that one beacon stands for.
    public static let ratio = 4
    /// Windows after which a fresh memory starts.
    public static let segmentWindows = 2
    /// The number format of the stored keys and values.
    public static let values = ValueEncoding.int8
    /// The zstd level of the stored caches.
    public static let zstdLevel = 3
}
