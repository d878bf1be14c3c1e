import CBzip2

/// libbz2's decoder for one or several streams.
final class Bzip2Codec: StreamCodec {
    let name = "bzip2"
    private var stream = bz_stream()
    private var open = false

    deinit { if open { BZ2_bzDecompressEnd(&stream) } }

    func step(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
    ) throws -> (read: Int, written: Int, atEnd: Bool) {
        if !open {
            if input.isEmpty { return (0, 0, true) }
            stream = bz_stream()
            guard BZ2_bzDecompressInit(&stream, 0, 0) == BZ_OK else {
                throw DocumentFailure(.container, "bzip2: cannot start")
            }
            open = true
        }
        stream.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: CChar.self))
        stream.avail_in = UInt32(truncatingIfNeeded: input.count)
        stream.next_out = output.baseAddress?.assumingMemoryBound(to: CChar.self)
        stream.avail_out = UInt32(truncatingIfNeeded: output.count)
        let status = BZ2_bzDecompress(&stream)
        let read = input.count - Int(stream.avail_in)
        let written = output.count - Int(stream.avail_out)
        if status == BZ_STREAM_END {
            BZ2_bzDecompressEnd(&stream)
            open = false
            return (read, written, true)
        }
        guard status == BZ_OK else {
            throw DocumentFailure(.container, "bzip2 stream is damaged (libbz2 \(status))")
        }
        return (read, written, false)
    }
}
