import CZlib

/// zlib's decoder for gzip files of one or several members.
final class GzipCodec: StreamCodec {
    let name = "gzip"
    private var stream = z_stream()
    private var inMember = false

    init() throws {
        // 16: a gzip header and trailer, not zlib's.
        let status = inflateInit2_(
            &stream, 16 + MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw DocumentFailure(.container, "zlib: cannot start (\(status))") }
    }

    deinit { inflateEnd(&stream) }

    func step(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
    ) throws -> (read: Int, written: Int, atEnd: Bool) {
        if input.isEmpty, !inMember { return (0, 0, true) }
        stream.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: Bytef.self))
        stream.avail_in = UInt32(truncatingIfNeeded: input.count)
        stream.next_out = output.baseAddress?.assumingMemoryBound(to: Bytef.self)
        stream.avail_out = UInt32(truncatingIfNeeded: output.count)
        inMember = true
        let status = inflate(&stream, Z_NO_FLUSH)
        let read = input.count - Int(stream.avail_in)
        let written = output.count - Int(stream.avail_out)
        switch status {
        case Z_OK, Z_BUF_ERROR:
            return (read, written, false)
        case Z_STREAM_END:
            inflateReset(&stream)
            inMember = false
            return (read, written, true)
        default:
            let message = stream.msg.map { String(cString: $0) } ?? "error \(status)"
            throw DocumentFailure(
                .container, "gzip stream is damaged near byte \(stream.total_in) of a member: \(message)")
        }
    }
}
