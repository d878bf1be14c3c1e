internal import CZstd

/// A decompressor of single frames whose content size is known and limited.
public final class ZstdDecoder {
    private let context: OpaquePointer

    public init() throws {
        guard let context = ZSTD_createDCtx() else { throw ZstandardError(.library, "out of memory") }
        self.context = context
    }

    deinit { ZSTD_freeDCtx(context) }

    /// The content of the one frame that fills `bytes`.
    ///
    /// The frame must state its size and carry a checksum, as those of ``ZstdEncoder`` do.
    /// - Parameter limit: the most bytes that the content may have; checked before any memory is taken.
    public func content(of bytes: [UInt8], limit: Int) throws -> [UInt8] {
        let size = try Self.contentByteCount(of: bytes)
        guard size <= limit else {
            throw ZstandardError(
                .limit, "a frame states \(size) bytes of content; at most \(limit) are allowed")
        }
        return try bytes.withUnsafeBytes { input in
            let length = try checked(
                ZSTD_findFrameCompressedSize(input.baseAddress, input.count), "read a frame")
            guard length == input.count else {
                throw ZstandardError(.damaged, "a frame ends \(input.count - length) bytes early")
            }
            return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                let base = buffer.baseAddress
                count = try checked(
                    ZSTD_decompressDCtx(context, base, size, input.baseAddress, input.count), "decompress")
                guard count == size else {
                    throw ZstandardError(.damaged, "a frame holds \(count) bytes but states \(size)")
                }
            }
        }
    }

    /// The content size that the frame at the start of `bytes` states.
    public static func contentByteCount(of bytes: [UInt8]) throws -> Int {
        // Magic number, then the descriptor: bit 2 says that a checksum follows, bits 3 and 4 are to be zero.
        guard bytes.count >= 5 else { throw ZstandardError(.truncated, "a frame of \(bytes.count) bytes") }
        guard bytes[0...3].elementsEqual([0x28, 0xB5, 0x2F, 0xFD]) else {
            throw ZstandardError(.damaged, "no zstd frame starts here")
        }
        guard bytes[4] & 0b0000_0100 != 0, bytes[4] & 0b0001_1000 == 0 else {
            throw ZstandardError(.damaged, "the frame has no checksum or sets reserved bits")
        }
        let size = bytes.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        // The two largest values mean "not stated" and "no frame".
        guard size < UInt64.max - 1, let result = Int(exactly: size) else {
            throw ZstandardError(.damaged, "the frame does not state its size")
        }
        return result
    }
}

extension ZstdDecoder {
    /// The length of the frame that starts at `offset` of `bytes`.
    public static func frameByteCount(at offset: Int, of bytes: [UInt8]) throws -> Int {
        guard offset >= 0, offset < bytes.count else {
            throw ZstandardError(.truncated, "no frame starts at \(offset)")
        }
        return try bytes.withUnsafeBytes { input in
            let rest = UnsafeRawBufferPointer(rebasing: input[offset...])
            return try checked(
                ZSTD_findFrameCompressedSize(rest.baseAddress, rest.count), "read a frame", offset: offset)
        }
    }
}
