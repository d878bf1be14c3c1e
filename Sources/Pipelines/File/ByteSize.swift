/// A number of bytes as people write it: `4096`, `64MiB`, `1.5 GB`.
public struct ByteSize: Sendable, Hashable, Comparable {
    /// The number of bytes, zero or more.
    public let bytes: Int

    /// Creates a size; `bytes` must not be negative.
    public init(bytes: Int) {
        precondition(bytes >= 0, "a size is not negative")
        self.bytes = bytes
    }

    /// Creates a size of `count` mebibytes.
    public static func mebibytes(_ count: Int) -> ByteSize { ByteSize(bytes: count << 20) }

    /// Creates a size of `count` gibibytes.
    public static func gibibytes(_ count: Int) -> ByteSize { ByteSize(bytes: count << 30) }

    /// Reads a size, or returns nil when the text is none.
    ///
    /// Digits, optionally a decimal fraction, then a unit: `B`, decimal `kB MB GB TB`, or binary
    /// `KiB MiB GiB TiB`, in any case, with an optional space before it. No unit means bytes. A fraction of a
    /// byte is cut off; a size beyond `Int.max` is none.
    public init?(_ text: String) {
        guard let number = DecimalNumber(prefixOf: text) else { return nil }
        let unit = number.rest.drop { $0 == " " }
        guard let scale = Self.scales[unit.lowercased()] else { return nil }
        guard let bytes = number.scaled(by: scale) else { return nil }
        self.bytes = bytes
    }

    private static let scales: [String: Int] = [
        "": 1, "b": 1,
        "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000, "tb": 1_000_000_000_000,
        "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
    ]

    public static func < (left: ByteSize, right: ByteSize) -> Bool { left.bytes < right.bytes }
}

extension ByteSize: CustomStringConvertible {
    /// The size in the largest unit that divides it, binary before decimal: `64MiB`, `10GB`, `1234`.
    public var description: String {
        guard bytes > 0 else { return "0" }
        for (name, shift) in [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)]
        where bytes % (1 << shift) == 0 { return "\(bytes >> shift)\(name)" }
        for (name, scale) in [
            ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000),
        ]
        where bytes % scale == 0 { return "\(bytes / scale)\(name)" }
        return String(bytes)
    }
}
