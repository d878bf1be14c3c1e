/// The number format that beacon keys and values are stored in.
public enum ValueEncoding: String, Sendable, Hashable, CaseIterable {
    /// 32-bit floats, exact.
    case f32
    /// 16-bit floats.
    case f16
    /// 8-bit integers, keys scaled per channel, values per token.
    case int8
    /// 4-bit integers, keys scaled per channel, values per token.
    case int4
}
