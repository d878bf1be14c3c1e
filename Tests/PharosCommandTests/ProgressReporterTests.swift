import Testing

@testable import PharosCommand

@Suite struct ProgressReporterTests {
    @Test func linesComeEveryHalfMinute() {
        let sink = BufferSink()
        let clock = TestClock()
        let total = ProgressCounts(documents: 100, tokens: 100_000)
        let reporter = ProgressReporter(total: total, sink: sink, style: .lines, clock: clock.now)
        for _ in 0..<65 {
            clock.advance(.seconds(1))
            reporter.advance(ProgressCounts(documents: 1, tokens: 1_000, bytesSaved: 1 << 20))
        }
        reporter.finish()
        #expect(
            sink.text == """
                31/100 documents, 31,000 tokens, 1,000 tokens/s, 1 min 09 s left, 31.0 MiB saved
                61/100 documents, 61,000 tokens, 1,000 tokens/s, 39.0 s left, 61.0 MiB saved
                65/100 documents, 65,000 tokens, 1,000 tokens/s, 35.0 s left, 65.0 MiB saved

                """)
    }

    @Test func theBarFitsTheTerminalAndIsRemoved() {
        let sink = BufferSink()
        let clock = TestClock()
        let total = ProgressCounts(documents: 10, tokens: 1_000)
        let style = ProgressReporter.Style.bar(width: 80, color: false)
        let reporter = ProgressReporter(total: total, sink: sink, style: style, clock: clock.now)
        for _ in 0..<5 {
            clock.advance(.milliseconds(60))
            reporter.advance(ProgressCounts(documents: 1, failures: 1, tokens: 100))
        }
        reporter.note("p.xml:3:1: not well-formed")
        reporter.finish()
        let frames = sink.text.split(separator: "\r").map { $0.prefix { $0 != "\u{1B}" } }
        #expect(frames.allSatisfy { $0.count < 80 })
        #expect(
            frames.first == "[##------------------] 1/10  1,667 tokens/s  0.54 s left  1 failed"
                || frames.first?.hasPrefix("[##") == true)
        #expect(frames.filter { $0.hasPrefix("[") }.count == 3)
        #expect(sink.text.hasSuffix("\r\u{1B}[Kp.xml:3:1: not well-formed\n"))
    }

    @Test func aNarrowBarDropsDetails() {
        let sink = BufferSink()
        let clock = TestClock()
        let reporter = ProgressReporter(
            total: ProgressCounts(documents: 10), sink: sink, style: .bar(width: 24, color: true),
            clock: clock.now)
        clock.advance(.seconds(1))
        reporter.advance(ProgressCounts(documents: 5, tokens: 100, bytesSaved: 1))
        #expect(sink.text == "\r[\u{1B}[32m###\u{1B}[0m---] 5/10\u{1B}[K")
        reporter.finish()
        #expect(sink.text.hasSuffix("\r\u{1B}[K"))
    }

    @Test func silenceIsSilent() {
        let sink = BufferSink()
        let reporter = ProgressReporter(total: ProgressCounts(), sink: sink, style: .silent)
        reporter.advance(ProgressCounts(documents: 1))
        reporter.note("x")
        reporter.finish()
        #expect(sink.text.isEmpty)
    }
}
