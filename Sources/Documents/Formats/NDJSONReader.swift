/// One JSON object per line; a line that is none is a failure of its own.
struct NDJSONReader: FormatReader {
    let profile: Profile

    func read(_ source: PeekableSource, into sink: DocumentSink) throws {
        let input = try DecodedInput(lines: source, sink)
        try sink.tellingReplaced(input) { try read(input, into: sink) }
    }

    private func read(_ input: DecodedInput, into sink: DocumentSink) throws {
        var lines = LineRecords(input, separators: [], limit: sink.limits.documentBytes)
        var ordinal = 0
        while let line = try lines.next() {
            if line.bytes.allSatisfy(isSpace), !line.isTooLong { continue }
            ordinal += 1
            do {
                let record = try input.mapping { try self.record(line, sink.limits) }
                try sink.document(record.draft(profile, input, ordinal: ordinal, limits: sink.limits))
            } catch let failure as DocumentFailure {
                try sink.failure(failure)
            }
        }
    }

    private func record(_ line: LineRecords.Record, _ limits: DocumentLimits) throws -> FieldRecord {
        guard !line.isTooLong else {
            throw DocumentFailure(
                .limit, "a line of more than \(limits.documentBytes) bytes (limit document-bytes)",
                line: line.line,
                byteOffset: line.start)
        }
        guard String(validating: line.bytes, as: UTF8.self) != nil else {
            throw DocumentFailure(
                .encoding, "not UTF-8; name the encoding", line: line.line, byteOffset: line.start)
        }
        var scanner = JSONScanner(line.bytes, base: line.start, line: line.line, depth: limits.depth)
        let record = try scanner.record()
        guard scanner.isAtEnd() else { throw scanner.failure("something behind the value") }
        return record
    }
}
