internal import CZstd

/// A decompressor of a stream of any number of frames, skippable frames among them, in constant memory.
///
/// Give it the compressed bytes piece by piece, then call ``finish()``, which tells a stream that was cut short.
public final class ZstdStreamDecoder {
    /// What a stream may ask for.
    public struct Limits: Sendable, Hashable {
        /// The largest window, as a power of two; it bounds the memory that decoding takes.
        public var windowLog: Int
        /// The most bytes that the whole stream may give.
        public var outputByteCount: Int

        /// Limits of 128 MiB of window and 1 TiB of output unless told otherwise.
        public init(windowLog: Int = 27, outputByteCount: Int = 1 << 40) {
            self.windowLog = windowLog
            self.outputByteCount = outputByteCount
        }
    }

    private let context: OpaquePointer
    private let limits: Limits
    private var buffer: [UInt8]
    private var insideFrame = false
    /// Compressed bytes taken so far.
    public private(set) var inputByteCount = 0
    /// Decompressed bytes given so far.
    public private(set) var outputByteCount = 0

    public init(limits: Limits = Limits()) throws {
        guard let context = ZSTD_createDCtx() else { throw ZstandardError(.library, "out of memory") }
        self.context = context
        self.limits = limits
        buffer = [UInt8](repeating: 0, count: ZSTD_DStreamOutSize())
        _ = try checked(
            ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, CInt(clamping: limits.windowLog)),
            "limit the window")
    }

    deinit { ZSTD_freeDCtx(context) }

    /// Decodes `input` and hands over what it gives, in pieces of at most 128 KiB.
    public func decode(_ input: [UInt8], _ body: (ArraySlice<UInt8>) throws -> Void) throws {
        var position = 0
        var outputFull = false
        while position < input.count || outputFull {
            var produced = 0
            let result = input.withUnsafeBytes { source in
                buffer.withUnsafeMutableBytes { target in
                    var from = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: position)
                    var to = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                    let result = ZSTD_decompressStream(context, &to, &from)
                    inputByteCount += from.pos - position
                    position = from.pos
                    produced = to.pos
                    return result
                }
            }
            let hint = try checked(result, "decompress", offset: inputByteCount)
            insideFrame = hint != 0
            outputFull = produced == buffer.count && hint != 0
            outputByteCount += produced
            guard outputByteCount <= limits.outputByteCount else {
                throw ZstandardError(
                    .limit, "the stream gives more than \(limits.outputByteCount) bytes",
                    offset: inputByteCount)
            }
            if produced > 0 { try body(buffer[0..<produced]) }
        }
    }

    /// Ends the stream; throws where it ends inside a frame.
    public func finish() throws {
        guard !insideFrame else {
            throw ZstandardError(.truncated, "the stream ends inside a frame", offset: inputByteCount)
        }
    }
}
