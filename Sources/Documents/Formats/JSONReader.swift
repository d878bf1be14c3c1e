/// JSON: the objects of an array, or one object, or several one after another; the profile's records may name the
/// member that holds the array.
struct JSONReader: FormatReader {
    let profile: Profile

    func read(_ source: PeekableSource, into sink: DocumentSink) throws {
        let input = try DecodedInput(lines: source, sink)
        try sink.tellingReplaced(input) { try read(input, into: sink) }
    }

    private func read(_ input: DecodedInput, into sink: DocumentSink) throws {
        var bytes: [UInt8] = []
        while let chunk = try input.read(forgettingBefore: 0) {
            bytes += chunk
            guard bytes.count <= sink.limits.documentBytes else {
                throw DocumentFailure(
                    .limit,
                    "a JSON file of more than \(sink.limits.documentBytes) bytes (limit document-bytes); give it as one object per line"
                )
            }
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw DocumentFailure(.encoding, "not UTF-8; name the encoding")
        }
        var scanner = JSONScanner(bytes, base: 0, line: 1, depth: sink.limits.depth)
        let path = (profile.records.first ?? "").split(separator: "/").map(String.init)
        try input.mapping {
            try read(&scanner, path[...], input, sink)
            guard scanner.isAtEnd() else { throw scanner.failure("something behind the value") }
        }
    }

    private func read(
        _ scanner: inout JSONScanner, _ path: ArraySlice<String>, _ input: DecodedInput, _ sink: DocumentSink
    ) throws {
        if let name = path.first {
            guard scanner.take("{") else {
                throw scanner.failure("expected an object with the member “\(name)”")
            }
            if scanner.take("}") { return }
            repeat {
                if try scanner.key() == name {
                    try read(&scanner, path.dropFirst(), input, sink)
                } else {
                    try scanner.skipValue()
                }
            } while scanner.take(",")
            guard scanner.take("}") else { throw scanner.failure("expected “,” or “}”") }
            return
        }
        var ordinal = 0
        func hand(_ record: FieldRecord, isWhole: Bool = false) throws {
            ordinal += 1
            let place = isWhole ? nil : ordinal
            try sink.document(record.draft(profile, input, ordinal: place, limits: sink.limits))
        }
        guard scanner.take("[") else {
            let record = try scanner.record()
            guard profile.records.isEmpty, scanner.isAtObject() else {
                return try hand(record, isWhole: true)
            }
            // Objects one after another, whatever the file is called.
            try hand(record)
            while scanner.isAtObject() { try hand(scanner.record()) }
            return
        }
        if scanner.take("]") { return }
        repeat { try hand(scanner.record()) } while scanner.take(",")
        guard scanner.take("]") else { throw scanner.failure("expected “,” or “]”") }
    }
}
