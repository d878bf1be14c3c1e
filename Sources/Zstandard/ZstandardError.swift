/// What is wrong with compressed bytes, or with a request to compress.
public struct ZstandardError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable {
        /// The bytes are not what the format asks for, or a checksum does not match.
        case damaged
        /// The bytes end too early.
        case truncated
        /// Decoding would take more memory or give more bytes than allowed.
        case limit
        /// The seek table contradicts itself or the frames.
        case seekTable
        /// The library failed for want of memory or because of a bad parameter.
        case library
    }

    public let code: Code
    /// What was found, what was expected, and what to do.
    public let message: String
    /// The byte of the compressed input, or the number of the frame, at which it was found.
    public let offset: Int?

    public init(_ code: Code, _ message: String, offset: Int? = nil) {
        self.code = code
        self.message = message
        self.offset = offset
    }

    public var description: String {
        offset.map { "\(message) (at compressed byte \($0))" } ?? message
    }
}
