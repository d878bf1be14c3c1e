internal import FileAccess
import Foundation
internal import SystemPackage

/// Digests of large checkpoints, kept from one start of the program to the next.
///
/// Reading gigabytes again only to learn that they are what they were would be most of the time to a first answer.
/// A kept digest counts only while every file has the device, inode, length, and times of modification and of change
/// that it had when it was read; the last of these no program can set. What cannot be kept or read is computed.
struct DigestCache {
    /// Checkpoints below this are read each time.
    static let smallestByteCount = 64 << 20

    private struct Entry: Codable {
        var files: [String]
        var weights: String
        var beacon: String
    }

    private let path: FilePath?
    private let files: [String]

    /// - Parameter files: the checkpoint's weight files.
    init(files: [FilePath], environment: [String: String] = ProcessInfo.processInfo.environment) {
        var total = 0
        var states: [String] = []
        var lastChange = 0
        for file in files {
            guard let state = FileState(file) else { continue }
            total += state.byteCount
            lastChange = max(lastChange, state.lastChange)
            states.append("\(file) \(state.text)")
        }
        self.files = states.sorted()
        // A file written a moment ago may be written again within the clock's tick.
        guard states.count == files.count, total >= Self.smallestByteCount,
            lastChange + 2 < Int(Date().timeIntervalSince1970),
            let folder = Self.folder(environment)
        else {
            path = nil
            return
        }
        path = folder.appending(
            ContentDigest.hex(of: files.map(\.string).sorted().joined(separator: "\n")) + ".json")
    }

    /// The digests of ordinary weights and beacon parameters, if the files are what they were.
    var digests: (weights: String, beacon: String)? {
        guard let path, let data = FileManager.default.contents(atPath: path.string) else { return nil }
        do {
            let entry = try JSONDecoder().decode(Entry.self, from: data)
            return entry.files == files ? (entry.weights, entry.beacon) : nil
        } catch {
            return nil
        }
    }

    /// Keeps digests for the next start; a folder that cannot be written is no error.
    func keep(weights: String, beacon: String) {
        guard let path else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: path.removingLastComponent().string, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            let data = try encoder.encode(Entry(files: files, weights: weights, beacon: beacon))
            try data.write(to: URL(fileURLWithPath: path.string), options: .atomic)
        } catch {
            return
        }
    }

    private static func folder(_ environment: [String: String]) -> FilePath? {
        if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
            return FilePath(cache).appending("pharos/digests")
        }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return FilePath(home).appending(".cache/pharos/digests")
    }
}
