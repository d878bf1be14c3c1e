import Foundation

/// What the process has used so far.
public struct ResourceUsage: Sendable, Hashable {
    /// Processor time of all threads, user and system.
    public var cpuSeconds: Double
    /// Largest resident set so far.
    public var peakBytes: Int

    public static var current: ResourceUsage {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
        return ResourceUsage(
            cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
            peakBytes: Int(usage.ru_maxrss) * 1024)
    }
}
