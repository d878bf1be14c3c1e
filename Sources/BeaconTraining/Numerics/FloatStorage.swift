/// Owned, 64-byte-aligned memory for `count` floats, zero at first and released with the object.
final class FloatStorage: @unchecked Sendable {
    let base: UnsafeMutablePointer<Float>
    let count: Int

    init(count: Int) {
        precondition(count >= 0 && count < Int.max / 8, "impossible buffer size \(count)")
        self.count = count
        let capacity = max(count, 16)
        base = UnsafeMutableRawPointer.allocate(
            byteCount: capacity * MemoryLayout<Float>.stride, alignment: 64
        ).bindMemory(to: Float.self, capacity: capacity)
        base.initialize(repeating: 0, count: capacity)
    }

    convenience init(_ values: [Float]) {
        self.init(count: values.count)
        values.withUnsafeBufferPointer { source in
            if let start = source.baseAddress { base.update(from: start, count: values.count) }
        }
    }

    deinit { base.deallocate() }

    /// The values in `range`.
    func values(_ range: Range<Int>) -> [Float] {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return Array(UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
    }

    /// Replaces the values from `offset` on.
    func set(_ values: [Float], at offset: Int) {
        precondition(offset >= 0 && offset + values.count <= count)
        values.withUnsafeBufferPointer { source in
            if let start = source.baseAddress { (base + offset).update(from: start, count: values.count) }
        }
    }

    func fill(_ value: Float) { base.update(repeating: value, count: count) }
}

extension FloatStorage {
    /// The values of a range as bytes, in the order that files use.
    func littleEndianBytes(_ range: Range<Int>) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        #if _endian(little)
            return Array(UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count * 4))
        #else
            return values(range).flatMap { value in
                withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
            }
        #endif
    }
}

extension FloatStorage {
    /// Replaces the first values by those that `bytes` spell.
    func set(littleEndian bytes: ArraySlice<UInt8>) {
        precondition(bytes.count % 4 == 0 && bytes.count / 4 <= count)
        var index = bytes.startIndex
        for place in 0..<bytes.count / 4 {
            var bits: UInt32 = 0
            for byte in 0..<4 { bits |= UInt32(bytes[index + byte]) << (8 * UInt32(byte)) }
            base[place] = Float(bitPattern: bits)
            index += 4
        }
    }
}
