/// The checked header of a safetensors file: metadata and the place of every tensor.
///
/// The rules are those of the reference implementation: eight bytes of length, a JSON object that starts with `{`,
/// tensors that fill the rest of the file from its first byte to its last without gap or overlap.
public struct SafetensorsHeader: Sendable, Hashable {
    /// The longest header that is read, as in the reference implementation.
    public static let maximumByteCount = 100_000_000

    /// The strings under `__metadata__`.
    public let metadata: [String: String]
    /// All tensors, by offset.
    public let tensors: [SafetensorsTensor]
    /// The length of the header with its eight length bytes: where the tensors start.
    public let byteCount: Int

    /// The bytes of all tensors together.
    public var payloadByteCount: Int { tensors.last?.byteRange.upperBound ?? 0 }

    /// Reads the length of the header from a file's first eight bytes.
    public static func jsonByteCount(prefix: [UInt8]) throws -> Int {
        guard prefix.count >= 8 else {
            throw SafetensorsError(.header, "the file has \(prefix.count) bytes; a header takes at least 8")
        }
        let length = prefix[0..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(maximumByteCount) else {
            throw SafetensorsError(
                .header, "the header claims \(length) bytes; at most \(maximumByteCount) are read")
        }
        return Int(length)
    }

    /// Parses and checks the JSON text of a header whose file holds `payloadByteCount` bytes after it.
    ///
    /// - Parameter payloadByteCount: nil where the length is not yet known; the caller then compares
    ///   ``payloadByteCount`` itself.
    public init(json: UnsafeRawBufferPointer, payloadByteCount: Int?) throws {
        guard json.first == UInt8(ascii: "{") else {
            throw SafetensorsError(.header, "the header does not start with {; this is no safetensors file")
        }
        let value: HeaderJSON
        do {
            value = try HeaderJSON(parsing: json)
        } catch let error as HeaderJSON.SyntaxError {
            throw SafetensorsError(.json, "header, byte \(error.offset): \(error.message)")
        }
        guard case .object(let members) = value else {
            throw SafetensorsError(.json, "the header is not a JSON object")
        }
        var metadata: [String: String] = [:]
        var tensors: [SafetensorsTensor] = []
        tensors.reserveCapacity(members.count)
        for member in members {
            if member.key == "__metadata__" {
                metadata = try Self.metadata(member.value)
            } else {
                tensors.append(try Self.tensor(member))
            }
        }
        tensors.sort {
            if $0.byteRange.lowerBound != $1.byteRange.lowerBound {
                return $0.byteRange.lowerBound < $1.byteRange.lowerBound
            }
            if $0.byteRange.upperBound != $1.byteRange.upperBound {
                return $0.byteRange.upperBound < $1.byteRange.upperBound
            }
            return $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
        }
        var end = 0
        for tensor in tensors {
            guard tensor.byteRange.lowerBound == end else {
                throw SafetensorsError(
                    .offsets,
                    "starts at byte \(tensor.byteRange.lowerBound), but the tensor before it ends at \(end)",
                    tensor: tensor.name)
            }
            end = tensor.byteRange.upperBound
        }
        if let payloadByteCount, payloadByteCount != end {
            throw SafetensorsError(
                .offsets,
                "the tensors take \(end) bytes, but the file holds \(payloadByteCount) after its header"
                    + (payloadByteCount < end ? "; it is cut short" : ""))
        }
        self.metadata = metadata
        self.tensors = tensors
        byteCount = 8 + json.count
    }

    private static func metadata(_ value: HeaderJSON) throws -> [String: String] {
        guard case .object(let members) = value else {
            throw SafetensorsError(.json, "__metadata__ is not an object of strings")
        }
        var result: [String: String] = [:]
        for member in members {
            guard case .string(let text) = member.value else {
                throw SafetensorsError(.json, "__metadata__ \"\(member.key)\" is not a string")
            }
            result[member.key] = text
        }
        return result
    }

    private static func tensor(_ member: HeaderJSON.Member) throws -> SafetensorsTensor {
        guard case .string(let typeName)? = member.value["dtype"] else {
            throw SafetensorsError(.json, "has no dtype", tensor: member.key)
        }
        guard let type = SafetensorsElementType(rawValue: typeName) else {
            throw SafetensorsError(.type, "unknown dtype \(typeName)", tensor: member.key)
        }
        let shape = try integers(member, "shape")
        let offsets = try integers(member, "data_offsets")
        guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1] else {
            throw SafetensorsError(.offsets, "data_offsets \(offsets) are impossible", tensor: member.key)
        }
        return try SafetensorsTensor(
            name: member.key, type: type, shape: shape, byteRange: offsets[0]..<offsets[1])
    }

    private static func integers(_ member: HeaderJSON.Member, _ key: String) throws -> [Int] {
        guard case .array(let values)? = member.value[key] else {
            throw SafetensorsError(.json, "has no \(key)", tensor: member.key)
        }
        return try values.map { value in
            guard case .integer(let number) = value else {
                throw SafetensorsError(
                    .json, "\(key) holds something other than whole numbers", tensor: member.key)
            }
            return number
        }
    }
}
