import FileAccess

/// One of `count` shares of a collection: the documents whose id hashes to `index`.
///
/// Which share a document belongs to depends on its id and on `count` alone, so that every machine agrees without
/// asking another.
public struct ShardAssignment: Sendable, Hashable {
    /// The most shards of one collection.
    public static let maximumCount = 100_000

    /// This share's number, 0…`count` - 1.
    public let index: Int
    /// The number of shares.
    public let count: Int

    /// Creates an assignment.
    /// - Throws: ``PipelinesError`` of code `usage` when `count` or `index` is out of range.
    public init(index: Int, count: Int) throws(PipelinesError) {
        guard (1...Self.maximumCount).contains(count) else {
            throw PipelinesError(.usage, "expected 1 to \(Self.maximumCount) shards, found \(count)")
        }
        guard (0..<count).contains(index) else {
            throw PipelinesError(
                .usage, "expected a shard from 0 to \(count - 1), as there are \(count), found \(index)")
        }
        self.index = index
        self.count = count
    }

    /// Reads `K/N`, such as `0/4`.
    /// - Throws: ``PipelinesError`` of code `usage`.
    public init(_ text: String) throws(PipelinesError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let index = Self.number(parts[0]), let count = Self.number(parts[1]) else {
            throw PipelinesError(
                .usage,
                "expected a shard as K/N with K from 0 to N-1, such as 0/4, or 'auto', found '\(text.prefix(40))'"
            )
        }
        try self.init(index: index, count: count)
    }

    /// The share of `count` that a document belongs to: its id's SHA-256, first eight bytes, modulo `count`.
    public static func index(ofDocument id: String, count: Int) -> Int {
        let digits = ContentDigest.hex(of: id).utf8.prefix(16)
        let value = digits.reduce(UInt64(0)) { value, digit in
            value << 4
                | UInt64(
                    digit >= UInt8(ascii: "a") ? digit - UInt8(ascii: "a") + 10 : digit - UInt8(ascii: "0"))
        }
        return Int(value % UInt64(count))
    }

    /// Whether a document belongs to this share.
    public func contains(document id: String) -> Bool {
        Self.index(ofDocument: id, count: count) == index
    }

    /// The name of the share's directory under `shards`, such as `00017-of-00100`.
    public var directoryName: String {
        func padded(_ number: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
        }
        return "\(padded(index))-of-\(padded(count))"
    }

    static func number(_ text: some StringProtocol) -> Int? {
        guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}

extension ShardAssignment: CustomStringConvertible {
    /// `K/N`.
    public var description: String { "\(index)/\(count)" }
}
