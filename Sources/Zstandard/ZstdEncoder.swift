internal import CZstd

/// A compressor of whole frames, each with its content size and a checksum of its content.
///
/// Equal bytes at an equal level give equal frames for one version of the library.
public final class ZstdEncoder {
    /// The level used where none is given.
    public static let defaultLevel = 3
    /// The levels that may be asked for.
    public static let levels = 1...19

    private let context: OpaquePointer

    public init(level: Int = defaultLevel) throws {
        guard Self.levels.contains(level) else {
            throw ZstandardError(.library, "compression level \(level) is not in \(Self.levels)")
        }
        guard let context = ZSTD_createCCtx() else { throw ZstandardError(.library, "out of memory") }
        self.context = context
        _ = try checked(
            ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, CInt(level)), "set the level")
        _ = try checked(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1), "ask for checksums")
        _ = try checked(ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1), "ask for sizes")
    }

    deinit { ZSTD_freeCCtx(context) }

    /// One frame that holds `content`.
    public func frame(_ content: [UInt8]) throws -> [UInt8] {
        try content.withUnsafeBytes { try frame($0) }
    }

    /// One frame that holds `content`.
    public func frame(_ content: UnsafeRawBufferPointer) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(content.count)) { buffer, count in
            count = try checked(
                ZSTD_compress2(context, buffer.baseAddress, buffer.count, content.baseAddress, content.count),
                "compress")
        }
    }
}
