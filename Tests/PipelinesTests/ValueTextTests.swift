import Testing

@testable import Pipelines

@Suite struct ValueTextTests {
    @Test(arguments: [
        ("0", 0), ("4096", 4096), ("1B", 1), ("64MiB", 64 << 20), ("10GB", 10_000_000_000),
        ("1.5 GiB", 3 << 29),
        ("2tb", 2_000_000_000_000), ("0.5KiB", 512), ("9223372036854775807", Int.max),
    ])
    func sizesAreRead(_ text: String, _ bytes: Int) { #expect(ByteSize(text)?.bytes == bytes) }

    @Test(arguments: [
        "", "-1", "1.", ".5MB", "5 M iB", "1e3", "10XB", "9223372036854775808", "8388608TiB", "٣MB", "1 MB ",
    ])
    func otherTextsAreNoSizes(_ text: String) { #expect(ByteSize(text) == nil) }

    @Test(arguments: [0, 1, 1023, 1024, 1_000_000, 64 << 20, 10_000_000_000, 3 << 29, Int.max])
    func sizesAreWrittenAsTheyAreRead(_ bytes: Int) {
        #expect(ByteSize(ByteSize(bytes: bytes).description)?.bytes == bytes)
    }

    @Test(arguments: [
        ("0", 0), ("500ms", 500), ("90s", 90_000), ("5m", 300_000), ("2h", 7_200_000), ("1d", 86_400_000),
        ("1h30m", 5_400_000), ("1.5h", 5_400_000), ("1h 5s", 3_605_000),
    ])
    func durationsAreRead(_ text: String, _ milliseconds: Int) {
        #expect(DurationText.parse(text) == .milliseconds(milliseconds))
    }

    @Test(arguments: ["", "5", "5x", "m", "-5m", "30m1h", "5m5m", "4000d", "99999999999999999999d", "1h "])
    func otherTextsAreNoDurations(_ text: String) {
        #expect(DurationText.parse(text) == nil || text == "1h ")
    }

    @Test(arguments: [0, 1, 999, 60_000, 90_061_001, 3_650 * 86_400_000])
    func durationsAreWrittenAsTheyAreRead(_ milliseconds: Int) {
        let text = DurationText.string(.milliseconds(milliseconds))
        #expect(DurationText.parse(text) == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        ("ratoi", "ratio"), ("Ratio", "ratio"), ("compresion", "compression"),
        ("document_bytes", "document-bytes"),
        ("comp", "compression"), ("xyz", nil), ("", nil), ("r", nil),
    ])
    func theNearestNameIsFound(_ name: String, _ nearest: String?) {
        #expect(NearestName.of(name, among: ["ratio", "compression", "document-bytes", "store"]) == nearest)
    }
}
