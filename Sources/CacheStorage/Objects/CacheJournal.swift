import FileAccess
import SystemPackage

/// The finished parts of a cache that is being computed, so that a killed run goes on where it was.
///
/// A record is the SHA-256 of the part's number and bytes, then the bytes; their count follows from the plan. A
/// record that does not match its digest, and all behind it, is dropped.
final class CacheJournal {
    private static let magic = Array("PHAROSJ1".utf8)
    /// Records are made durable whenever this many bytes have been added.
    private static let synchronizationByteCount = 32 << 20

    let path: FilePath
    private let file: AppendingFile
    private let plan: ContextCachePlan
    private let key: StoreKey?
    private let signature: String
    /// The first part that the journal holds; those before it come from another cache.
    let firstPart: Int
    /// How many parts it holds.
    private(set) var count = 0
    private var starts: [Int] = []
    private var unsynchronized = 0

    /// Opens or creates the journal at `path`; one of another identity, layout or first part is emptied.
    init(_ path: FilePath, plan: ContextCachePlan, signature: String, firstPart: Int, key: StoreKey? = nil)
        throws
    {
        self.path = path
        self.plan = plan
        self.key = key
        self.signature = signature
        self.firstPart = firstPart
        file = try AppendingFile(path)
        let head = Self.magic + Array(ContentDigest.hex(of: "\(signature) \(firstPart)").utf8)
        guard file.count >= head.count, try file.bytes(0..<head.count) == head else {
            try file.truncate(to: 0)
            try file.append(head)
            starts = [head.count]
            return
        }
        starts = [head.count]
        while firstPart + count < plan.parts.count {
            let size = plan.parts[firstPart + count].bytes.count + (key == nil ? 0 : StoreKey.overhead)
            let start = starts[count]
            guard file.count - start - ContentDigest.hexCount >= size else { break }
            let record = try file.bytes(start..<start + ContentDigest.hexCount + size)
            let bytes = Array(record[ContentDigest.hexCount...])
            guard record[..<ContentDigest.hexCount].elementsEqual(digest(bytes, part: firstPart + count).utf8)
            else {
                break
            }
            advance(by: record.count)
        }
        try file.truncate(to: starts[count])
    }

    private func advance(by size: Int) {
        starts.append(starts[count] + size)
        count += 1
    }

    private func digest(_ bytes: [UInt8], part: Int) -> String {
        var digest = ContentDigest()
        digest.update("\(part) ")
        digest.update(bytes)
        return digest.hex()
    }

    private func name(ofPart place: Int) -> String { "part \(place) of journal \(signature)" }

    /// Adds the bytes of the next part.
    func append(_ bytes: [UInt8]) throws {
        let bytes = try key.map { try $0.seal(bytes, as: name(ofPart: firstPart + count)) } ?? bytes
        let record = Array(digest(bytes, part: firstPart + count).utf8) + bytes
        try file.append(record)
        advance(by: record.count)
        unsynchronized += record.count
        if unsynchronized >= Self.synchronizationByteCount { try synchronize() }
    }

    func synchronize() throws {
        try file.synchronize()
        unsynchronized = 0
    }

    /// The bytes of a part that the journal holds.
    func bytes(ofPart place: Int) throws -> [UInt8] {
        let index = place - firstPart
        guard index >= 0, index < count else {
            throw CacheStorageError(.missing, "\(plan.parts[place].item) is not yet computed", path: path)
        }
        let bytes = try file.bytes(starts[index] + ContentDigest.hexCount..<starts[index + 1])
        return try key.map { try $0.open(bytes, as: name(ofPart: place)) } ?? bytes
    }

    func remove() throws { try FileSystem.remove(path) }
}
