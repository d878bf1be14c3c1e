/// A pipeline under a schedule: its name and when it runs.
public struct ScheduledPipeline: Sendable, Hashable {
    /// The pipeline's name, unique among those of one engine.
    public let name: String
    /// When and how it runs.
    public let settings: ScheduleSettings
    let cron: CronSchedule

    /// Creates a scheduled pipeline.
    /// - Throws: ``PipelinesError`` of code `badConfiguration` when the time zone is unknown.
    public init(name: String, settings: ScheduleSettings) throws(PipelinesError) {
        self.name = name
        self.settings = settings
        self.cron = try CronSchedule(settings.cron, zone: settings.zone)
    }

    /// What the times of the starts depend on; when it changes, starts before the change count as dealt with.
    var timing: String { "\(settings.cron.text) \(settings.zone)" }

    /// The delay of the start that the expression gives for `time`: the same for equal seeds, names and times.
    func delay(at time: UnixTime, seed: UInt64) -> Duration {
        let longest = settings.jitter.components.seconds
        guard longest > 0 else { return .zero }
        var mixed = seed
        for byte in name.utf8 { mixed = Self.mix(mixed ^ UInt64(byte)) }
        mixed = Self.mix(mixed ^ UInt64(bitPattern: Int64(time.seconds)))
        return .seconds(Int64(mixed % UInt64(longest + 1)))
    }

    /// One step of SplitMix64.
    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
