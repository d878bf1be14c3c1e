/// What a codec makes of a source, member after member, with a cap on size and on the ratio.
final class DecompressingSource: ByteSource {
    private let base: any ByteSource
    private let codec: any StreamCodec
    private let limits: DocumentLimits
    private let budget: ContainerBudget
    private var input: [UInt8] = []
    private var used = 0
    private var compressed = 0
    private var decompressed = 0
    private var atEnd = false

    init(_ base: any ByteSource, codec: any StreamCodec, limits: DocumentLimits, budget: ContainerBudget) {
        self.budget = budget
        self.base = base
        self.codec = codec
        self.limits = limits
    }

    func read() throws -> [UInt8]? {
        while true {
            if used == input.count {
                guard let chunk = try base.read() else {
                    // What the codec still holds comes out without more input.
                    if let rest = try decode() { return rest }
                    if atEnd || compressed == 0 { return nil }
                    throw DocumentFailure(
                        .container, "\(codec.name) stream ends early, after \(compressed) bytes")
                }
                input = chunk
                used = 0
            }
            // Zero bytes between members are padding (tapes, and `gzip` accepts them).
            if atEnd {
                while used < input.count, input[used] == 0 { used += 1 }
                if used == input.count { continue }
            }
            if let chunk = try decode() { return chunk }
        }
    }

    /// One step; `nil` when it gave nothing.
    private func decode() throws -> [UInt8]? {
        let chunk = try [UInt8](unsafeUninitializedCapacity: chunkBytes) { buffer, count in
            try input.withUnsafeBytes { bytes in
                let rest = UnsafeRawBufferPointer(rebasing: bytes[used...])
                let result = try codec.step(rest, UnsafeMutableRawBufferPointer(buffer))
                used += result.read
                compressed += result.read
                count = result.written
                if result.read > 0 || result.written > 0 || result.atEnd { atEnd = result.atEnd }
            }
        }
        decompressed += chunk.count
        try budget.spend(chunk.count)
        if decompressed > limits.memberBytes {
            throw DocumentFailure(
                .limit, "more than \(limits.memberBytes) bytes when decompressed (limit member-bytes)")
        }
        if decompressed > 1 << 20, decompressed / limits.compressionRatio > compressed {
            throw DocumentFailure(
                .limit,
                "decompresses to more than \(limits.compressionRatio) times its size (limit compression-ratio)"
            )
        }
        return chunk.isEmpty ? nil : chunk
    }
}
