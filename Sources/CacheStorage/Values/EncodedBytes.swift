internal import Safetensors

/// Collects little-endian elements.
struct EncodedBytes {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ values: [Float]) { values.withUnsafeBytes { bytes += $0 } }

    mutating func append(_ values: [UInt16]) { values.withUnsafeBytes { bytes += $0 } }

    mutating func append(_ values: [Int64]) { values.withUnsafeBytes { bytes += $0 } }

    mutating func append(_ values: [UInt8]) { bytes += values }

    /// Pairs of 4-bit integers, the first in the low half, each with 8 added so that zero is no valid value.
    mutating func append(packed steps: [UInt8]) {
        bytes.reserveCapacity(bytes.count + steps.count / 2)
        for index in stride(from: 0, to: steps.count - 1, by: 2) {
            bytes.append((steps[index] &+ 8) & 0x0F | ((steps[index + 1] &+ 8) & 0x0F) << 4)
        }
    }
}

/// Reads little-endian elements one after another, checking that they are there.
struct EncodedReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        guard count >= 0, count <= rest.count else {
            throw CacheStorageError(.damaged, "\(count) bytes were expected where \(rest.count) are left")
        }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private static func product(_ count: Int, _ size: Int) throws -> Int {
        let (result, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow else {
            throw CacheStorageError(.damaged, "a size of \(count) elements is impossible")
        }
        return result
    }

    /// The bytes of `count` pieces of `size` bytes each.
    mutating func take(_ count: Int, _ size: Int) throws -> ArraySlice<UInt8> {
        try take(Self.product(count, size))
    }

    /// Binary16 elements as floats.
    mutating func halves(_ count: Int) throws -> [Float] {
        let bytes = try take(Self.product(count, 2))
        return [Float](unsafeUninitializedCapacity: count) { target, filled in
            bytes.withUnsafeBytes {
                FloatConversion.widenFloat16($0, to: UnsafeMutableBufferPointer(rebasing: target[..<count]))
            }
            filled = count
        }
    }

    mutating func integers(_ count: Int) throws -> [Int] {
        let bytes = try take(Self.product(count, 8))
        return try bytes.withUnsafeBytes { raw in
            try (0..<count).map { place in
                let value = Int64(littleEndian: raw.loadUnaligned(fromByteOffset: place * 8, as: Int64.self))
                guard let result = Int(exactly: value) else {
                    throw CacheStorageError(.damaged, "the value \(value) is too large")
                }
                return result
            }
        }
    }

}
