import Testing
import Zstandard

@Suite struct ZstandardTests {
    private let text = Array(String(repeating: "the harbour light burns at dusk; ", count: 2000).utf8)

    /// A small generator, so that cases are the same in every run.
    private struct Random {
        var state: UInt64 = 7
        mutating func callAsFunction(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
    }

    @Test func frameGivesItsContent() throws {
        let encoder = try ZstdEncoder()
        for content in [[], [1], text] {
            let frame = try encoder.frame(content)
            #expect(try ZstdDecoder.contentByteCount(of: frame) == content.count)
            #expect(try ZstdDecoder().content(of: frame, limit: content.count) == content)
        }
        #expect(throws: ZstandardError.self) { try ZstdEncoder(level: 99) }
    }

    @Test func frameBeyondTheLimitIsRefusedBeforeDecoding() throws {
        let bomb = try ZstdEncoder().frame([UInt8](repeating: 0, count: 50_000_000))
        let error = #expect(throws: ZstandardError.self) {
            try ZstdDecoder().content(of: bomb, limit: 1 << 20)
        }
        #expect(error?.code == .limit)
    }

    @Test func everyFlippedBitOfAFrameIsFoundOrHarmless() throws {
        let content = Array(text[0..<200])
        let frame = try ZstdEncoder().frame(content)
        for bit in 0..<frame.count * 8 {
            var bad = frame
            bad[bit / 8] ^= 1 << (bit % 8)
            do {
                let result = try ZstdDecoder().content(of: bad, limit: 1 << 16)
                #expect(result == content)
            } catch is ZstandardError {}
        }
    }

    @Test func streamDecoderJoinsFramesAndPassesOverSkippableOnes() throws {
        let encoder = try ZstdEncoder()
        let stream =
            try encoder.frame(text) + SkippableFrame.frame([1, 2, 3], kind: 3) + encoder.frame([])
            + encoder.frame(text)
        for size in [1, 7, 1000, stream.count] {
            let decoder = try ZstdStreamDecoder()
            var result: [UInt8] = []
            for start in stride(from: 0, to: stream.count, by: size) {
                try decoder.decode(Array(stream[start..<min(start + size, stream.count)])) { result += $0 }
            }
            try decoder.finish()
            #expect(result == text + text)
        }
    }

    @Test func streamDecoderTellsTruncationAndExcess() throws {
        let frame = try ZstdEncoder().frame(text)
        let decoder = try ZstdStreamDecoder()
        try decoder.decode(Array(frame.dropLast(5))) { _ in }
        #expect(throws: ZstandardError.self) { try decoder.finish() }
        let bounded = try ZstdStreamDecoder(limits: .init(outputByteCount: 1000))
        let error = #expect(throws: ZstandardError.self) { try bounded.decode(frame) { _ in } }
        #expect(error?.code == .limit)
    }

    @Test func largeOutputFromLittleInputIsComplete() throws {
        let zeros = [UInt8](repeating: 0, count: 3_000_000)
        let frame = try ZstdEncoder().frame(zeros)
        let decoder = try ZstdStreamDecoder()
        var count = 0
        try decoder.decode(frame) { count += $0.count }
        try decoder.finish()
        #expect(count == zeros.count)
    }

    private func seekable(_ parts: [[UInt8]]) throws -> [UInt8] {
        nonisolated(unsafe) var file: [UInt8] = []
        var writer = try SeekableZstdWriter { file += $0 }
        for part in parts { try writer.append(part) }
        try writer.finish()
        return file
    }

    private func reader(_ file: [UInt8]) throws -> SeekableZstdReader {
        try SeekableZstdReader(byteCount: file.count) { range in Array(file[range]) }
    }

    @Test func seekableFileIsReadByFrameAndAsAStream() throws {
        let parts = [Array(text[0..<100]), [], Array(text[100..<5000])]
        let file = try seekable(parts)
        let reader = try reader(file)
        #expect(reader.table.frames.count == 3)
        #expect(reader.table.contentByteCount == 5000)
        for (index, part) in parts.enumerated() { #expect(try reader.content(index, limit: 1 << 20) == part) }
        #expect(throws: ZstandardError.self) { try reader.content(3, limit: 1) }
        let decoder = try ZstdStreamDecoder()
        var result: [UInt8] = []
        try decoder.decode(file) { result += $0 }
        try decoder.finish()
        #expect(result == Array(text[0..<5000]))
    }

    @Test func swappedFramesAndCutFilesAreRefused() throws {
        let a = Array(text[0..<64])
        let b = a.reversed() + []
        let file = try seekable([a, b])
        let frames = try reader(file).table.frames
        if frames[0].bytes.count == frames[1].bytes.count {
            let swapped = file[frames[1].bytes] + file[frames[0].bytes] + file[frames[1].bytes.upperBound...]
            #expect(throws: ZstandardError.self) { try reader(Array(swapped)).content(0, limit: 1 << 20) }
        }
        for length in 0..<file.count {
            #expect(throws: ZstandardError.self) {
                let reader = try reader(Array(file[0..<length]))
                for index in reader.table.frames.indices { _ = try reader.content(index, limit: 1 << 20) }
            }
        }
    }

    @Test func mutatedSeekableFilesNeverTrap() throws {
        let parts = [Array(text[0..<300]), Array(text[300..<900])]
        let file = try seekable(parts)
        var random = Random()
        for _ in 0..<20_000 {
            var bad = file
            for _ in 0...random(3) { bad[random(bad.count)] = UInt8(random(256)) }
            do {
                let reader = try reader(bad)
                for index in reader.table.frames.indices {
                    let content = try reader.content(index, limit: 1 << 20)
                    #expect(index < parts.count && content == parts[index])
                }
            } catch is ZstandardError {}
        }
    }
}
