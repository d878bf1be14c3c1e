/// A rate over the last minute, from samples of a growing count.
struct RateMeter: Sendable {
    private var samples: [(time: Duration, count: Int)] = []

    /// Notes that the count has reached `count`; samples closer than a second to the last replace it.
    mutating func add(_ count: Int, at time: Duration) {
        if samples.count > 1, time - samples[samples.count - 2].time < .seconds(1) { samples.removeLast() }
        samples.append((time, count))
        while samples.count > 2, time - samples[1].time >= .seconds(60) { samples.removeFirst() }
    }

    /// The count's growth in a second; zero while nothing has been measured.
    var perSecond: Double {
        guard let first = samples.first, let last = samples.last, last.time > first.time else { return 0 }
        return Double(last.count - first.count) / ((last.time - first.time) / .seconds(1))
    }
}
