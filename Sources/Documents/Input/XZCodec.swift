import CLzma

/// liblzma's decoder for one or several streams.
final class XZCodec: StreamCodec {
    let name = "xz"
    private var stream = lzma_stream()
    /// LZMA_CONCATENATED, which is a macro that Swift does not see.
    private let concatenated: UInt32 = 0x08

    init() throws {
        let status = lzma_stream_decoder(&stream, 256 << 20, concatenated)
        guard status == LZMA_OK else {
            throw DocumentFailure(.container, "xz: cannot start (\(status.rawValue))")
        }
    }

    deinit { lzma_end(&stream) }

    func step(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
    ) throws -> (read: Int, written: Int, atEnd: Bool) {
        stream.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.avail_in = input.count
        stream.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.avail_out = output.count
        let status = lzma_code(&stream, input.isEmpty ? LZMA_FINISH : LZMA_RUN)
        let read = input.count - stream.avail_in
        let written = output.count - stream.avail_out
        switch status {
        case LZMA_OK, LZMA_BUF_ERROR: return (read, written, false)
        case LZMA_STREAM_END: return (read, written, true)
        case LZMA_MEMLIMIT_ERROR:
            throw DocumentFailure(.limit, "xz stream needs more than 256 MiB to decompress")
        default:
            throw DocumentFailure(.container, "xz stream is damaged (liblzma \(status.rawValue))")
        }
    }
}
