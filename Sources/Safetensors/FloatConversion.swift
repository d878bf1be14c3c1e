/// Conversions between Float and the 16-bit float types, over unaligned little-endian bytes.
///
/// Plain integer arithmetic that the compiler turns into vector code; the standard library's `Float16` calls a
/// function per element on baseline x86-64.
public enum FloatConversion {
    public static func copyFloat32(
        _ source: UnsafeRawBufferPointer, to target: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(source.count == target.count * 4)
        UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
    }

    /// IEEE binary16 to Float, exact for every value, subnormal, infinity and NaN.
    public static func widenFloat16(
        _ source: UnsafeRawBufferPointer, to target: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(source.count == target.count * 2)
        guard let input = source.baseAddress, let output = target.baseAddress else { return }
        for index in 0..<target.count {
            output[index] = widen(float16: input.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self))
        }
    }

    /// bfloat16, the upper half of a Float, to Float.
    public static func widenBFloat16(
        _ source: UnsafeRawBufferPointer, to target: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(source.count == target.count * 2)
        guard let input = source.baseAddress, let output = target.baseAddress else { return }
        for index in 0..<target.count {
            let bits = input.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self)
            output[index] = Float(bitPattern: UInt32(bits) << 16)
        }
    }

    /// 8-bit integers times a factor each.
    ///
    /// - Returns: the lowest of them, or 0.
    @inline(__always)
    public static func widenInt8(
        _ source: UnsafeRawPointer, times factors: UnsafePointer<Float>, count: Int,
        to target: UnsafeMutablePointer<Float>
    ) -> Int8 {
        let input = source.assumingMemoryBound(to: Int8.self)
        var lowest: Int8 = 0
        for index in 0..<count {
            lowest = min(lowest, input[index])
            target[index] = Float(input[index]) * factors[index]
        }
        return lowest
    }

    /// 8-bit integers times one factor.
    ///
    /// - Returns: the lowest of them, or 0.
    @inline(__always)
    public static func widenInt8(
        _ source: UnsafeRawPointer, times factor: Float, count: Int, to target: UnsafeMutablePointer<Float>
    ) -> Int8 {
        let input = source.assumingMemoryBound(to: Int8.self)
        var lowest: Int8 = 0
        for index in 0..<count {
            lowest = min(lowest, input[index])
            target[index] = Float(input[index]) * factor
        }
        return lowest
    }

    /// The Float of the binary16 value with these bits.
    @inline(__always)
    public static func widen(float16 bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        // Multiplying by 2^112 moves the exponent and normalises subnormals; the largest exponent means infinity or NaN.
        let scaled = Float(bitPattern: UInt32(bits & 0x7FFF) << 13) * 0x1p112
        let special: UInt32 = bits & 0x7C00 == 0x7C00 ? 0x7F80_0000 : 0
        return Float(bitPattern: sign | scaled.bitPattern | special)
    }

    /// The bits of the binary16 value nearest to `value`, ties to even; beyond its range, infinity.
    @inline(__always)
    public static func narrow(toFloat16 value: Float) -> UInt16 {
        let bits = value.bitPattern
        let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
        let magnitude = bits & 0x7FFF_FFFF
        if magnitude >= 0x4780_0000 {  // 65536 and above, infinity, NaN
            return sign | (magnitude > 0x7F80_0000 ? 0x7E00 : 0x7C00)
        }
        if magnitude < 0x3880_0000 {  // below the smallest normal value, 2^-14
            // Adding 0.5 leaves the rounded multiple of 2^-24 in the low bits.
            let sum = Float(bitPattern: magnitude) + 0.5
            return sign | UInt16(truncatingIfNeeded: sum.bitPattern &- 0x3F00_0000)
        }
        let rounded = magnitude &+ 0x0FFF &+ ((magnitude >> 13) & 1)
        return sign | UInt16(truncatingIfNeeded: (rounded &- 0x3800_0000) >> 13)
    }
}
