/// One field of a cron expression: the set of its matching values.
struct CronField: Sendable, Hashable {
    /// Which field it is; settles the range of its values and their names.
    enum Kind: String {
        case minute
        case hour
        case day = "day of month"
        case month
        case weekday = "day of week"

        /// The values that may be written; 7 is another name of Sunday.
        var range: ClosedRange<Int> {
            switch self {
            case .minute: 0...59
            case .hour: 0...23
            case .day: 1...31
            case .month: 1...12
            case .weekday: 0...7
            }
        }

        /// The three-letter names of the values, from `range.lowerBound` on.
        var names: [String] {
            switch self {
            case .minute, .hour, .day: []
            case .month: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
            case .weekday: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
            }
        }
    }

    /// Bit n is set when n matches.
    private(set) var bits: UInt64 = 0
    /// Whether the field starts with `*`, which decides how days combine and whether a job keeps to real time.
    let startsWithStar: Bool

    /// The field that matches one value.
    init(value: Int) {
        bits = 1 << UInt64(value)
        startsWithStar = false
    }

    /// The field `*`.
    init(every kind: Kind) {
        for value in kind.range { bits |= 1 << UInt64(kind == .weekday ? value % 7 : value) }
        startsWithStar = true
    }

    /// Reads a field.
    init(_ text: String, _ kind: Kind) throws(PipelinesError) {
        startsWithStar = text.hasPrefix("*")
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            let range = try Self.range(halves[0], of: item, kind)
            var step = 1
            if halves.count == 2 {
                guard halves[0] == "*" || halves[0].contains("-") else {
                    throw Self.error(kind, item, "a step after '*' or after a range, such as */5 or 10-50/5")
                }
                guard let value = Self.number(halves[1]), (1...kind.range.upperBound).contains(value) else {
                    throw Self.error(kind, item, "a step from 1 to \(kind.range.upperBound)")
                }
                step = value
            }
            for value in stride(from: range.lowerBound, through: range.upperBound, by: step) {
                bits |= 1 << UInt64(kind == .weekday ? value % 7 : value)
            }
        }
    }

    /// Whether `value` matches.
    func contains(_ value: Int) -> Bool { bits & (1 << UInt64(value)) != 0 }

    /// The smallest matching value that is at least `value`, if any.
    func first(from value: Int) -> Int? {
        guard value < 64 else { return nil }
        let rest = bits & (UInt64.max << UInt64(max(0, value)))
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }

    private static func range(
        _ text: Substring, of item: Substring, _ kind: Kind
    ) throws(PipelinesError) -> ClosedRange<Int> {
        if text == "*" { return kind == .weekday ? 0...6 : kind.range }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let low = try value(ends[0], of: item, kind)
        guard ends.count == 2 else { return low...low }
        let high = try value(ends[1], of: item, kind)
        guard low <= high else {
            throw error(
                kind, item,
                "a range whose first value is not after its last; write it as two, split at the end")
        }
        return low...high
    }

    private static func value(
        _ text: Substring, of item: Substring, _ kind: Kind
    ) throws(PipelinesError) -> Int {
        if let value = number(text), kind.range.contains(value) { return value }
        if let index = kind.names.firstIndex(of: text.lowercased()) { return kind.range.lowerBound + index }
        let names = kind.names.isEmpty ? "" : " or \(kind.names.joined(separator: ", "))"
        throw error(
            kind, item, "*, or numbers from \(kind.range.lowerBound) to \(kind.range.upperBound)\(names)")
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.count <= 4, text.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            return nil
        }
        return Int(text)
    }

    private static func error(_ kind: Kind, _ item: Substring, _ expected: String) -> PipelinesError {
        PipelinesError(
            .badConfiguration,
            "cron field '\(kind.rawValue)' holds '\(item.prefix(40))', expected \(expected)")
    }
}
