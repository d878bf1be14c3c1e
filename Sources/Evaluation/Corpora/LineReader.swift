import FileAccess
import SystemPackage
import Zstandard

/// Reads a text file line by line in constant memory; files compressed with zstd are decoded on the way.
struct LineReader {
    /// Longest line taken, in bytes.
    static let lineLimit = 1 << 28

    let path: FilePath

    /// Hands over each line without its end, with its number from 1, until `body` returns false.
    func readLines(_ body: (Int, [UInt8]) throws -> Bool) throws {
        var number = 0
        var line: [UInt8] = []
        var isDone = false
        func take(_ bytes: ArraySlice<UInt8>) throws {
            var rest = bytes
            while !isDone, let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                line += rest[..<end]
                try finish()
                rest = rest[(end + 1)...]
            }
            guard !isDone else { return }
            line += rest
            guard line.count <= Self.lineLimit else {
                throw EvaluationError(
                    .badInput, "\(path):\(number + 1): a line has more than \(Self.lineLimit) bytes",
                    context: ["path": path.string, "line": "\(number + 1)"])
            }
        }
        func finish() throws {
            number += 1
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            isDone = try !body(number, line)
            line.removeAll(keepingCapacity: true)
        }
        try chunks { chunk in
            try take(chunk)
            return !isDone
        }
        if !isDone, !line.isEmpty { try finish() }
    }

    /// The whole text, decoded.
    ///
    /// - Parameter limit: bytes taken at most; the rest is left unread.
    func bytes(limit: Int) throws -> [UInt8] {
        var result: [UInt8] = []
        try chunks { chunk in
            result += chunk.prefix(limit - result.count)
            return result.count < limit
        }
        return result
    }

    private func chunks(_ body: (ArraySlice<UInt8>) throws -> Bool) throws {
        let file = try RandomAccessFile(path)
        let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]
        let isCompressed = try file.count >= 4 && file.bytes(0..<4) == magic
        let decoder = isCompressed ? try ZstdStreamDecoder() : nil
        var goesOn = true
        for start in stride(from: 0, to: file.count, by: 1 << 20) where goesOn {
            let bytes = try file.bytes(start..<min(start + (1 << 20), file.count))
            if let decoder {
                do {
                    try decoder.decode(bytes) { if goesOn { goesOn = try body($0) } }
                } catch let error as ZstandardError {
                    throw EvaluationError(
                        .badInput, "\(path): \(error.description)", context: ["path": path.string])
                }
            } else {
                goesOn = try body(bytes[...])
            }
        }
        if goesOn, let decoder {
            do {
                try decoder.finish()
            } catch let error as ZstandardError {
                throw EvaluationError(
                    .badInput, "\(path): \(error.description)", context: ["path": path.string])
            }
        }
    }
}
