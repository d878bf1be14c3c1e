import Documents
import Foundation
import SystemPackage
import Testing

/// A folder that is gone after the test.
final class TemporaryFolder {
    let path: FilePath

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = FilePath(url.path)
    }

    deinit { _ = try? FileManager.default.removeItem(atPath: path.string) }

    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = path.appending(name)
        try FileManager.default.createDirectory(
            atPath: file.removingLastComponent().string, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: file.string))
        return file.string
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }
}

/// Everything that a source gave.
struct Outcome {
    var documents: [Document] = []
    var failures: [DocumentFailure] = []
    var deletions: [DocumentDeletion] = []
    var skips: [DocumentSkip] = []
    var summary = ReadSummary()
    /// Documents, failures, deletions and skips in order, one word each.
    var order: [String] = []

    init(_ definition: SourceDefinition, limits: DocumentLimits = DocumentLimits()) throws {
        let reader = DocumentSourceReader(definition, limits: limits)
        summary = try reader.forEachDocument { result in
            switch result {
            case .document(let document):
                documents.append(document)
                order.append("+" + document.id)
            case .failure(let failure):
                failures.append(failure)
                order.append("!" + failure.code.rawValue)
            case .deletion(let deletion):
                deletions.append(deletion)
                order.append("-" + deletion.id)
            case .skipped(let skip):
                skips.append(skip)
                order.append("~")
            }
        }
    }
}

/// The documents in some XML or text given as bytes.
func read(
    _ bytes: [UInt8], name: String = "file.xml", limits: DocumentLimits = DocumentLimits(),
    _ change: (inout SourceDefinition) -> Void = { _ in }
) throws -> Outcome {
    let folder = try TemporaryFolder()
    var definition = SourceDefinition(path: try folder.write(name, bytes))
    change(&definition)
    return try Outcome(definition, limits: limits)
}

func read(
    _ text: String, name: String = "file.xml", limits: DocumentLimits = DocumentLimits(),
    _ change: (inout SourceDefinition) -> Void = { _ in }
) throws -> Outcome {
    try read(Array(text.utf8), name: name, limits: limits, change)
}

func fixture(_ name: String) throws -> String {
    try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil)).appendingPathComponent(name)
        .path
}

func fixtureBytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: try fixture(name))))
}

/// Checks a document's map against its source: every byte that maps to one byte is that byte, lines are those of the
/// source, and the map survives its coded form.
func checkMap(_ document: Document, _ source: [UInt8], sourceLocation: SourceLocation = #_sourceLocation)
    throws
{
    let map = document.sourceMap
    let text = Array(document.text.utf8)
    #expect(map.textCount == text.count, sourceLocation: sourceLocation)
    #expect(try SourceMap(decoding: map.encoded) == map, sourceLocation: sourceLocation)
    var lines: [Int] = []
    var line = 1
    for byte in source {
        lines.append(line)
        if byte == 0x0A { line += 1 }
    }
    var last = 0
    for offset in text.indices {
        let position = map.position(ofByte: offset)
        guard let bytes = position.bytes else { continue }
        #expect(bytes.upperBound <= source.count && bytes.lowerBound >= 0, sourceLocation: sourceLocation)
        #expect(bytes.lowerBound >= last, "order at byte \(offset)", sourceLocation: sourceLocation)
        last = bytes.lowerBound
        if bytes.count == 1, text[offset] >= 0x21, text[offset] < 0x80 {
            #expect(
                source[bytes.lowerBound] == text[offset], "byte \(offset)", sourceLocation: sourceLocation)
            #expect(
                lines[bytes.lowerBound] == position.line, "line of byte \(offset)",
                sourceLocation: sourceLocation)
        }
    }
}

/// An archive of text files.
func tar(_ members: [(name: String, text: String)]) -> [UInt8] {
    var archive: [UInt8] = []
    for (name, text) in members {
        let size = String(text.utf8.count, radix: 8)
        var header = Array(name.utf8) + Array(repeating: UInt8(0), count: 100 - name.utf8.count)
        header += Array("0000644\00000000\00000000\0".utf8)
        header += Array((String(repeating: "0", count: 11 - size.count) + size + "\000000000000\0").utf8)
        header += Array("        0".utf8) + Array(repeating: 0, count: 100) + Array("ustar\000".utf8)
        header += Array(repeating: 0, count: 512 - header.count)
        let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
        header.replaceSubrange(
            148..<156, with: Array((String(repeating: "0", count: 6 - sum.count) + sum + "\0 ").utf8))
        archive += header + Array(text.utf8)
        archive += Array(repeating: 0, count: (512 - text.utf8.count % 512) % 512)
    }
    return archive + Array(repeating: 0, count: 1024)
}

/// A zip archive of texts, none of them compressed.
func zip(_ members: [(name: String, text: String)]) -> [UInt8] {
    func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    func sum(_ bytes: [UInt8]) -> Int {
        var sum = UInt32.max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 == 0 ? 0 : 0xEDB8_8320) }
        }
        return Int(~sum)
    }
    var archive: [UInt8] = []
    var directory: [UInt8] = []
    for (name, text) in members {
        let bytes = Array(text.utf8)
        var header = little(20, 2) + little(0, 8) + little(sum(bytes), 4)
        header += little(bytes.count, 4) + little(bytes.count, 4) + little(name.utf8.count, 2) + little(0, 2)
        directory += [0x50, 0x4B, 1, 2] + little(20, 2) + header + little(0, 10)
        directory += little(archive.count, 4) + Array(name.utf8)
        archive += [0x50, 0x4B, 3, 4] + header + Array(name.utf8) + bytes
    }
    let end = little(0, 4) + little(members.count, 2) + little(members.count, 2)
    return archive + directory + [0x50, 0x4B, 5, 6] + end + little(directory.count, 4)
        + little(archive.count, 4) + little(0, 2)
}
