public import FileAccess
public import SystemPackage

/// A safetensors file whose header has been checked in full; tensors are read on demand.
public struct SafetensorsFile: Sendable {
    public let header: SafetensorsHeader
    /// The mapped file, where it was opened from one.
    public let mapping: MappedFile?
    private let bytes: [UInt8]
    private let places: [String: Int]

    /// The strings under `__metadata__`.
    public var metadata: [String: String] { header.metadata }
    /// The path of the mapped file, where it was opened from one.
    public var path: FilePath? { mapping?.path }
    /// All tensors, by offset.
    public var tensors: [SafetensorsTensor] { header.tensors }

    /// Maps the file at `path` and checks its header.
    public init(mapping path: FilePath) throws {
        try self.init(mapping: MappedFile(path), bytes: [])
    }

    /// Checks the header of a file held in memory.
    public init(bytes: [UInt8]) throws {
        try self.init(mapping: nil, bytes: bytes)
    }

    private init(mapping: MappedFile?, bytes: [UInt8]) throws {
        let parse = { (buffer: UnsafeRawBufferPointer) throws -> SafetensorsHeader in
            let length = try SafetensorsHeader.jsonByteCount(prefix: Array(buffer.prefix(8)))
            guard length <= buffer.count - 8 else {
                throw SafetensorsError(
                    .header, "the header claims \(length) bytes, but only \(buffer.count - 8) follow")
            }
            return try SafetensorsHeader(
                json: UnsafeRawBufferPointer(rebasing: buffer[8..<8 + length]),
                payloadByteCount: buffer.count - 8 - length)
        }
        do {
            header = try mapping?.withBytes(parse) ?? bytes.withUnsafeBytes(parse)
        } catch let error as SafetensorsError {
            throw error.at(mapping?.path)
        }
        self.mapping = mapping
        self.bytes = bytes
        var places: [String: Int] = [:]
        for (index, tensor) in header.tensors.enumerated() { places[tensor.name] = index }
        self.places = places
    }

    /// The tensor called `name`, or nil.
    public func tensor(_ name: String) -> SafetensorsTensor? {
        places[name].map { header.tensors[$0] }
    }

    /// The tensor called `name`, or an error that says which are there.
    public func requireTensor(_ name: String) throws -> SafetensorsTensor {
        if let tensor = tensor(name) { return tensor }
        throw SafetensorsError(
            .missing, "is not among the \(tensors.count) tensors of the file", tensor: name, path: path)
    }

    /// Calls `body` with the bytes of `tensor`, which need not be aligned; the buffer must not leave the call.
    ///
    /// - Precondition: `tensor` is one of ``tensors``.
    public func withBytes<Result>(
        _ tensor: SafetensorsTensor, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let start = header.byteCount + tensor.byteRange.lowerBound
        let end = header.byteCount + tensor.byteRange.upperBound
        precondition(
            end - header.byteCount <= header.payloadByteCount,
            "the tensor \(tensor.name) belongs to another file")
        if let mapping {
            return try mapping.withBytes { try body(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
        }
        return try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
    }
}
