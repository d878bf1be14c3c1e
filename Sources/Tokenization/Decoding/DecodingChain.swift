/// Takes tokens one by one through the decoders, and gives out text as soon as nothing can change it.
///
/// Decoding a list of tokens and decoding them one at a time is the same work, so both give the same text.
struct DecodingChain: Sendable {
    private var stages: [Stage]
    /// The text that is ready, as well-formed UTF-8.
    private var output: [UInt8] = []

    private struct Stage: Sendable {
        var decoder: TokenDecoder
        /// Bytes withheld: an unfinished character, a run of byte tokens, or characters that may be stripped.
        var held: [UInt8] = []
        /// Whether a token has passed.
        var hasStarted = false
        /// How many characters may still be stripped from the start of the token.
        var strippable = 0
    }

    init(_ decoders: [TokenDecoder]) { stages = decoders.map { Stage(decoder: $0) } }

    /// Adds a token.
    mutating func append(_ token: [UInt8]) { push(token, startsToken: true, stage: 0) }

    /// The text that has become final since the last call.
    mutating func takeText() -> String {
        let text = String(decoding: output, as: UTF8.self)
        output.removeAll(keepingCapacity: true)
        return text
    }

    /// Gives up what was withheld: no token follows.
    mutating func finish() {
        for index in stages.indices { finish(stage: index) }
    }

    /// A token, or a further part of the last one, arrives at a stage.
    private mutating func push(_ bytes: [UInt8], startsToken: Bool, stage index: Int) {
        guard index < stages.count else {
            output.append(contentsOf: bytes)
            return
        }
        switch stages[index].decoder {
        case .byteLevel: pushByteLevel(bytes, stage: index)
        case .byteFallback: pushByteFallback(bytes, startsToken: startsToken, stage: index)
        case .fuse:
            push(bytes, startsToken: !stages[index].hasStarted, stage: index + 1)
        case .replace(let pattern, let content):
            push(Self.replace(pattern, with: content, in: bytes), startsToken: startsToken, stage: index + 1)
        case .strip(let content, let start, let stop):
            pushStrip(bytes, startsToken: startsToken, content, start, stop, stage: index)
        case .metaspace(let replacement, let dropsFirst):
            let isFirst = !stages[index].hasStarted
            let content: [UInt8] = isFirst && dropsFirst ? [] : [0x20]
            push(
                Self.replace(replacement, with: content, in: bytes), startsToken: startsToken,
                stage: index + 1)
        case .spaced:
            let isFirst = !stages[index].hasStarted
            push((isFirst ? [] : [0x20]) + bytes, startsToken: startsToken, stage: index + 1)
        }
        stages[index].hasStarted = true
    }

    private mutating func finish(stage index: Int) {
        let held = stages[index].held
        stages[index].held = []
        switch stages[index].decoder {
        case .byteLevel:
            if !held.isEmpty { push(repairUTF8(held).bytes, startsToken: false, stage: index + 1) }
        case .byteFallback: release(held, stage: index)
        case .strip(let content, _, let stop): releaseTrailing(held, content, stop, stage: index)
        case .fuse, .replace, .metaspace, .spaced: break
        }
    }

    private static func replace(_ pattern: [UInt8], with content: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        guard let first = pattern.first, bytes.contains(first) else { return bytes }
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == first, bytes.span.matches(pattern, at: index, end: bytes.count) {
                result.append(contentsOf: content)
                index += pattern.count
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }
}

extension DecodingChain {
    private mutating func pushByteLevel(_ token: [UInt8], stage index: Int) {
        let isFirst = !stages[index].hasStarted
        let bytes = stages[index].held + (ByteLevelAlphabet.decode(token) ?? token)
        let complete = bytes.span.endOfCompleteText()
        stages[index].held = Array(bytes[complete...])
        let text = repairUTF8(Array(bytes[..<complete])).bytes
        push(text, startsToken: isFirst, stage: index + 1)
    }

    private mutating func pushByteFallback(_ token: [UInt8], startsToken: Bool, stage index: Int) {
        if let byte = Self.byte(of: token) {
            stages[index].held.append(byte)
            return
        }
        let held = stages[index].held
        stages[index].held = []
        release(held, stage: index)
        push(token, startsToken: startsToken, stage: index + 1)
    }

    /// The byte that a token like `<0x0A>` names, or nil.
    private static func byte(of token: [UInt8]) -> UInt8? {
        guard token.count == 6, token.starts(with: [0x3C, 0x30, 0x78]), token[5] == 0x3E,
            let low = hexadecimalValue(of: token[4])
        else { return nil }
        // The library reads the digits as a number, which may have a plus sign.
        if token[3] == UInt8(ascii: "+") { return low }
        return hexadecimalValue(of: token[3]).map { $0 << 4 | low }
    }

    /// A run of byte tokens is text as a whole, or a replacement character for each.
    private mutating func release(_ run: [UInt8], stage index: Int) {
        if run.isEmpty { return }
        if run.span.firstMalformedByte() == nil {
            push(run, startsToken: true, stage: index + 1)
        } else {
            for _ in run { push(replacementCharacter, startsToken: true, stage: index + 1) }
        }
    }

    private mutating func pushStrip(
        _ bytes: [UInt8], startsToken: Bool, _ content: [UInt8], _ start: Int, _ stop: Int, stage index: Int
    ) {
        if startsToken {
            let held = stages[index].held
            stages[index].held = []
            releaseTrailing(held, content, stop, stage: index)
            stages[index].strippable = start
        }
        var place = 0
        while stages[index].strippable > 0, place < bytes.count {
            guard bytes.span.matches(content, at: place, end: bytes.count) else {
                stages[index].strippable = 0
                break
            }
            place += content.count
            stages[index].strippable -= 1
        }
        let text = stages[index].held + bytes[place...]
        var end = text.count
        var kept = 0
        while kept < stop, end >= content.count,
            text.span.matches(content, at: end - content.count, end: end)
        {
            end -= content.count
            kept += 1
        }
        stages[index].held = Array(text[end...])
        push(Array(text[..<end]), startsToken: startsToken, stage: index + 1)
    }

    /// Characters held back at the end of a token: as many as may be stripped are dropped.
    private mutating func releaseTrailing(
        _ held: [UInt8], _ content: [UInt8], _ stop: Int, stage index: Int
    ) {
        let dropped = min(held.count, stop * content.count)
        if held.count > dropped {
            push(Array(held[..<(held.count - dropped)]), startsToken: false, stage: index + 1)
        }
    }
}

extension Span where Element == UInt8 {
    /// The end of the bytes that later ones cannot change: before an unfinished character at the end.
    fileprivate func endOfCompleteText() -> Int {
        var index = Swift.max(0, count - 3)
        while index < count {
            // A sequence that is cut off begins with a lead byte; look only from there.
            if self[index] >= 0xC0, case .cutOff = sequence(at: index, end: count) { return index }
            index += 1
        }
        return count
    }
}
