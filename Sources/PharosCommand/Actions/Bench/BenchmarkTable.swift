import Foundation

/// Measurements as people read them, beside those of an earlier run.
struct BenchmarkTable {
    private var table = TextTable([
        .init("work"), .init("tokens", .right), .init("memory", .right), .init("ratio", .right),
        .init("tokens/s", .right), .init("time", .right), .init("spread", .right), .init("CPU", .right),
        .init("of peak", .right), .init("bytes/token", .right), .init("memory peak", .right),
        .init("before", .right),
    ])
    private let earlier: [String: Measurement]

    init(earlier: [Measurement] = []) {
        self.earlier = Dictionary(earlier.map { ($0.key, $0) }) { _, last in last }
    }

    mutating func add(_ item: Measurement) {
        func percent(_ value: Double) -> String { String(format: "%.0f %%", value * 100) }
        func time(_ seconds: Double) -> String {
            seconds < 1 ? String(format: "%.1f ms", seconds * 1000) : String(format: "%.2f s", seconds)
        }
        let before = earlier[item.key].map { old in
            String(format: "%+.1f %%", (old.seconds / max(item.seconds, 1e-12) - 1) * 100)
        }
        table.add([
            item.work.rawValue, HumanFormat.count(item.tokens), HumanFormat.count(item.memoryTokens),
            item.ratio == 0 ? "" : String(item.ratio), HumanFormat.rate(item.tokensPerSecond),
            time(item.seconds), "±" + percent(item.spread / 2), time(item.cpuSeconds),
            item.arithmeticShare.map(percent) ?? "",
            item.bytesPerToken.map { String(format: "%.0f", $0) } ?? "",
            HumanFormat.bytes(item.peakBytes), before ?? "",
        ])
    }

    var text: String { table.text }
}
