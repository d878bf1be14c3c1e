extension SafetensorsFile {
    /// The elements of an F32, F16 or BF16 tensor, row-major.
    public func floats(_ tensor: SafetensorsTensor) throws -> [Float] {
        try [Float](unsafeUninitializedCapacity: tensor.count) { buffer, count in
            let target = UnsafeMutableBufferPointer(rebasing: buffer[0..<tensor.count])
            try copyFloats(of: tensor, from: 0, into: target)
            count = tensor.count
        }
    }

    /// Fills `target` with the elements of an F32, F16 or BF16 tensor from element `start` on, without any copy between.
    public func copyFloats(
        of tensor: SafetensorsTensor, from start: Int = 0, into target: UnsafeMutableBufferPointer<Float>
    ) throws {
        guard start >= 0, start <= tensor.count, target.count <= tensor.count - start else {
            throw SafetensorsError(
                .value, "holds \(tensor.count) elements; \(target.count) from \(start) on were asked for",
                tensor: tensor.name, path: path)
        }
        try withBytes(tensor) { bytes in
            let size = tensor.type.byteCount
            let part = UnsafeRawBufferPointer(rebasing: bytes[start * size..<(start + target.count) * size])
            switch tensor.type {
            case .f32: FloatConversion.copyFloat32(part, to: target)
            case .f16: FloatConversion.widenFloat16(part, to: target)
            case .bf16: FloatConversion.widenBFloat16(part, to: target)
            default:
                throw SafetensorsError(
                    .type, "has dtype \(tensor.type.rawValue); F32, F16 or BF16 was expected",
                    tensor: tensor.name, path: path)
            }
        }
    }

    /// Fills `target` with the elements of an F32, F16 or BF16 tensor from element `start` on.
    public func copyFloats(
        of tensor: SafetensorsTensor, from start: Int = 0, into target: inout MutableSpan<Float>
    ) throws {
        try target.withUnsafeMutableBufferPointer { try copyFloats(of: tensor, from: start, into: $0) }
    }

    /// The elements of a tensor of whole numbers (or BOOL, as 0 and 1), row-major.
    public func integers(_ tensor: SafetensorsTensor) throws -> [Int] {
        try withBytes(tensor) { bytes in
            switch tensor.type {
            case .bool, .u8: bytes.map { Int($0) }
            case .i8: bytes.map { Int(Int8(bitPattern: $0)) }
            case .u16: Self.load(bytes, UInt16.self).map { Int($0) }
            case .i16: Self.load(bytes, Int16.self).map { Int($0) }
            case .u32: Self.load(bytes, UInt32.self).map { Int($0) }
            case .i32: Self.load(bytes, Int32.self).map { Int($0) }
            case .i64: Self.load(bytes, Int64.self).map { Int($0) }
            case .u64:
                try Self.load(bytes, UInt64.self).map { value in
                    guard let result = Int(exactly: value) else {
                        throw SafetensorsError(
                            .value, "the value \(value) is too large", tensor: tensor.name, path: path)
                    }
                    return result
                }
            case .f16, .bf16, .f32, .f64, .f8e4m3, .f8e5m2:
                throw SafetensorsError(
                    .type, "has dtype \(tensor.type.rawValue); whole numbers were expected",
                    tensor: tensor.name,
                    path: path)
            }
        }
    }

    private static func load<Value: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: UnsafeRawBufferPointer, _ type: Value.Type
    ) -> [Value] {
        let size = MemoryLayout<Value>.size
        return (0..<bytes.count / size).map {
            Value(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * size, as: type))
        }
    }
}

extension SafetensorsFile {
    /// Calls `body` with the bytes of `tensor`, which need not be aligned.
    public func withSpan<Result>(
        _ tensor: SafetensorsTensor, _ body: (RawSpan) throws -> Result
    ) rethrows -> Result {
        try withBytes(tensor) { try body($0.bytes) }
    }
}
