import FileAccess
import Safetensors

/// The first frame of a cache: a safetensors header whose metadata says what the cache is.
struct ContextCacheHeader: Sendable {
    static let kind = "pharos context cache"
    /// The longest header that is read.
    static let maximumByteCount = SafetensorsHeader.maximumByteCount + 8

    let identity: CacheIdentity
    let shape: ContextCacheShape
    let plan: ContextCachePlan
    /// Documents' tokens that the cache covers.
    let tokenCount: Int
    /// The SHA-256 of each frame's content, the header's excepted.
    let frameDigests: [String]

    /// One digest for the whole payload: that of the frames' digests.
    var payloadDigest: String { ContentDigest.hex(of: frameDigests.joined()) }

    init(
        identity: CacheIdentity, shape: ContextCacheShape, plan: ContextCachePlan, tokenCount: Int,
        frameDigests: [String]
    ) {
        self.identity = identity
        self.shape = shape
        self.plan = plan
        self.tokenCount = tokenCount
        self.frameDigests = frameDigests
    }

    private var metadata: [String: String] {
        var result = [
            "format": Self.kind, "version": String(CacheIdentity.formatVersion), "identity": identity.digest,
            "fields": identity.fields.map { $0.name }.joined(separator: " "), "layers": String(shape.layers),
            "kv_heads": String(shape.kvHeads), "head_dim": String(shape.headDim),
            "key_encoding": shape.keyEncoding.rawValue, "value_encoding": shape.valueEncoding.rawValue,
            "segments": shape.segmentsText, "windows": String(shape.windowCount),
            "beacons": String(shape.beaconCount), "tokens": String(tokenCount),
            "frames": frameDigests.joined(separator: " "), "payload": payloadDigest,
        ]
        for field in identity.fields { result["identity.\(field.name)"] = field.value }
        return result
    }

    /// The bytes of the header frame's content.
    func bytes() throws -> [UInt8] {
        try SafetensorsWriter(plan.entries, metadata: metadata).header()
    }

    /// Parses the header frame's content of a file whose other frames hold `frameByteCounts` bytes.
    ///
    /// A header is accepted only when writing what was read from it gives the same bytes again, so there is one
    /// spelling of every header, and nothing in it goes unread.
    init(parsing bytes: [UInt8], frameByteCounts: [Int]) throws {
        let payload = frameByteCounts.reduce(0, +)
        let length = try SafetensorsHeader.jsonByteCount(prefix: Array(bytes.prefix(8)))
        guard length == bytes.count - 8 else {
            throw CacheStorageError(
                .damaged, "the header claims \(length) bytes, but its frame has \(bytes.count - 8)")
        }
        let header = try bytes.withUnsafeBytes {
            try SafetensorsHeader(json: UnsafeRawBufferPointer(rebasing: $0[8...]), payloadByteCount: payload)
        }
        func value(_ key: String) throws -> String {
            guard let text = header.metadata[key] else {
                throw CacheStorageError(.format, "the header has no \"\(key)\"; this is no context cache")
            }
            return text
        }
        func number(_ key: String) throws -> Int {
            guard let result = Int(try value(key)), result >= 0 else {
                throw CacheStorageError(.damaged, "the header's \"\(key)\" is no number")
            }
            return result
        }
        func encoding(_ key: String) throws -> KeyValueEncoding {
            guard let result = KeyValueEncoding(rawValue: try value(key)) else {
                throw CacheStorageError(
                    .format, "the encoding \(try value(key)) is not known to this version")
            }
            return result
        }
        guard try value("format") == Self.kind else {
            throw CacheStorageError(.format, "the file is a \"\(try value("format"))\", not a \(Self.kind)")
        }
        guard try number("version") == CacheIdentity.formatVersion else {
            throw CacheStorageError(
                .format,
                "the cache has version \(try value("version")); this program reads \(CacheIdentity.formatVersion)"
            )
        }
        let fields = try value("fields").split(separator: " ").map { name in
            CacheIdentity.Field(name: String(name), value: try value("identity.\(name)"))
        }
        identity = try CacheIdentity(fields: fields)
        shape = try ContextCacheShape(
            layers: number("layers"), kvHeads: number("kv_heads"), headDim: number("head_dim"),
            keyEncoding: encoding("key_encoding"), valueEncoding: encoding("value_encoding"),
            segments: ContextCacheShape.segments(text: value("segments"), limit: header.tensors.count))
        guard ContextCachePlan.tensorCount(shape) == header.tensors.count else {
            throw CacheStorageError(.damaged, "the header's segments do not account for its tensors")
        }
        plan = try ContextCachePlan(shape)
        guard plan.frames.map({ $0.bytes.count }) == frameByteCounts else {
            throw CacheStorageError(.damaged, "the frames do not hold what the header says")
        }
        tokenCount = try number("tokens")
        frameDigests = try value("frames").split(separator: " ").map { String($0) }
        guard frameDigests.count == plan.frames.count, frameDigests.allSatisfy({ ContentDigest.isHex($0) })
        else {
            throw CacheStorageError(.damaged, "the header's list of digests cannot be read")
        }
        guard try self.bytes() == bytes else {
            throw CacheStorageError(.damaged, "the header contradicts itself")
        }
    }
}
