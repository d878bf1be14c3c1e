import CXMLBridge

/// Turns the events of one XML file into documents, one record after another, holding no more than one record.
struct XMLRecordReader {
    /// An open element outside records.
    private struct Frame {
        var name: UInt32
        var place: Int
        var outer: StepSet
        /// The start tag, when positions are wanted.
        var tag = ""
        var countedLeftOut = false
        /// What `xml:space` says, here or above.
        var preserved: Bool
    }

    private let profile: Profile
    private let freshRules: RecordRules
    private var rules: RecordRules
    private let input: DecodedInput
    private let sink: DocumentSink
    private let limits: DocumentLimits
    private var parser: XMLEventParser
    /// Set when the file is HTML.
    private var page: HTMLChunks?
    private var base: RecordBuilder.Base

    private var frames: [Frame] = []
    private var depth = 0
    private var places = SiblingCounter()
    private var record: RecordBuilder?
    private var buffer = RecordText()
    /// The id of a withdrawn record that is being collected, and the depth of its element.
    private var deletion: (bytes: [UInt8], depth: Int)?
    private var held: DocumentDraft?
    /// What stands before the root element, when positions are wanted; `nil` when it is too long.
    private var prolog: [UInt8]? = []
    private var ordinal = 0
    private var roots = 0
    private var outside = Coverage()
    private var outsideCounts: [Coverage.LeftOut] = []
    /// Bytes behind the root element, kept while another document may follow.
    private var tail: [UInt8] = []
    private var tailStart = 0
    private var pushed = 0
    private var recordClock = ProcessorTime.now
    /// Whether the clock is to start anew: for each record of a dump, asking for the time costs too much.
    private var isClockOld = false

    init(profile: Profile, rules: RecordRules, input: DecodedInput, sink: DocumentSink) throws {
        self.profile = profile
        self.rules = rules
        freshRules = rules
        self.input = input
        self.sink = sink
        limits = sink.limits
        base = .init(input: input, shift: input.shift)
        parser = try Self.makeParser(profile, sink.limits)
        page = profile.format == .html ? HTMLChunks() : nil
    }

    private static func makeParser(_ profile: Profile, _ limits: DocumentLimits) throws -> XMLEventParser {
        try XMLEventParser(
            html: profile.format == .html, recover: profile.malformed == .recover, entities: profile.entities,
            limits: limits)
    }

    // MARK: Positions

    /// Goes on behind a document of an earlier reading; the input starts there.
    mutating func resume(after checkpoint: ReadCheckpoint) throws {
        let preamble = Array((checkpoint.preamble ?? "").utf8)
        base.start = -preamble.count
        base.lines = checkpoint.line - 1 - lineEnds(preamble[...])
        ordinal = checkpoint.ordinal
        try push(preamble[...])
        guard frames.count == checkpoint.places.count else {
            throw DocumentFailure(
                .definition, "the checkpoint is not one of this file", byteOffset: checkpoint.byteOffset)
        }
        places = SiblingCounter(continuing: checkpoint.counts)
        for (at, place) in checkpoint.places.enumerated() where at < frames.count { frames[at].place = place }
    }

    /// Remembers the prolog, up to the root element's start.
    private mutating func keepProlog(_ chunk: ArraySlice<UInt8>, before: Int) {
        guard sink.wantsPositions, depth == 0, frames.isEmpty, prolog != nil else { return }
        prolog? += chunk
        if (prolog?.count ?? 0) > limits.doctypeBytes + chunkBytes { prolog = nil }
    }

    /// What makes a checkpoint behind the record that ends here.
    private func position(_ event: XMLBridgeEvent) -> () -> ReadCheckpoint? {
        let (frames, places, names, prolog) = (frames, places, parser.names, prolog)
        let (file, member, memberPlaces) = (sink.name, sink.member, sink.memberPlaces)
        let (ordinal, encoding) = (ordinal, sink.encoding)
        let (line, offset) = (base.line(event), base.source(event.end))
        return {
            let open = frames.map(\.tag).joined()
            return ReadCheckpoint(
                file: file, member: member, memberPlaces: memberPlaces, ordinal: ordinal, line: line,
                byteOffset: offset, encoding: encoding,
                preamble: prolog.map { String(decoding: $0, as: UTF8.self) + open },
                places: frames.map(\.place), counts: places.counts { names[Int($0)].written })
        }
    }

    // MARK: Driving the parser

    /// Reads the file to its end. Throws the failure that ends it before.
    mutating func readAll() throws {
        do {
            while !parser.isHalted, let chunk = try input.read(forgettingBefore: base.start + pushed) {
                if let parts = page?.take(chunk[...]) { try push(parts) } else { try push(chunk[...]) }
                try checkClock()
            }
            if let rest = page?.rest() { try push(rest) }
            try end()
            try finishOpen()
            if let draft = held { try sink.document(draft) }
            if parser.leavesRest { throw failure() }
        } catch let failure as DocumentFailure {
            finishOutside()
            throw failure
        }
        finishOutside()
    }

    private mutating func push(_ parts: [HTMLChunks.Part]) throws {
        for part in parts where !parser.isHalted {
            parser.mask(part.masked)
            try push(part.bytes[...])
        }
    }

    private mutating func push(_ chunk: ArraySlice<UInt8>) throws {
        var chunk = chunk
        while !chunk.isEmpty {
            if profile.severalRoots, parser.rootEnd > 0 { keepTail(chunk) }
            let before = pushed
            if try parse(chunk, last: false), !isAtNextRoot {
                if profile.severalRoots, parser.rootEnd > before {
                    tail = []
                    tailStart = parser.rootEnd
                    keepTail(chunk.dropFirst(parser.rootEnd - before))
                }
                return
            }
            if profile.severalRoots, parser.rootEnd > before {
                tail = Array(chunk.dropFirst(parser.rootEnd - before))
                tailStart = parser.rootEnd
            }
            guard isAtNextRoot else { throw failure() }
            chunk = try startNextRoot()
        }
    }

    private mutating func end() throws {
        while true {
            if try parse([], last: true), !isAtNextRoot { return }
            // A root that ends only with the bytes has not left what is behind it.
            guard isAtNextRoot, tailStart == parser.rootEnd else { throw failure() }
            let rest = try startNextRoot()
            // Nothing but white space behind the last root.
            if rest.isEmpty { return }
            try push(rest)
        }
    }

    /// Whether the parser stands before another root element, which is to be read.
    private var isAtNextRoot: Bool {
        profile.severalRoots && parser.endsAtSecondRoot && tail.count < 1 << 20
    }

    private mutating func keepTail(_ chunk: ArraySlice<UInt8>) {
        if tail.count < 1 << 20 { tail += chunk }
    }

    /// Makes a parser for what follows the root element, and gives the bytes that it starts with.
    private mutating func startNextRoot() throws -> ArraySlice<UInt8> {
        finishOutside()
        let blank = tail.prefix(while: isSpace)
        let rest = tail.dropFirst(blank.count)
        base.lines += parser.linesToRootEnd + lineEnds(blank)
        base.start += tailStart + blank.count
        parser = try Self.makeParser(profile, limits)
        rules = freshRules
        places = SiblingCounter()
        frames = []
        depth = 0
        record = nil
        deletion = nil
        pushed = 0
        roots += 1
        tail = []
        tailStart = 0
        outsideCounts = []
        return Array(rest)[...]
    }

    /// Parses bytes and takes the events. False when the parser cannot go on.
    private mutating func parse(_ chunk: ArraySlice<UInt8>, last: Bool) throws -> Bool {
        let parser = parser
        keepProlog(chunk, before: pushed)
        pushed += chunk.count
        return try chunk.withUnsafeBufferPointer { bytes in
            try parser.push(bytes, last: last) { try take(XMLBatch(raw: $0, names: parser.names)) }
        }
    }

    private func failure() -> DocumentFailure {
        var failure = parser.failure(limits: limits)
        if parser.endsTooEarly {
            let open = record?.innermostName ?? frames.last?.name
            failure.message =
                "not well-formed: the file ends "
                + (open.map { "inside the element <\(parser.names[Int($0)].written)>" }
                    ?? "before its root element does")
        }
        if base.lines != 0 { failure.message = moveLine(in: failure.message) }
        failure.line = failure.line.map { $0 + base.lines }
        failure.byteOffset = failure.byteOffset.map { base.source(UInt64($0)) }
        failure.path = path()
        return failure
    }

    /// libxml2's message about tags that do not match, with the line of the file.
    private func moveLine(in message: String) -> String {
        guard let key = message.firstRange(of: " line ") else { return message }
        let digits = message[key.upperBound...].prefix(while: \.isNumber)
        guard let line = Int(digits) else { return message }
        return message[..<key.upperBound] + String(line + base.lines) + message[digits.endIndex...]
    }

    private mutating func checkClock() throws {
        if isClockOld {
            isClockOld = false
            recordClock = ProcessorTime.now
        }
        guard ProcessorTime.now - recordClock > limits.seconds else { return }
        throw DocumentFailure(
            .limit, "more than \(limits.seconds) seconds of work on one document (limit seconds)",
            path: path(),
            byteOffset: base.source(UInt64(pushed)))
    }

    /// Adds what stands outside the records to the counts of the file.
    private mutating func finishOutside() {
        for (name, count) in outsideCounts.enumerated() where count.characters > 0 {
            outside.leaveOut(
                parser.names[name].written, elements: count.elements, characters: count.characters)
        }
        outsideCounts = []
        sink.summary.value.coverage.add(outside)
        outside = Coverage()
    }

    // MARK: Events

    private mutating func take(_ batch: XMLBatch) throws {
        if batch.names.count > outsideCounts.count {
            rules = rules.learning(batch.names)
            let more = batch.names.count - outsideCounts.count
            outsideCounts += Array(repeating: .init(elements: 0, characters: 0), count: more)
        }
        for event in batch.events {
            switch Int(event.kind) {
            case XMLBridgeEventText:
                if record != nil { record?.text(event, batch) } else { takeOutside(event, batch) }
            case XMLBridgeEventStart: open(event, batch)
            case XMLBridgeEventEnd: try close(event, batch)
            case XMLBridgeEventUnresolved:
                if record != nil { record?.noteUnresolved() } else { outside.unresolvedEntities += 1 }
            default: break
            }
        }
    }

    private mutating func open(_ event: XMLBridgeEvent, _ batch: XMLBatch) {
        var place = places.enter(event.name, parser.names[Int(event.name)].written)
        depth += 1
        if record != nil {
            record?.open(event, batch, rules, place: place)
            return
        }
        if depth == 1 { place += roots }
        let active = frames.last?.outer ?? rules.outer.start
        let (next, matched) = rules.outer.enter(event.name, from: active) { batch.holds($0, event) }
        let numbers = matched == StepSet() ? [] : rules.outer.numbers(matched)
        let isRecord =
            profile.records.isEmpty ? depth == 1 : numbers.contains { $0 < rules.firstDeletion }
        let above = frames.last?.preserved ?? false
        let preserved = event.count > 0 ? batch.preservesSpace(event) ?? above : above
        frames.append(Frame(name: event.name, place: place, outer: next, preserved: preserved))
        if sink.wantsPositions, !isRecord {
            frames[frames.count - 1].tag = batch.tag(event)
            if depth == 1 { prolog = prolog.map { Array($0.prefix(Int(event.start))) } }
        }
        if isRecord {
            ordinal += 1
            isClockOld = true
            record = RecordBuilder(
                event, batch, rules, base: base, path: path() ?? "/",
                ancestors: frames.dropLast().map { ($0.name, $0.place) }, place: place,
                preserved: above, reusing: buffer, limits: limits)
            buffer = RecordText()
        } else if !numbers.isEmpty, deletion == nil {
            deletion = ([], depth)
        }
    }

    private mutating func close(_ event: XMLBridgeEvent, _ batch: XMLBatch) throws {
        places.leave()
        defer { depth -= 1 }
        if record != nil {
            if record?.close(rules) == true { try finishRecord(event) }
            return
        }
        if let ended = deletion, ended.depth == depth {
            deletion = nil
            let id = TextFragment.value(ended.bytes, .none, limits: limits)
            if !id.isEmpty {
                try sink.deletion(recordID: id, line: base.line(event), path: path(), ordinal: ordinal)
            }
        }
        frames.removeLast()
    }

    /// Finishes what is open where a file ends that is read as well as can be.
    private mutating func finishOpen() throws {
        if deletion != nil {
            deletion = nil
            try sink.failure(
                DocumentFailure(
                    .malformed, "the file ends inside the id of a record that is withdrawn", path: path(),
                    byteOffset: base.source(UInt64(pushed))))
        }
        guard record != nil else { return }
        while record?.close(rules) == false {}
        try finishRecord(nil)
    }

    /// Hands the record on that an end tag closes, or that none closes.
    private mutating func finishRecord(_ event: XMLBridgeEvent?) throws {
        guard var finished = record else { return }
        record = nil
        let isRoot = frames.count == 1
        let result = finished.finish(end: base.source(event?.end ?? UInt64(pushed)), rules: rules)
        buffer = finished.reclaim()
        frames.removeLast()
        switch result {
        case .failure(let failure):
            try sink.failure(failure)
        case .success(var draft):
            if event == nil {
                draft.warnings.append("the record does not end; it was read as far as could be")
            }
            draft.ordinal = profile.records.isEmpty && roots == 0 && !profile.severalRoots ? nil : ordinal
            if parser.isRecovered, profile.format != .html {
                draft.warnings.append("the file is not well-formed; it was read as well as could be")
            }
            if let warning = input.replacedWarning { draft.warnings.append(warning) }
            // A document that is the whole file is one only if the file ends well.
            if isRoot, !profile.severalRoots {
                // A second root element without text is no reason to lose the first.
                if held == nil || !draft.text.isEmpty { held = draft }
            } else {
                if let event, sink.wantsPositions, !profile.severalRoots { sink.position = position(event) }
                try sink.document(draft)
                sink.position = nil
            }
        }
        isClockOld = true
    }

    private mutating func takeOutside(_ event: XMLBridgeEvent, _ batch: XMLBatch) {
        let bytes = batch.text(event)
        let count = Int(event.characters)
        outside.contentCharacters += count
        if let held = deletion?.bytes.count {
            if held < limits.nameBytes { deletion?.bytes.append(contentsOf: bytes) }
            outside.metadataCharacters += count
        } else if frames.isEmpty || bytes.allSatisfy(isSpace) {
            outside.whitespaceCharacters += count
        } else {
            let at = frames.count - 1
            outsideCounts[Int(frames[at].name)].characters += count
            if !frames[at].countedLeftOut { outsideCounts[Int(frames[at].name)].elements += 1 }
            frames[at].countedLeftOut = true
        }
    }

    /// The path of the innermost open element outside the record, or of the record.
    private func path() -> String? {
        guard !frames.isEmpty else { return nil }
        return "/"
            + frames.map { frame in
                let name = parser.names[Int(frame.name)].written
                return frame.place == 1 ? name : "\(name)[\(frame.place)]"
            }.joined(separator: "/") + (record?.innerPath(parser.names) ?? "")
    }
}
