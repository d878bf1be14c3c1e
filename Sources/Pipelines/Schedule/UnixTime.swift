/// A moment in whole seconds since 1970-01-01 00:00 UTC.
public struct UnixTime: Sendable, Hashable, Comparable, Codable {
    /// Seconds since 1970-01-01 00:00 UTC; leap seconds do not count.
    public let seconds: Int

    /// Creates a moment.
    public init(_ seconds: Int) {
        self.seconds = seconds
    }

    /// Reads the bare number, which must lie within thirty thousand years of 1970.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        seconds = try container.decode(Int.self)
        guard seconds.magnitude < 1_000_000_000_000 else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "expected seconds since 1970, found \(seconds)")
        }
    }

    /// Writes the bare number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(seconds)
    }

    public static func < (left: UnixTime, right: UnixTime) -> Bool { left.seconds < right.seconds }

    /// The moment `duration` later; parts of a second are cut off.
    public static func + (time: UnixTime, duration: Duration) -> UnixTime {
        UnixTime(time.seconds + Int(duration.components.seconds))
    }

    /// The moment `duration` earlier; parts of a second are cut off.
    public static func - (time: UnixTime, duration: Duration) -> UnixTime {
        UnixTime(time.seconds - Int(duration.components.seconds))
    }

    /// The time from `right` to `left`.
    public static func - (left: UnixTime, right: UnixTime) -> Duration {
        .seconds(left.seconds - right.seconds)
    }
}

extension UnixTime: CustomStringConvertible {
    /// The moment in UTC, as in RFC 3339: `2026-03-29T01:00:00Z`.
    public var description: String { CivilTime(localSeconds: seconds).description + "Z" }
}
