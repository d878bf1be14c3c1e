import FileAccess
import Foundation
import SystemPackage

/// What a run has read of its sources, kept while it lasts: a killed run reads on where it was.
///
/// The file has a line per ``SourceEvent``, after every few megabytes of the sources a line with a ``PlanPlace``, and
/// one when all is read. Such a line has a digest of itself and all before it, and counts only with them.
/// The journal speaks of the sources alone, and only while their ``SourceState`` is the one it was begun with; what has
/// become of a document is asked of the store. Its file appears with the first place and goes when the run is done.
final class PlanJournal {
    private enum Line: Codable {
        case state(String)
        case event(SourceEvent)
        case place(PlanPlace, digest: String)
        case end(digest: String)
    }

    /// What an earlier run left.
    struct Remains {
        var place: PlanPlace?
        var places: [PlanPlace] = []
        var isComplete = false
    }

    let path: FilePath
    private let state: SourceState
    private var file: AppendingFile?
    private var digest = ContentDigest()
    private var pending: [UInt8] = []
    private let encoder: JSONEncoder

    /// The journal for the runs of a collection, in the directory for runs.
    static func path(_ collection: String, in runs: FilePath) -> FilePath {
        runs.appending(ContentDigest.hex(of: collection) + ".journal")
    }

    init(_ path: FilePath, _ state: SourceState) throws {
        self.path = path
        self.state = state
        encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        if try FileSystem.kind(of: path) != nil { file = try AppendingFile(path) }
    }

    /// Gives the events that an earlier run noted, block by block, and drops what it did not get to vouch for.
    func replay(_ body: (SourceEvent) -> Void) throws -> Remains {
        var remains = Remains()
        guard let file else {
            try begin()
            return remains
        }
        var reader = JournalLines(file)
        var block: [SourceEvent] = []
        var kept = 0
        var keptDigest = digest
        reading: while let bytes = try reader.next() {
            let before = digest
            digest.update(bytes + [0x0A])
            switch decode(bytes) {
            case .state(let found):
                guard kept == 0, found == state.digest else { break reading }
            case .event(let event):
                guard kept > 0 else { break reading }
                block.append(event)
                continue
            case .place(let place, let sum):
                guard kept > 0, try sum == seal(place, after: before) else { break reading }
                remains.place = place
                remains.places.append(place)
            case .end(let sum):
                guard kept > 0, sum == before.hex() else { break reading }
                remains.isComplete = true
            case nil: break reading
            }
            block.forEach(body)
            block = []
            kept = reader.offset
            keptDigest = digest
            if remains.isComplete { break }
        }
        digest = keptDigest
        try file.truncate(to: kept)
        if kept == 0 { try begin() }
        return remains
    }

    func note(_ event: SourceEvent) throws { try add(.event(event)) }

    /// Makes everything noted so far durable, with the place behind it.
    func note(_ place: PlanPlace) throws {
        try add(.place(place, digest: seal(place, after: digest)))
        try write()
    }

    /// Notes that everything is read; a short journal is not worth its file.
    func end() throws {
        guard file != nil, !pending.isEmpty || digest.hex() != ContentDigest().hex() else { return }
        try add(.end(digest: digest.hex()))
        try write()
    }

    /// Starts anew.
    func clear() throws {
        try file?.truncate(to: 0)
        digest = ContentDigest()
        pending = []
        try begin()
    }

    static func remove(_ path: FilePath) throws {
        if try FileSystem.kind(of: path) != nil { try FileSystem.remove(path) }
    }

    /// The digest of a place and of all that stands before it.
    private func seal(_ place: PlanPlace, after digest: ContentDigest) throws -> String {
        ContentDigest.hex(of: Array(digest.hex().utf8) + (try encoder.encode(place)))
    }

    private func begin() throws { try add(.state(state.digest)) }

    private func add(_ line: Line) throws {
        let bytes = Array(try encoder.encode(line)) + [0x0A]
        digest.update(bytes)
        pending += bytes
    }

    private func write() throws {
        if file == nil { file = try AppendingFile(path) }
        try file?.append(pending)
        try file?.synchronize()
        pending = []
    }

    private func decode(_ bytes: [UInt8]) -> Line? {
        do { return try JSONDecoder().decode(Line.self, from: Data(bytes)) } catch { return nil }
    }
}

/// The complete lines of a journal, read in pieces.
private struct JournalLines {
    private let file: AppendingFile
    private var read = 0
    private var buffer: [UInt8] = []
    private var start = 0
    /// Where the next line begins.
    private(set) var offset = 0

    init(_ file: AppendingFile) { self.file = file }

    /// The next line without its end; nil when there is no more that is complete.
    mutating func next() throws -> [UInt8]? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: 0x0A) {
                let line = Array(buffer[start..<end])
                start = end + 1
                offset += line.count + 1
                return line
            }
            guard read < file.count else { return nil }
            buffer.removeFirst(start)
            start = 0
            searched = buffer.count
            let piece = read..<min(read + (1 << 20), file.count)
            buffer += try file.bytes(piece)
            read = piece.upperBound
        }
    }
}
