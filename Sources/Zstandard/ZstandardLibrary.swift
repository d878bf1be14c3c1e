internal import CZstd

/// The result of a library call, or the error it stands for.
func checked(_ result: Int, _ action: String, offset: Int? = nil) throws -> Int {
    guard ZSTD_isError(result) != 0 else { return result }
    let code: ZstandardError.Code =
        switch ZSTD_getErrorCode(result) {
        case ZSTD_error_frameParameter_windowTooLarge, ZSTD_error_dstSize_tooSmall: .limit
        case ZSTD_error_srcSize_wrong: .truncated
        case ZSTD_error_memory_allocation, ZSTD_error_parameter_unsupported, ZSTD_error_parameter_outOfBound:
            .library
        default: .damaged
        }
    throw ZstandardError(
        code, "cannot \(action): \(String(cString: ZSTD_getErrorName(result)))", offset: offset)
}
