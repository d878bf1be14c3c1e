/// What caches of one kind take.
public struct DiskUsage: Sendable, Hashable, Codable {
    /// The collection whose documents name the caches; nil where none does.
    public let collection: String?
    /// The digest of the model's weights.
    public let model: String
    /// The ratio schedule.
    public let ratios: String
    /// Key and value encodings, such as `int8/int8`.
    public let encoding: String
    public var caches = 0
    /// Bytes of the files.
    public var bytes = 0
    /// Bytes of the tensors before compression.
    public var payloadBytes = 0
    public var beacons = 0

    private enum CodingKeys: String, CodingKey {
        case collection, model, ratios, encoding, caches, bytes, beacons
        case payloadBytes = "payload_bytes"
    }
}
