import CZstd

/// libzstd's decoder for one or several frames.
final class ZstandardCodec: StreamCodec {
    let name = "zstd"
    private let stream: OpaquePointer

    init() throws {
        guard let stream = ZSTD_createDStream() else {
            throw DocumentFailure(.container, "zstd: cannot start")
        }
        self.stream = stream
        // Windows of more than 128 MiB are a way to exhaust memory.
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, 27)
    }

    deinit { ZSTD_freeDStream(stream) }

    func step(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
    ) throws -> (read: Int, written: Int, atEnd: Bool) {
        var from = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var into = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let result = ZSTD_decompressStream(stream, &into, &from)
        if ZSTD_isError(result) != 0 {
            throw DocumentFailure(
                .container, "zstd stream is damaged: \(String(cString: ZSTD_getErrorName(result)))")
        }
        return (from.pos, into.pos, result == 0)
    }
}
