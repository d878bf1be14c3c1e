internal import Safetensors

/// How keys or values are stored.
public enum KeyValueEncoding: String, Sendable, Hashable, CaseIterable, Codable {
    /// As computed; no error.
    case f32
    /// IEEE binary16; relative error at most 2^-11 above 2^-14, absolute error at most 2^-25 below.
    case f16
    /// 8-bit integers in [-127, 127] times a binary16 scale; absolute error at most half a scale, about 1/254 of the
    /// largest magnitude that shares the scale.
    case int8
    /// 4-bit integers in [-7, 7], two per byte, times a binary16 scale; error at most about 1/14 of the largest
    /// magnitude that shares the scale.
    case int4

    /// The encoding of sink and raw activations beside beacons of this one: few, and close to the question, so they
    /// are never stored as integers.
    var forRawEntries: KeyValueEncoding { self == .f32 ? .f32 : .f16 }

    var isInteger: Bool { self == .int8 || self == .int4 }

    /// The largest integer that is stored.
    var largest: Float { self == .int4 ? 7 : 127 }

    var elementType: SafetensorsElementType {
        switch self {
        case .f32: .f32
        case .f16: .f16
        case .int8: .i8
        case .int4: .u8
        }
    }

    /// Bytes, or stored elements for ``int4``, in a row of `headDim` values.
    func rowShape(_ headDim: Int) -> Int { self == .int4 ? headDim / 2 : headDim }

    /// Bytes of a stored element.
    var elementByteCount: Int {
        switch self {
        case .f32: 4
        case .f16: 2
        case .int8, .int4: 1
        }
    }
}
