import Glibc

/// Turns bytes of one encoding into UTF-8, chunk by chunk, and says where each stretch came from.
///
/// UTF-8, UTF-16, UTF-32 and encodings of one byte per character are decoded here; the others by the system's iconv.
final class CharacterDecoder {
    typealias Sink = (UnsafeBufferPointer<UInt8>, TextBuilder.Origin) throws -> Void

    private enum Kind {
        case utf8
        case utf16(bigEndian: Bool)
        case utf32(bigEndian: Bool)
        case table([[UInt8]])
        /// `plain` has the bytes that stand for themselves wherever a character starts.
        case iconv(iconv_t, plain: [Bool])
    }

    let encoding: String
    private let kind: Kind
    private let policy: UndecodablePolicy
    /// Bytes of a character that is not complete yet.
    private var held: [UInt8] = []
    private var offset: Int
    private(set) var replaced = 0
    private(set) var firstReplaced: Int?
    private var piece: [UInt8] = []
    private var pieceStart = 0
    private var widths = (text: 0, source: 0)

    /// A decoder that starts at an offset of its source. Throws when the encoding is not known.
    init(_ encoding: TextEncoding, policy: UndecodablePolicy, offset: Int) throws {
        self.encoding = encoding.name
        self.policy = policy
        self.offset = offset
        switch encoding.family {
        case .utf8: kind = .utf8
        case .utf16(let big): kind = .utf16(bigEndian: big)
        case .utf32(let big): kind = .utf32(bigEndian: big)
        case .other:
            guard let descriptor = Self.open(encoding.name) else {
                throw DocumentFailure(.encoding, "the encoding “\(encoding.name)” is not known here", line: 1)
            }
            if var table = Self.table(descriptor) {
                iconv_close(descriptor)
                for byte in UInt8(0x80)..<0xA0 where encoding.fillsGaps && table[Int(byte)].isEmpty {
                    table[Int(byte)] = [0xC2, byte]
                }
                kind = .table(table)
            } else {
                kind = .iconv(descriptor, plain: Self.plainBytes(descriptor))
            }
        }
    }

    deinit { if case .iconv(let descriptor, _) = kind { iconv_close(descriptor) } }

    private static func open(_ name: String) -> iconv_t? {
        // iconv takes what it cannot read for the encoding of the locale, and a slash for a wish.
        let isName = name.utf8.allSatisfy {
            $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A || $0 >= 0x30 && $0 <= 0x3A || $0 == 0x2D || $0 == 0x2E
                || $0 == 0x5F
        }
        guard isName, !name.isEmpty else { return nil }
        let descriptor = iconv_open("UTF-8", name)
        return descriptor == iconv_t(bitPattern: -1) ? nil : descriptor
    }

    /// What each byte stands for, if every byte stands for itself; an empty entry where a byte stands for nothing.
    private static func table(_ descriptor: iconv_t) -> [[UInt8]]? {
        var table: [[UInt8]] = []
        for byte in UInt8.min...UInt8.max {
            switch convert(descriptor, [byte]) {
            case .characters(let bytes):
                // Some tables hold a letter back until it is certain that no accent follows.
                let character = bytes.isEmpty ? flush(descriptor) : bytes
                if character.isEmpty { return nil }
                table.append(character)
            case .incomplete:
                reset(descriptor)
                return nil
            case .wrong: table.append([])
            }
        }
        return table
    }

    /// The bytes below 0x80 that are ASCII; none in encodings that switch between tables or shift to base 64.
    private static func plainBytes(_ descriptor: iconv_t) -> [Bool] {
        var plain = [Bool](repeating: false, count: 256)
        if case .incomplete = convert(descriptor, [0x1B]) { return plain }
        if case .incomplete = convert(descriptor, [0x7E]) { return plain }
        // UTF-7 and its kin: letters stand for themselves only outside a shift.
        for shift in [UInt8(ascii: "+"), UInt8(ascii: "&")] {
            switch convert(descriptor, [shift]) {
            case .characters([]), .incomplete:
                reset(descriptor)
                return plain
            case .characters, .wrong: break
            }
        }
        for byte in UInt8(0)..<0x80 {
            if case .characters([byte]) = convert(descriptor, [byte]) { plain[Int(byte)] = true }
        }
        return plain
    }

    /// Decodes a chunk; `last` says that nothing follows.
    func decode(_ chunk: [UInt8], last: Bool, _ sink: Sink) throws {
        let bytes = held.isEmpty ? chunk : held + chunk
        held = []
        let used = try bytes.withUnsafeBufferPointer { buffer in
            switch kind {
            case .utf8: try decodeUTF8(buffer, last, sink)
            case .utf16(let big): try decodeWide(buffer, 2, big, last, sink)
            case .utf32(let big): try decodeWide(buffer, 4, big, last, sink)
            case .table(let table): try decodeTable(buffer, table, sink)
            case .iconv(let descriptor, let plain):
                try decodeByParts(buffer, descriptor, plain, last, sink)
            }
        }
        try flush(sink)
        held = Array(bytes[used...])
        offset += used
    }

    // MARK: Pieces

    /// Appends one character to the stretch at hand, or starts another.
    private func put(_ character: some Collection<UInt8>, at source: Int, width: Int, _ sink: Sink) throws {
        if widths != (character.count, width) || piece.count > 60_000 {
            try flush(sink)
            widths = (character.count, width)
            pieceStart = source
        }
        piece.append(contentsOf: character)
    }

    private func flush(_ sink: Sink) throws {
        guard !piece.isEmpty else { return }
        let origin: TextBuilder.Origin =
            widths == (1, 1)
            ? .linear(pieceStart) : .scaled(pieceStart, text: widths.text, source: widths.source)
        try piece.withUnsafeBufferPointer { try sink($0, origin) }
        piece.removeAll(keepingCapacity: true)
        widths = (0, 0)
    }

    private func undecodable(_ bytes: some Sequence<UInt8>, at source: Int, width: Int, _ sink: Sink) throws {
        try flush(sink)
        if policy == .error {
            let hex = bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: " ")
            throw DocumentFailure(
                .encoding,
                "bytes \(hex) are no character in \(encoding); name the encoding, or replace what is undecodable",
                byteOffset: source)
        }
        // Whoever takes the pieces sees by the count that this one is a replacement.
        replaced += 1
        firstReplaced = firstReplaced ?? source
        try [0xEF, 0xBF, 0xBD].withUnsafeBufferPointer { try sink($0, .block(source..<source + width)) }
    }

    // MARK: Families

    private func decodeUTF8(_ bytes: UnsafeBufferPointer<UInt8>, _ last: Bool, _ sink: Sink) throws -> Int {
        var start = 0
        var at = 0
        while at < bytes.count {
            if bytes[at] < 0x80 {
                at += 1
                continue
            }
            let width = utf8Width(bytes, at)
            if width > 0 {
                at += width
                continue
            }
            if width == 0, !last { break }
            if at > start {
                try sink(UnsafeBufferPointer(rebasing: bytes[start..<at]), .linear(offset + start))
            }
            let wrong = max(-width, 1)
            let end = min(at + wrong, bytes.count)
            try undecodable(bytes[at..<end], at: offset + at, width: end - at, sink)
            at = end
            start = at
        }
        if at > start {
            try sink(UnsafeBufferPointer(rebasing: bytes[start..<at]), .linear(offset + start))
        }
        return at
    }

    private func decodeWide(
        _ bytes: UnsafeBufferPointer<UInt8>, _ unit: Int, _ big: Bool, _ last: Bool, _ sink: Sink
    ) throws -> Int {
        func value(_ at: Int) -> UInt32 {
            var value: UInt32 = 0
            for k in 0..<unit { value = value << 8 | UInt32(bytes[big ? at + k : at + unit - 1 - k]) }
            return value
        }
        var at = 0
        while at + unit <= bytes.count {
            var code = value(at)
            var width = unit
            if unit == 2, 0xD800..<0xDC00 ~= code {
                if at + 4 > bytes.count {
                    if !last { break }
                } else if 0xDC00..<0xE000 ~= value(at + 2) {
                    code = 0x10000 + (code - 0xD800) << 10 + (value(at + 2) - 0xDC00)
                    width = 4
                }
            }
            if let scalar = Unicode.Scalar(code) {
                try put(UTF8.encode(scalar)!, at: offset + at, width: width, sink)
            } else {
                try undecodable(bytes[at..<at + width], at: offset + at, width: width, sink)
            }
            at += width
        }
        if last, at < bytes.count {
            try undecodable(bytes[at...], at: offset + at, width: bytes.count - at, sink)
            at = bytes.count
        }
        return at
    }

    private func decodeTable(
        _ bytes: UnsafeBufferPointer<UInt8>, _ table: [[UInt8]], _ sink: Sink
    ) throws -> Int {
        for at in bytes.indices {
            let character = table[Int(bytes[at])]
            if character.isEmpty {
                try undecodable(bytes[at...at], at: offset + at, width: 1, sink)
            } else {
                try put(character, at: offset + at, width: 1, sink)
            }
        }
        return bytes.count
    }

    /// Encodings of several bytes per character: one character at a time, so that each has its place.
    private func decodeByParts(
        _ bytes: UnsafeBufferPointer<UInt8>, _ descriptor: iconv_t, _ plain: [Bool], _ last: Bool,
        _ sink: Sink
    ) throws -> Int {
        var at = 0
        var silent = 0  // bytes that only changed the state: escape sequences
        while at < bytes.count {
            if plain[Int(bytes[at])], silent == 0 {
                try put(CollectionOfOne(bytes[at]), at: offset + at, width: 1, sink)
                at += 1
                continue
            }
            var width = 1
            var result = Conversion.incomplete
            while at + width <= bytes.count, width <= 8 {
                result = Self.convert(descriptor, bytes[at..<at + width])
                if case .incomplete = result { width += 1 } else { break }
            }
            switch result {
            case .characters(let characters) where characters.isEmpty:
                silent += width
                at += width
            case .characters(let characters):
                if silent > 0 || characters.count > 15 || width > 15 {
                    try flush(sink)
                    try characters.withUnsafeBufferPointer {
                        try sink($0, .block(offset + at - silent..<offset + at + width))
                    }
                    silent = 0
                } else {
                    try put(characters, at: offset + at, width: width, sink)
                }
                at += width
            case .incomplete where !last:
                return at
            case .incomplete, .wrong:
                try undecodable(bytes[at...at], at: offset + at, width: 1, sink)
                at += 1
            }
        }
        return at
    }

    // MARK: iconv

    private enum Conversion {
        case characters([UInt8])
        case incomplete, wrong
    }

    private static func convert(_ descriptor: iconv_t, _ input: some Sequence<UInt8>) -> Conversion {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 48) { memory in
            var left = 0
            for byte in input.prefix(16) {
                memory[left] = CChar(bitPattern: byte)
                left += 1
            }
            var next = memory.baseAddress
            let output = memory.baseAddress.map { $0 + 16 }
            var end = output
            var room = 32
            if iconv(descriptor, &next, &left, &end, &room) == -1 {
                return errno == EINVAL ? .incomplete : .wrong
            }
            return .characters((16..<48 - room).map { UInt8(bitPattern: memory[$0]) })
        }
    }

    /// What iconv has held back.
    private static func flush(_ descriptor: iconv_t) -> [UInt8] {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { memory in
            var end = memory.baseAddress
            var room = 32
            _ = iconv(descriptor, nil, nil, &end, &room)
            return (0..<32 - room).map { UInt8(bitPattern: memory[$0]) }
        }
    }

    private static func reset(_ descriptor: iconv_t) {
        _ = iconv(descriptor, nil, nil, nil, nil)
    }
}

/// Bytes of the well-formed UTF-8 character at a place; 0 when it is cut off by the end; when it is wrong, minus the
/// number of bytes that are.
func utf8Width(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
    let lead = bytes[at]
    let width = lead < 0x80 ? 1 : lead < 0xC2 ? -1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : -1
    if width < 2 { return width }
    for k in 1..<width {
        guard at + k < bytes.count else { return 0 }
        let byte = bytes[at + k]
        var low: UInt8 = 0x80
        var high: UInt8 = 0xBF
        if k == 1 {
            if lead == 0xE0 { low = 0xA0 }
            if lead == 0xED { high = 0x9F }
            if lead == 0xF0 { low = 0x90 }
            if lead == 0xF4 { high = 0x8F }
        }
        if byte < low || byte > high { return -k }
    }
    return width
}
