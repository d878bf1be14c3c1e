public import SystemPackage

/// What is wrong with a safetensors file, and where.
public struct SafetensorsError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable {
        /// The file is too short, or its header's length is impossible.
        case header
        /// The header is not the JSON that the format asks for.
        case json
        /// Offsets leave the file, overlap, or leave a gap.
        case offsets
        /// A shape is impossible or does not fill its offsets.
        case shape
        /// The element type is unknown, or not the one that was asked for.
        case type
        /// The tensor is not in the file.
        case missing
        /// A value does not fit where it was asked for.
        case value
    }

    public let code: Code
    /// What was found, what was expected, and what to do.
    public let message: String
    /// The tensor at fault, if one is.
    public let tensor: String?
    /// The file at fault, if it was read from one.
    public let path: FilePath?

    public init(_ code: Code, _ message: String, tensor: String? = nil, path: FilePath? = nil) {
        self.code = code
        self.message = message
        self.tensor = tensor
        self.path = path
    }

    /// The same error, naming the file.
    func at(_ path: FilePath?) -> SafetensorsError {
        SafetensorsError(code, message, tensor: tensor, path: self.path ?? path)
    }

    public var description: String {
        var result = ""
        if let path { result += "\(path): " }
        if let tensor { result += "tensor \(tensor): " }
        return result + message
    }
}
