/// Rows of values under a row of names, separated by commas, semicolons or tabs, quoted as RFC 4180 has it.
struct CSVReader: FormatReader {
    let profile: Profile

    func read(_ source: PeekableSource, into sink: DocumentSink) throws {
        let input = try DecodedInput(lines: source, sink)
        try sink.tellingReplaced(input) { try read(input, into: sink) }
    }

    private func read(_ input: DecodedInput, into sink: DocumentSink) throws {
        var rows = LineRecords(input, separators: Self.separators, limit: sink.limits.documentBytes)
        guard let header = try rows.next(), !header.isTooLong else { return }
        let separator = Self.separator(header.bytes)
        rows.separators = [separator]
        let names = fields(header, separator).map { String(decoding: $0.bytes, as: UTF8.self).trimmingBlanks }
        var ordinal = 0
        while let row = try rows.next() {
            if row.bytes.allSatisfy(isSpace), !row.isTooLong { continue }
            ordinal += 1
            do {
                let record = try input.mapping { try self.record(row, names, separator, sink.limits) }
                try sink.document(record.draft(profile, input, ordinal: ordinal, limits: sink.limits))
            } catch let failure as DocumentFailure {
                try sink.failure(failure)
            }
        }
    }

    private func record(
        _ row: LineRecords.Record, _ names: [String], _ separator: UInt8, _ limits: DocumentLimits
    ) throws -> FieldRecord {
        func failure(_ code: DocumentFailure.Code, _ message: String) -> DocumentFailure {
            DocumentFailure(code, message, line: row.line, byteOffset: row.start)
        }
        guard !row.isTooLong else {
            throw failure(.limit, "a row of more than \(limits.documentBytes) bytes (limit document-bytes)")
        }
        guard !row.isOpen else {
            throw failure(.malformed, "the file ends inside a quoted value")
        }
        guard String(validating: row.bytes, as: UTF8.self) != nil else {
            throw failure(.encoding, "not UTF-8; name the encoding")
        }
        var values = fields(row, separator)
        guard values.count == names.count else {
            throw failure(.malformed, "\(values.count) values, but the header names \(names.count)")
        }
        for at in values.indices { values[at].path = [names[at]] }
        return FieldRecord(values: values, start: row.start, end: row.start + row.bytes.count, line: row.line)
    }

    private func fields(_ row: LineRecords.Record, _ separator: UInt8) -> [FieldRecord.Value] {
        let bytes = row.bytes
        var result: [FieldRecord.Value] = []
        var line = row.line
        var at = 0
        while true {
            var value = FieldRecord.Value(path: [], bytes: [], pieces: [], line: line)
            func take(_ range: Range<Int>) {
                guard !range.isEmpty else { return }
                value.bytes += bytes[range]
                value.pieces.append(
                    (range.count, row.start + range.lowerBound..<row.start + range.upperBound))
            }
            let from = at
            if at < bytes.count, bytes[at] == 0x22 {
                at += 1
                var start = at
                while at < bytes.count {
                    if bytes[at] == 0x22 {
                        guard at + 1 < bytes.count, bytes[at + 1] == 0x22 else { break }
                        take(start..<at + 1)
                        at += 2
                        start = at
                    } else {
                        at += 1
                    }
                }
                take(start..<at)
                at = min(at + 1, bytes.count)
            }
            let start = at
            while at < bytes.count, bytes[at] != separator { at += 1 }
            take(start..<at)
            result.append(value)
            line += lineEnds(bytes[from..<at])
            if at >= bytes.count { return result }
            at += 1
        }
    }

    /// The separator that stands in the header most often.
    private static func separator(_ header: [UInt8]) -> UInt8 {
        let counts = separators.map { candidate in header.count { $0 == candidate } }
        let most = counts.max() ?? 0
        return separators[counts.firstIndex(of: most) ?? 0]
    }

    private static let separators: [UInt8] = [0x2C, 0x3B, 0x09, 0x7C]
}

extension String {
    fileprivate var trimmingBlanks: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
