import Foundation
import Testing

@testable import Pipelines

/// A daemon that wakes each minute and looks at the clock on the wall: the plain way to know when jobs start.
struct WallClockDaemon {
    private let begin: Int
    private let end: Int
    /// The wall clock's lead on UTC in each quarter of an hour.
    private let offsets: [Int]

    /// - Parameters:
    ///   - begin: seconds since 1970, a full quarter of an hour.
    init(zone: String, begin: Int, end: Int) throws {
        let timeZone = try #require(TimeZone(identifier: zone))
        self.begin = begin
        self.end = end
        offsets = stride(from: begin, to: end, by: 900).map { quarter in
            timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(quarter)))
        }
    }

    /// What the wall clock jumped over is caught up with at once, what it repeats is done already, and jobs with a
    /// star go by the wall clock alone.
    func starts(_ cron: CronExpression) -> [Int] {
        func matches(_ local: Int) -> Bool {
            let minute = CivilTime.floorDivide(local, 60)
            guard cron.minutes.contains(minute % 60), cron.hours.contains(minute / 60 % 24) else {
                return false
            }
            let wall = CivilTime(localSeconds: local)
            return cron.matches(month: wall.month, day: wall.day, weekday: wall.weekday)
        }
        var starts: [Int] = []
        var latest = begin + offsets[0] - 60
        for time in stride(from: begin, to: end, by: 60) {
            let local = time + offsets[(time - begin) / 900]
            if cron.keepsRealTime {
                if matches(local) { starts.append(time) }
            } else if local > latest {
                if stride(from: latest + 60, through: local, by: 60).contains(where: matches) {
                    starts.append(time)
                }
                latest = local
            }
        }
        return starts
    }
}
