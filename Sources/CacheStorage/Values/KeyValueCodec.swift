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
        var keys: [Float] = []
        var values: [Float] = []
        keys.reserveCapacity(layers * entries * width)
        values.reserveCapacity(layers * entries * width)
        try forEachLayer(of: bytes, entries: entries) {
            keys += $1
            values += $2
        }
        return KeyValueBlock(
            layers: layers, entries: entries, kvHeads: kvHeads, headDim: headDim, keys: keys, values: values)
    }

    /// Decodes a block layer by layer, into the same two arrays again and again, so that they stay in the cache.
    ///
    /// - Parameter body: told of each layer, its keys and its values, both `[entries, kvHeads, headDim]`.
    func forEachLayer(
        of bytes: ArraySlice<UInt8>, entries: Int,
        _ body: (_ layer: Int, _ keys: [Float], _ values: [Float]) throws -> Void
    ) throws {
        var reader = EncodedReader(bytes)
        let keyScales = keyEncoding.isInteger ? try scales(&reader, layers * width) : []
        let valueScales = valueEncoding.isInteger ? try scales(&reader, layers * entries * kvHeads) : []
        let keyRows = LayerRows(
            bytes: try reader.take(layers, rowBytes(keyEncoding, entries)), encoding: keyEncoding,
            scales: keyScales, name: "key")
        let valueRows = LayerRows(
            bytes: try reader.take(layers, rowBytes(valueEncoding, entries)), encoding: valueEncoding,
            scales: valueScales, name: "value")
        var keys = [Float](repeating: 0, count: entries * width)
        var values = keys
        for layer in 0..<layers {
            try decode(keyRows, layer, entries, into: &keys)
            try decode(valueRows, layer, entries, into: &values)
            try body(layer, keys, values)
        }
    }

    // MARK: Decoding

    /// The stored keys or values of all layers.
    private struct LayerRows {
        let bytes: ArraySlice<UInt8>
        let encoding: KeyValueEncoding
        let scales: [Float]
        let name: String
    }

    /// Stored bytes of one layer.
    private func rowBytes(_ encoding: KeyValueEncoding, _ entries: Int) -> Int {
        entries * kvHeads * encoding.rowShape(headDim) * encoding.elementByteCount
    }

    private func scales(_ reader: inout EncodedReader, _ count: Int) throws -> [Float] {
        let result = try reader.halves(count)
        for scale in result where !(scale >= 0 && scale.isFinite) {
            throw CacheStorageError(.damaged, "a scale is \(scale)")
        }
        return result
    }

    private func decode(_ rows: LayerRows, _ layer: Int, _ entries: Int, into result: inout [Float]) throws {
        let size = rowBytes(rows.encoding, entries)
        let start = rows.bytes.startIndex + layer * size
        let isValid = rows.bytes[start..<start + size].withUnsafeBytes { source in
            result.withUnsafeMutableBufferPointer { target in
                switch rows.encoding {
                case .f32: FloatConversion.copyFloat32(source, to: target)
                case .f16: FloatConversion.widenFloat16(source, to: target)
                case .int8, .int4:
                    return widen(
                        source, rows.encoding, rows.scales, layer: layer, entries: entries,
                        isKey: rows.name == "key", to: target)
                }
                return true
            }
        }
        guard isValid else {
            throw CacheStorageError(
                .damaged,
                "\(rows.encoding == .int8 ? "an 8-bit integer is -128" : "a 4-bit integer is out of range")")
        }
        guard rows.encoding.isInteger || Self.areFinite(result) else {
            throw CacheStorageError(.damaged, "a \(rows.name) is not finite")
        }
    }

    /// Integers times their scales.
    ///
    /// - Returns: whether all integers are such as encoders write.
    private func widen(
        _ source: UnsafeRawBufferPointer, _ encoding: KeyValueEncoding, _ scales: [Float], layer: Int,
        entries: Int, isKey: Bool, to target: UnsafeMutableBufferPointer<Float>
    ) -> Bool {
        guard let input = source.baseAddress, let output = target.baseAddress else { return true }
        var lowest: Int8 = 0
        var isValid = true
        scales.withUnsafeBufferPointer { scales in
            guard let scales = scales.baseAddress else { return }
            for row in 0..<entries * kvHeads {
                let first =
                    scales
                    + (isKey ? (layer * kvHeads + row % kvHeads) * headDim : layer * entries * kvHeads + row)
                let start = row * headDim
                switch (encoding, isKey) {
                case (.int8, true):
                    lowest = min(
                        lowest,
                        FloatConversion.widenInt8(
                            input + start, times: first, count: headDim, to: output + start))
                case (.int8, false):
                    lowest = min(
                        lowest,
                        FloatConversion.widenInt8(
                            input + start, times: first.pointee, count: headDim, to: output + start))
                default:
                    let pairs = UnsafeRawBufferPointer(start: input + start / 2, count: headDim / 2)
                    for (index, pair) in pairs.enumerated() {
                        let (low, high) = (pair & 0x0F, pair >> 4)
                        isValid = isValid && low != 0 && high != 0
                        let place = index * 2
                        output[start + place] = Float(Int(low) - 8) * first[isKey ? place : 0]
                        output[start + place + 1] = Float(Int(high) - 8) * first[isKey ? place + 1 : 0]
                    }
                }
            }
        }
        return isValid && lowest > -128
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
