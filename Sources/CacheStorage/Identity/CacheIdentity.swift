import FileAccess

/// Everything that a context cache was made from; its digest names the cache.
///
/// An ordered list of named values. Two caches of equal identity are the same bytes, so every setting that can change
/// a stored byte is a field.
public struct CacheIdentity: Sendable, Hashable {
    /// One named value.
    public struct Field: Sendable, Hashable {
        public let name: String
        public let value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }

        /// Compares bytes, not canonical equivalence.
        public static func == (left: Field, right: Field) -> Bool {
            left.name.utf8.elementsEqual(right.name.utf8) && left.value.utf8.elementsEqual(right.value.utf8)
        }

        public func hash(into hasher: inout Hasher) {
            for byte in value.utf8 { hasher.combine(byte) }
        }
    }

    /// The name of the field that holds the digest of the document's text.
    public static let textField = "text"

    /// All fields in order.
    public let fields: [Field]
    /// The SHA-256 of all fields, in hexadecimal.
    public let digest: String
    /// The SHA-256 of all fields but the text's: equal for caches made in the same way from different texts.
    public var settingsDigest: String { Self.digest(fields.filter { $0.name != Self.textField }) }

    /// An identity of any fields; throws where a name is empty, holds control characters, or occurs twice.
    public init(fields: [Field]) throws {
        var names: Set<String> = []
        for field in fields {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
                names.insert(field.name).inserted
            else {
                throw CacheStorageError(
                    .value, "the identity field \"\(field.name)\" is empty or occurs twice")
            }
        }
        self.init(unchecked: fields)
    }

    init(unchecked fields: [Field]) {
        self.fields = fields
        digest = Self.digest(fields)
    }

    /// The identity of the cache that is made in the same way from the text whose SHA-256 is `digest`.
    public func replacing(text digest: String) -> CacheIdentity {
        CacheIdentity(
            unchecked: fields.map { $0.name == Self.textField ? Field(name: $0.name, value: digest) : $0 })
    }

    /// The value of the field `name`, or nil.
    public subscript(name: String) -> String? {
        fields.first { $0.name == name }?.value
    }

    /// The fields in which `found`, the identity of a cache, differs from this one, the identity that is expected.
    public func difference(from found: CacheIdentity) -> [IdentityDifference] {
        var result: [IdentityDifference] = []
        for field in fields {
            let other = found.fields.first { $0.name == field.name }
            if other != field {
                result.append(
                    IdentityDifference(field: field.name, expected: field.value, found: other?.value))
            }
        }
        for field in found.fields where self[field.name] == nil {
            result.append(IdentityDifference(field: field.name, expected: nil, found: field.value))
        }
        return result
    }

    /// Throws ``CacheStorageError/Code/identity``, naming the first field that differs and both its values, where
    /// `found` is not this identity.
    public func require(_ found: CacheIdentity) throws {
        let differences = difference(from: found)
        guard let first = differences.first else { return }
        let more = differences.count > 1 ? " (and \(differences.count - 1) more fields)" : ""
        throw CacheStorageError(
            .identity,
            "the cache does not belong to what is at hand: \(first)\(more); \(first.remedy)",
            differences: differences)
    }

    private static func digest(_ fields: [Field]) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2048)
        // Piece by piece: a plan takes one digest per document.
        func append(_ text: String, _ end: UInt8) {
            bytes += String(text.utf8.count).utf8
            bytes.append(0x20)
            bytes += text.utf8
            bytes.append(end)
        }
        for field in fields {
            append(field.name, 0x20)
            append(field.value, 0x0A)
        }
        return ContentDigest.hex(of: bytes)
    }
}
