internal import Safetensors

/// Turns blocks of keys and values into the bytes of their tensors and back.
///
/// The bytes are the key scales, the value scales, the keys, the values; scales only for integer encodings. Keys
/// share a scale per channel `[layers, kvHeads, headDim]`, because a few channels of a key are far larger than the
/// rest; values share one per token and head `[layers, entries, kvHeads]`.
struct KeyValueCodec: Sendable, Hashable {
    let layers: Int
    let kvHeads: Int
    let headDim: Int
    let keyEncoding: KeyValueEncoding
    let valueEncoding: KeyValueEncoding

    private var width: Int { kvHeads * headDim }

    /// The tensors of a block of `entries` entries whose names start with `prefix`.
    func tensors(_ prefix: String, entries: Int) -> [SafetensorsWriter.Entry] {
        var result: [SafetensorsWriter.Entry] = []
        if keyEncoding.isInteger {
            result.append(.init(prefix + ".key.scale", .f16, [layers, kvHeads, headDim]))
        }
        if valueEncoding.isInteger {
            result.append(.init(prefix + ".value.scale", .f16, [layers, entries, kvHeads]))
        }
        for (name, encoding) in [(".key", keyEncoding), (".value", valueEncoding)] {
            result.append(
                .init(
                    prefix + name, encoding.elementType,
                    [layers, entries, kvHeads, encoding.rowShape(headDim)]))
        }
        return result
    }

    /// The bytes of `block`; throws on a value that is not finite or beyond the encoding's range.
    func encode(_ block: KeyValueBlock) throws -> [UInt8] {
        guard block.layers == layers, block.kvHeads == kvHeads, block.headDim == headDim else {
            throw CacheStorageError(
                .value,
                "a block of shape [\(block.layers), \(block.entries), \(block.kvHeads), \(block.headDim)] does not "
                    + "fit a cache of [\(layers), -, \(kvHeads), \(headDim)]")
        }
        try requireFinite(block.keys, "key")
        try requireFinite(block.values, "value")
        var writer = EncodedBytes()
        var keyScales: [UInt16] = []
        var valueScales: [UInt16] = []
        if keyEncoding.isInteger {
            keyScales = try scales(largestPerChannel(block.keys, entries: block.entries), keyEncoding, "key")
            writer.append(keyScales)
        }
        if valueEncoding.isInteger {
            valueScales = try scales(largestPerRow(block.values), valueEncoding, "value")
            writer.append(valueScales)
        }
        for (values, encoding, name) in [
            (block.keys, keyEncoding, "key"), (block.values, valueEncoding, "value"),
        ] {
            switch encoding {
            case .f32: writer.append(values)
            case .f16: writer.append(try halves(values, name))
            case .int8, .int4:
                let inverse = (name == "key" ? keyScales : valueScales).map { bits -> Float in
                    let scale = FloatConversion.widen(float16: bits)
                    return scale == 0 ? 0 : 1 / scale
                }
                let steps = quantized(values, inverse, entries: block.entries, isKey: name == "key", encoding)
                encoding == .int8 ? writer.append(steps) : writer.append(packed: steps)
            }
        }
        return writer.bytes
    }

    /// The block of `entries` entries that `bytes` hold; throws on values that no encoder writes.
    func decode(_ bytes: ArraySlice<UInt8>, entries: Int) throws -> KeyValueBlock {
        var reader = EncodedReader(bytes)
        let count = layers * entries * width
        let keyScales = keyEncoding.isInteger ? try reader.halves(layers * width) : []
        let valueScales = valueEncoding.isInteger ? try reader.halves(layers * entries * kvHeads) : []
        for scale in [keyScales, valueScales].joined() where !(scale >= 0 && scale.isFinite) {
            throw CacheStorageError(.damaged, "a scale is \(scale)")
        }
        func values(_ encoding: KeyValueEncoding, _ scales: [Float], isKey: Bool) throws -> [Float] {
            let result: [Float]
            switch encoding {
            case .f32: result = try reader.floats(count)
            case .f16: result = try reader.halves(count)
            case .int8: return scaled(try reader.bytes(count), scales, entries: entries, isKey: isKey)
            case .int4: return scaled(try reader.nibbles(count), scales, entries: entries, isKey: isKey)
            }
            guard Self.areFinite(result) else {
                throw CacheStorageError(.damaged, "a \(isKey ? "key" : "value") is not finite")
            }
            return result
        }
        let keys = try values(keyEncoding, keyScales, isKey: true)
        let stored = try values(valueEncoding, valueScales, isKey: false)
        return KeyValueBlock(
            layers: layers, entries: entries, kvHeads: kvHeads, headDim: headDim, keys: keys, values: stored)
    }

    // MARK: Scales

    /// The largest magnitude per layer and channel, `[layers, kvHeads, headDim]`.
    private func largestPerChannel(_ values: [Float], entries: Int) -> [Float] {
        var result = [Float](repeating: 0, count: layers * width)
        values.withUnsafeBufferPointer { source in
            result.withUnsafeMutableBufferPointer { target in
                for layer in 0..<layers {
                    for entry in 0..<entries {
                        let row = (layer * entries + entry) * width
                        for channel in 0..<width {
                            let place = layer * width + channel
                            target[place] = max(target[place], abs(source[row + channel]))
                        }
                    }
                }
            }
        }
        return result
    }

    /// The largest magnitude per token and head, `[layers, entries, kvHeads]`.
    private func largestPerRow(_ values: [Float]) -> [Float] {
        values.withUnsafeBufferPointer { source in
            (0..<values.count / max(headDim, 1)).map { row in
                var largest: Float = 0
                for index in row * headDim..<(row + 1) * headDim {
                    largest = max(largest, abs(source[index]))
                }
                return largest
            }
        }
    }

    /// The smallest binary16 scales under which `largest` fits.
    private func scales(_ largest: [Float], _ encoding: KeyValueEncoding, _ name: String) throws -> [UInt16] {
        try largest.map { value in
            let exact = value / encoding.largest
            var bits = FloatConversion.narrow(toFloat16: exact)
            if FloatConversion.widen(float16: bits) < exact { bits += 1 }
            guard bits < 0x7C00 else { throw notStorable(value, name) }
            return bits
        }
    }

    // MARK: Values

    private func quantized(
        _ values: [Float], _ inverse: [Float], entries: Int, isKey: Bool, _ encoding: KeyValueEncoding
    ) -> [UInt8] {
        let limit = encoding.largest
        return [UInt8](unsafeUninitializedCapacity: values.count) { target, count in
            values.withUnsafeBufferPointer { source in
                inverse.withUnsafeBufferPointer { inverse in
                    forEachHead(entries: entries, isKey: isKey) { start, scale, step in
                        for index in 0..<headDim {
                            let value = source[start + index] * inverse[scale + index * step]
                            // Adding 1.5 * 2^23 rounds to the nearest integer, ties to even.
                            let rounded = (value + 12_582_912) - 12_582_912
                            let bounded = min(max(rounded, -limit), limit)
                            target[start + index] = UInt8(
                                bitPattern: Int8(truncatingIfNeeded: Int32(bounded)))
                        }
                    }
                }
            }
            count = values.count
        }
    }

    private func scaled(_ steps: [UInt8], _ scales: [Float], entries: Int, isKey: Bool) -> [Float] {
        [Float](unsafeUninitializedCapacity: steps.count) { target, count in
            steps.withUnsafeBufferPointer { source in
                scales.withUnsafeBufferPointer { scales in
                    forEachHead(entries: entries, isKey: isKey) { start, scale, step in
                        for index in 0..<headDim {
                            let value = Float(Int8(bitPattern: source[start + index]))
                            target[start + index] = value * scales[scale + index * step]
                        }
                    }
                }
            }
            count = steps.count
        }
    }

    /// Calls `body` with the place of each row of `headDim` values, the place of its first scale, and the step from
    /// one value's scale to the next: 1 for keys, 0 for values.
    @inline(__always)
    private func forEachHead(
        entries: Int, isKey: Bool, _ body: (_ start: Int, _ scale: Int, _ step: Int) -> Void
    ) {
        for layer in 0..<layers {
            for entry in 0..<entries {
                for head in 0..<kvHeads {
                    let row = (layer * entries + entry) * kvHeads + head
                    body(row * headDim, isKey ? (layer * kvHeads + head) * headDim : row, isKey ? 1 : 0)
                }
            }
        }
    }

    private func halves(_ values: [Float], _ name: String) throws -> [UInt16] {
        let result = values.map { FloatConversion.narrow(toFloat16: $0) }
        if let place = result.firstIndex(where: { $0 & 0x7C00 == 0x7C00 }) {
            throw notStorable(values[place], name)
        }
        return result
    }

    private func requireFinite(_ values: [Float], _ name: String) throws {
        guard Self.areFinite(values) else { throw notStorable(values.first { !$0.isFinite } ?? .nan, name) }
    }

    private static func areFinite(_ values: [Float]) -> Bool {
        var worst: UInt32 = 0
        for value in values { worst = max(worst, value.bitPattern & 0x7FFF_FFFF) }
        return worst < 0x7F80_0000
    }

    private func notStorable(_ value: Float, _ name: String) -> CacheStorageError {
        CacheStorageError(
            .value, "a \(name) is \(value), which cannot be stored; the model's output is not usable")
    }
}
