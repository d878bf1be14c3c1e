extension SourceMap {
    private static let version: UInt8 = 1

    /// The map in the compact form in which a store keeps it. Equal maps give equal bytes.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = [Self.version]
        bytes.appendVarint(textCount)
        bytes.appendVarint(runs.count)
        bytes += runs
        elements.encode(into: &bytes)
        return bytes
    }

    /// Reads what ``encoded`` gave. Throws a ``DocumentFailure`` of code `malformed` when the bytes are anything else.
    public init(decoding bytes: [UInt8]) throws {
        func damaged(_ what: String, _ offset: Int) -> DocumentFailure {
            DocumentFailure(
                .malformed, "source map: \(what) at byte \(offset) of \(bytes.count)", byteOffset: offset)
        }
        guard bytes.first == Self.version else {
            throw DocumentFailure(
                .malformed,
                "source map: version \(bytes.first.map(String.init) ?? "none") found, \(Self.version) expected"
            )
        }
        var offset = 1
        guard let textCount = bytes.readVarint(&offset), let runBytes = bytes.readVarint(&offset),
            runBytes <= bytes.count - offset
        else { throw damaged("a length that does not fit", offset) }
        let runs = Array(bytes[offset..<offset + runBytes])
        offset += runBytes
        guard let elements = ElementTree(decoding: bytes, at: &offset) else {
            throw damaged("an element table that makes no sense", offset)
        }
        guard offset == bytes.count else { throw damaged("bytes too many", offset) }
        var index: [IndexEntry] = []
        var cursor = SourceMapCursor(runs: runs)
        var count = 0
        var text = -1
        while cursor.advance(), let run = cursor.run {
            guard run.text > text, run.text <= textCount, run.element <= elements.count else {
                throw damaged("a run out of order", cursor.offset)
            }
            text = run.text
            if count % 64 == 0 { index.append(IndexEntry(offset: cursor.offset, state: run)) }
            count += 1
        }
        guard cursor.offset == runs.count else { throw damaged("a broken run", cursor.offset) }
        self.init(textCount: textCount, runs: runs, index: index, elements: elements)
    }
}
