/// The bytes of a file as UTF-8, whatever they are in, chunk by chunk, with the way back.
///
/// libxml2 never decodes: it is told that its input is UTF-8, so an encoding is decoded in one place, the same for text
/// and XML, and offsets stay exact.
final class DecodedInput {
    private let source: any ByteSource
    private let decoder: CharacterDecoder?
    private var skip: Int
    private let start: Int
    private var ended = false
    private(set) var map: OffsetMap

    /// Decodes a source; `offset` says where it stands in its file when that is not the start.
    init(
        _ source: any ByteSource, encoding: TextEncoding, policy: UndecodablePolicy, checked: Bool = false,
        from offset: Int? = nil
    ) throws {
        self.source = source
        skip = offset == nil ? encoding.markBytes : 0
        start = offset ?? encoding.markBytes
        // Who takes the bytes may check UTF-8 itself; then only replacing what is wrong needs the decoder.
        if encoding.family == .utf8, policy == .error, !checked {
            decoder = nil
            map = OffsetMap(identityFrom: start)
        } else {
            decoder = try CharacterDecoder(encoding, policy: policy, offset: start)
            map = OffsetMap(pieces: ())
        }
    }

    /// The bytes of a file of lines.
    convenience init(lines source: PeekableSource, _ sink: DocumentSink) throws {
        let encoding = TextEncoding.stream(
            Array(try source.peek(64 << 10)), override: sink.definition.encoding)
        sink.encoding = encoding.name
        if encoding.evidence == .guessed {
            sink.warnings.append("the encoding \(encoding.name) is a guess; name it to be sure")
        }
        try self.init(source, encoding: encoding, policy: sink.definition.undecodable)
    }

    /// Where decoded bytes are the source's, from this offset on.
    var shift: Int? { decoder == nil ? start : nil }
    var replaced: Int { decoder?.replaced ?? 0 }
    var firstReplaced: Int? { decoder?.firstReplaced }

    /// What a document that ends here is to say of bytes that were replaced.
    var replacedWarning: String? {
        guard replaced > 0 else { return nil }
        return
            "\(replaced) undecodable byte sequences replaced so far, the first at byte \(firstReplaced ?? 0)"
    }

    /// The next UTF-8 bytes; `nil` at the end.
    func read(forgettingBefore consumed: Int) throws -> [UInt8]? {
        while !ended {
            guard var chunk = try source.read() else {
                ended = true
                guard let decoder else { return nil }
                let rest = try decode([], decoder, last: true)
                return rest.isEmpty ? nil : rest
            }
            if skip > 0 {
                let count = min(skip, chunk.count)
                chunk.removeFirst(count)
                skip -= count
            }
            guard let decoder else {
                if chunk.isEmpty { continue }
                return chunk
            }
            map.forget(before: consumed)
            let decoded = try decode(chunk, decoder, last: false)
            if !decoded.isEmpty { return decoded }
        }
        return nil
    }

    private func decode(_ chunk: [UInt8], _ decoder: CharacterDecoder, last: Bool) throws -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(chunk.count * 2)
        try decoder.decode(chunk, last: last) { piece, origin in
            map.append(piece.count, from: origin)
            decoded.append(contentsOf: piece)
        }
        return decoded
    }
}
