/// A source whose first bytes can be looked at before they are read.
final class PeekableSource: ByteSource {
    private let base: any ByteSource
    private var held: [UInt8] = []
    private var ended = false

    init(_ base: any ByteSource) { self.base = base }

    /// The next bytes, at least `count` of them unless the source ends before; they stay to be read.
    func peek(_ count: Int) throws -> ArraySlice<UInt8> {
        while held.count < count, !ended {
            if let chunk = try base.read() { held += chunk } else { ended = true }
        }
        return held.prefix(count)
    }

    /// Passes over bytes; behind the end there are none.
    func skip(_ count: Int) throws {
        var left = count - held.count
        guard left > 0 else {
            held.removeFirst(count)
            return
        }
        held = []
        left -= base.seek(left)
        while left > 0, let chunk = try base.read() {
            if chunk.count > left { held = Array(chunk[left...]) }
            left -= chunk.count
        }
    }

    func seek(_ count: Int) -> Int { held.isEmpty ? base.seek(count) : 0 }

    func read() throws -> [UInt8]? {
        if !held.isEmpty {
            defer { held = [] }
            return held
        }
        return ended ? nil : try base.read()
    }
}

/// Bytes in memory as a source.
final class MemorySource: ByteSource {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read() throws -> [UInt8]? {
        let chunk = bytes[offset...].prefix(chunkBytes)
        offset = chunk.endIndex
        return chunk.isEmpty ? nil : Array(chunk)
    }

    func seek(_ count: Int) -> Int {
        let passed = min(count, bytes.count - offset)
        offset += passed
        return passed
    }
}
