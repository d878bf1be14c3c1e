internal import FileAccess
public import SystemPackage

/// The layout of a file to be written: tensors in the order given, metadata in byte order of its keys.
///
/// Equal inputs give equal bytes. Tensors of 8-byte elements should come first, so that every tensor is aligned to
/// its element size, which some readers ask for.
public struct SafetensorsWriter: Sendable {
    /// A tensor to be written.
    public struct Entry: Sendable, Hashable {
        public let name: String
        public let type: SafetensorsElementType
        public let shape: [Int]

        public init(_ name: String, _ type: SafetensorsElementType, _ shape: [Int]) {
            self.name = name
            self.type = type
            self.shape = shape
        }
    }

    /// The tensors with their places, by offset.
    public let tensors: [SafetensorsTensor]
    public let metadata: [String: String]
    /// Where the first tensor begins: at a multiple of this, which is one of eight.
    public let alignment: Int

    /// The bytes of all tensors together.
    public var payloadByteCount: Int { tensors.last?.byteRange.upperBound ?? 0 }

    /// Lays `entries` out one after another; throws on a name that occurs twice and on an impossible shape.
    public init(_ entries: [Entry], metadata: [String: String] = [:], alignment: Int = 8) throws {
        precondition(alignment > 0 && alignment % 8 == 0)
        var names: Set<String> = ["__metadata__"]
        var tensors: [SafetensorsTensor] = []
        var end = 0
        for entry in entries {
            guard names.insert(entry.name).inserted else {
                throw SafetensorsError(.value, "the name is taken", tensor: entry.name)
            }
            guard let count = SafetensorsTensor.byteCount(type: entry.type, shape: entry.shape) else {
                throw SafetensorsError(.shape, "shape \(entry.shape) is impossible", tensor: entry.name)
            }
            let (next, overflow) = end.addingReportingOverflow(count)
            guard !overflow else {
                throw SafetensorsError(.shape, "the file would be too large", tensor: entry.name)
            }
            tensors.append(
                try SafetensorsTensor(
                    name: entry.name, type: entry.type, shape: entry.shape, byteRange: end..<next))
            end = next
        }
        self.tensors = tensors
        self.metadata = metadata
        self.alignment = alignment
    }

    /// The header with its eight length bytes, padded with spaces so that tensors begin aligned.
    public func header() throws -> [UInt8] {
        var parts: [String] = []
        if !metadata.isEmpty {
            let keys = metadata.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            let pairs = keys.map { HeaderJSON.quoted($0) + ":" + HeaderJSON.quoted(metadata[$0] ?? "") }
            parts.append("\"__metadata__\":{" + pairs.joined(separator: ",") + "}")
        }
        for tensor in tensors {
            let shape = tensor.shape.map { String($0) }.joined(separator: ",")
            parts.append(
                HeaderJSON.quoted(tensor.name)
                    + ":{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(tensor.byteRange.lowerBound),\(tensor.byteRange.upperBound)]}")
        }
        var json = Array(("{" + parts.joined(separator: ",") + "}").utf8)
        json += [UInt8](
            repeating: UInt8(ascii: " "), count: (2 * alignment - 8 - json.count % alignment) % alignment)
        guard json.count <= SafetensorsHeader.maximumByteCount else {
            throw SafetensorsError(
                .header,
                "the header takes \(json.count) bytes; at most \(SafetensorsHeader.maximumByteCount) are allowed"
            )
        }
        return (0..<8).map { UInt8(truncatingIfNeeded: json.count >> ($0 * 8)) } + json
    }

    /// Writes the whole file, asking `contents` for the bytes of each tensor in turn.
    public func write(to path: FilePath, contents: (SafetensorsTensor) throws -> [UInt8]) throws {
        let file = try AtomicFile(path, permissions: .shared())
        try file.write(try header())
        for tensor in tensors {
            let bytes = try contents(tensor)
            guard bytes.count == tensor.byteRange.count else {
                throw SafetensorsError(
                    .value, "\(bytes.count) bytes were given; \(tensor.byteRange.count) were expected",
                    tensor: tensor.name, path: path)
            }
            try file.write(bytes)
        }
        try file.commit()
    }

    /// The little-endian bytes of `values`, for F32 tensors.
    public static func bytes(of values: [Float]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }

    /// The little-endian bytes of `values`, for I64 tensors.
    public static func bytes(of values: [Int64]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }

    /// The bytes of `span` as they are.
    public static func bytes(of span: RawSpan) -> [UInt8] { span.withUnsafeBytes { Array($0) } }
}
