/// Name, type, shape and place of one tensor in a file.
public struct SafetensorsTensor: Sendable, Hashable {
    public let name: String
    public let type: SafetensorsElementType
    /// The size of each dimension, outermost first; empty for a scalar.
    public let shape: [Int]
    /// The place of the elements, little-endian and row-major, in bytes from the end of the header.
    public let byteRange: Range<Int>

    /// The number of elements, the product of ``shape``.
    public var count: Int { byteRange.count / type.byteCount }

    /// A description of a tensor; throws where the shape's byte count overflows or does not fill `byteRange`.
    public init(name: String, type: SafetensorsElementType, shape: [Int], byteRange: Range<Int>) throws {
        guard let bytes = Self.byteCount(type: type, shape: shape) else {
            throw SafetensorsError(.shape, "shape \(shape) is impossible", tensor: name)
        }
        guard bytes == byteRange.count, byteRange.lowerBound >= 0 else {
            throw SafetensorsError(
                .shape,
                "\(type.rawValue) of shape \(shape) takes \(bytes) bytes, but its offsets span \(byteRange.count)",
                tensor: name)
        }
        self.name = name
        self.type = type
        self.shape = shape
        self.byteRange = byteRange
    }

    /// The bytes that a tensor takes, or nil where a dimension is negative or the product overflows.
    public static func byteCount(type: SafetensorsElementType, shape: [Int]) -> Int? {
        var result = type.byteCount
        for size in shape {
            guard size >= 0 else { return nil }
            let (product, overflow) = result.multipliedReportingOverflow(by: size)
            guard !overflow else { return nil }
            result = product
        }
        return result
    }
}
