/// The bytes of an XML file as UTF-8, whatever they are in, with the way back.
///
/// libxml2 never decodes: it is told that its input is UTF-8, so an encoding is decoded in one place, the same for text
/// and XML, and offsets stay exact.
final class DecodedXMLInput {
    private let source: any ByteSource
    private let decoder: CharacterDecoder?
    private var skip: Int
    private var ended = false
    private(set) var map: OffsetMap

    init(_ source: any ByteSource, encoding: TextEncoding, policy: UndecodablePolicy) throws {
        self.source = source
        skip = encoding.markBytes
        // libxml2 checks UTF-8 itself; only replacing what is wrong needs the decoder.
        if encoding.family == .utf8, policy == .error {
            decoder = nil
            map = OffsetMap(identityFrom: encoding.markBytes)
        } else {
            decoder = try CharacterDecoder(encoding, policy: policy, offset: encoding.markBytes)
            map = OffsetMap(pieces: ())
        }
    }

    var replaced: Int { decoder?.replaced ?? 0 }
    var firstReplaced: Int? { decoder?.firstReplaced }

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
