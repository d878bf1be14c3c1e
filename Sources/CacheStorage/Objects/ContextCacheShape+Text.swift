extension ContextCacheShape {
    /// The segments in the spelling of the file's metadata: `sink+raw:beacons@ratio*count,…` joined by semicolons,
    /// such as `0+37:16@8*4,8@16*1`.
    var segmentsText: String {
        var texts: [String] = []
        for segment in segments {
            var runs: [(window: Window, count: Int)] = []
            for window in segment.windows {
                if let last = runs.last, last.window == window {
                    runs[runs.count - 1].count += 1
                } else {
                    runs.append((window, 1))
                }
            }
            let windows = runs.map { "\($0.window.beacons)@\($0.window.ratio)*\($0.count)" }.joined(
                separator: ",")
            texts.append("\(segment.sinkEntries)+\(segment.rawEntries):\(windows)")
        }
        return texts.joined(separator: ";")
    }

    /// Parses the spelling of ``segmentsText``.
    ///
    /// - Parameter limit: the most windows and segments, so that a short text cannot stand for a huge list.
    static func segments(text: String, limit: Int) throws -> [Segment] {
        let damaged = CacheStorageError(.damaged, "the list of segments in the header cannot be read")
        var windowCount = 0
        func number(_ text: Substring) throws -> Int {
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text),
                value <= maximumSize
            else { throw damaged }
            return value
        }
        func pair(_ text: Substring, _ separator: Character) throws -> (Substring, Substring) {
            let parts = text.split(separator: separator, maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw damaged }
            return (parts[0], parts[1])
        }
        if text.isEmpty { return [] }
        let parts = text.split(separator: ";", omittingEmptySubsequences: false)
        guard parts.count <= limit else { throw damaged }
        return try parts.map { part in
            let (counts, runs) = try pair(part, ":")
            let (sink, raw) = try pair(counts, "+")
            var windows: [Window] = []
            for run in runs.split(separator: ",", omittingEmptySubsequences: false) where !runs.isEmpty {
                let (window, repeats) = try pair(run, "*")
                let (beacons, ratio) = try pair(window, "@")
                let count = try number(repeats)
                windowCount += count
                guard windowCount <= limit else { throw damaged }
                windows += [Window](
                    repeating: Window(beacons: try number(beacons), ratio: try number(ratio)), count: count)
            }
            return Segment(sinkEntries: try number(sink), windows: windows, rawEntries: try number(raw))
        }
    }
}
