import BeaconModel
import ContextCaching

/// One window of a plan, as `pharos chunk` prints it.
struct WindowLine: Encodable {
    /// What one memory entry stands for.
    struct Unit: Encodable {
        var tokens: [Int]
        var bytes: [Int]
    }

    var document: String
    var index: Int
    var segment: Int
    var tokens: [Int]
    var bytes: [Int]
    var ratio: Int?
    /// Places of the beacons among the window's inputs.
    var beacons: [Int]
    /// What each entry that stays in memory stands for.
    var intervals: [Unit]
    /// Whether the window is full, and so leaves only its beacons.
    var complete: Bool

    /// A line per window; an unfinished last window that stays raw comes last.
    static func lines(_ plan: ChunkPlan, document: String) -> [WindowLine] {
        var lines = plan.windows.map { window in
            WindowLine(
                document: document, index: window.index, segment: window.segment,
                tokens: pair(window.interval.tokens), bytes: pair(window.interval.bytes), ratio: window.ratio,
                beacons: window.beaconOffsets, intervals: units(window.entries), complete: window.isComplete)
        }
        for (number, segment) in plan.segments.enumerated() where !segment.tail.isEmpty {
            let start = segment.windows.last.map { plan.windows[$0].interval } ?? segment.interval
            let hasWindows = !segment.windows.isEmpty
            lines.append(
                WindowLine(
                    document: document, index: plan.windows.count, segment: number,
                    tokens: [
                        hasWindows ? start.tokens.upperBound : start.tokens.lowerBound,
                        segment.interval.tokens.upperBound,
                    ],
                    bytes: [
                        hasWindows ? start.bytes.upperBound : start.bytes.lowerBound,
                        segment.interval.bytes.upperBound,
                    ],
                    ratio: nil, beacons: segment.tail.indices.filter { segment.tail[$0].kind == .beacon },
                    intervals: units(segment.tail), complete: false))
        }
        return lines
    }

    private static func pair(_ range: Range<Int>) -> [Int] { [range.lowerBound, range.upperBound] }

    private static func units(_ entries: [ChunkPlan.Entry]) -> [Unit] {
        entries.map { Unit(tokens: pair($0.interval.tokens), bytes: pair($0.interval.bytes)) }
    }
}
