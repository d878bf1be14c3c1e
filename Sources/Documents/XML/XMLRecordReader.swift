import CXMLBridge

/// Turns the events of one XML file into documents, one record after another, holding no more than one record.
final class XMLRecordReader {
    /// An open element.
    private struct Frame {
        var name: UInt32
        var place: Int
        /// Where the counters of this element's children start in `counters`.
        var counters: Int
        var outer: StepSet
        var inner = StepSet()
        /// In the record's element tree; 0 outside records.
        var element = 0
        /// In the record's text; -1 outside.
        var number = -1
        var role = RecordRules.Role()
        var opensText = false
        var preserved = false
        var countedLeftOut = false
        var captures = 0
    }

    /// A field value that is being collected.
    private struct Capture {
        var field: Int
        var alternative: Int
        var bytes: [UInt8] = []
        /// The id of a withdrawn record.
        var isDeletion = false
    }

    private struct OpenRecord {
        var depth: Int
        var ordinal: Int
        var start: Int
        var line: Int
        var path: String
        var tree = ElementTree()
        var treeNames: [UInt32: UInt32] = [:]
        var values: [[[String]]]
        var coverage = Coverage()
        var unresolvedBefore = 0
        var textDepth = 0
        var excludedDepth: Int?
        var failure: DocumentFailure?

        mutating func addElement(
            _ number: UInt32, _ written: @autoclosure () -> String, place: Int, parent: Int
        ) -> Int {
            let name: UInt32
            if let known = treeNames[number] {
                name = known
            } else {
                name = tree.addName(written())
                treeNames[number] = name
            }
            return tree.add(parent: parent, name: name, place: place)
        }
    }

    private let profile: Profile
    private var rules: RecordRules
    private let input: DecodedXMLInput
    private let sink: DocumentSink
    private let limits: DocumentLimits
    private var parser: XMLEventParser

    private var frames: [Frame] = []
    private var counters: [(name: UInt32, count: Int)] = []
    private var captures: [Capture] = []
    private var record: OpenRecord?
    private var text = RecordText()
    private var ordinal = 0
    /// Where the bytes of the current parser start among all decoded bytes, and its first line.
    private var parserStart = 0
    private var parserLine = 0
    private var outside = Coverage()
    private var outsideCharacters: [Int] = []
    private var outsideElements: [Int] = []
    private var textCounts: [Int] = []

    init(profile: Profile, rules: RecordRules, input: DecodedXMLInput, sink: DocumentSink) throws {
        self.profile = profile
        self.rules = rules
        self.input = input
        self.sink = sink
        limits = sink.limits
        parser = try Self.makeParser(profile, sink.limits)
    }

    private static func makeParser(_ profile: Profile, _ limits: DocumentLimits) throws -> XMLEventParser {
        try XMLEventParser(
            html: profile.format == .html, recover: profile.malformed == .recover, entities: profile.entities,
            limits: limits)
    }

    // MARK: Driving the parser

    /// Reads the file to its end. Throws the failure that ends it before.
    func readAll() throws {
        var consumed = 0
        while let chunk = try input.read(forgettingBefore: consumed) {
            try push(chunk[...], last: false)
            consumed += chunk.count
        }
        try push([], last: true)
        finishOutside()
    }

    private func push(_ chunk: ArraySlice<UInt8>, last: Bool) throws {
        let goesOn = try chunk.withUnsafeBufferPointer { bytes in
            try parser.push(bytes, last: last) { try take($0) }
        }
        if goesOn { return }
        finishOutside()
        var failure = parser.failure(limits: limits)
        failure.line = failure.line.map { $0 + parserLine }
        failure.byteOffset = failure.byteOffset.map { input.map.source(of: $0 + parserStart) }
        failure.path = path()
        throw failure
    }

    /// Adds what stands outside the records to the counts of the file.
    private func finishOutside() {
        for (name, count) in outsideCharacters.enumerated() where count > 0 || outsideElements[name] > 0 {
            outside.leaveOut(parser.names[name].written, elements: outsideElements[name], characters: count)
        }
        outsideCharacters = []
        outsideElements = []
        sink.summary.value.coverage.add(outside)
        outside = Coverage()
    }

    private func take(_ batch: XMLBridgeBatch) throws {
        rules.learn(parser.names)
        while outsideCharacters.count < parser.names.count {
            outsideCharacters.append(0)
            outsideElements.append(0)
        }
        let events = UnsafeBufferPointer(start: batch.events, count: batch.event_count)
        for event in events {
            switch Int(event.kind) {
            case XMLBridgeEventText: try takeText(event, batch)
            case XMLBridgeEventStart: try open(event, batch)
            case XMLBridgeEventEnd: try close(event)
            default: break
            }
        }
    }

    // MARK: Elements

    private func open(_ event: XMLBridgeEvent, _ batch: XMLBridgeBatch) throws {
        let place = countPlace(event.name)
        let parent = frames.last
        let attributes = UnsafeBufferPointer(
            start: batch.attributes.map { $0 + Int(event.first) }, count: Int(event.count))
        let holds = { (predicate: PathPattern.Predicate) in self.holds(predicate, attributes, batch) }
        var frame = Frame(name: event.name, place: place, counters: counters.count, outer: StepSet())
        frame.preserved = parent?.preserved ?? false
        if record == nil {
            let (next, matched) = rules.outer.enter(
                event.name, from: parent?.outer ?? rules.outer.start, holds: holds)
            frame.outer = next
            frames.append(frame)
            let numbers = matched == StepSet() ? [] : rules.outer.numbers(matched)
            let wholeFile = profile.records.isEmpty && parent == nil
            if wholeFile || numbers.contains(where: { $0 < rules.firstDeletion }) {
                startRecord(event)
                try enterRecordElement(event, batch, attributes, matched: rules.inner.selfPatterns)
            } else if !numbers.isEmpty {
                captures.append(Capture(field: -1, alternative: 0, isDeletion: true))
                frames[frames.count - 1].captures = 1
            }
            return
        }
        let (next, matched) = rules.inner.enter(event.name, from: parent?.inner ?? StepSet(), holds: holds)
        frame.inner = next
        frames.append(frame)
        try enterRecordElement(
            event, batch, attributes, matched: matched == StepSet() ? [] : rules.inner.numbers(matched))
    }

    private func startRecord(_ event: XMLBridgeEvent) {
        ordinal += 1
        text.reset()
        var opened = OpenRecord(
            depth: frames.count, ordinal: ordinal,
            start: input.map.source(of: Int(event.start) + parserStart),
            line: Int(event.line) + parserLine, path: path() ?? "/",
            values: rules.fields.map { Array(repeating: [], count: $0.alternatives) })
        opened.unresolvedBefore = parser.unresolvedCount
        textCounts = Array(repeating: 0, count: rules.uses.count)
        if rules.takesWholeText { opened.textDepth = 1 }
        // The ancestors come first in the record's tree.
        var element = 0
        for frame in frames.dropLast() {
            element = opened.addElement(
                frame.name, written(frame.name), place: frame.place, parent: element)
        }
        record = opened
        frames[frames.count - 1].inner = rules.inner.start
        if frames.count > 1 { frames[frames.count - 2].element = element }
    }

    /// What an element inside a record (or the record itself) does.
    private func enterRecordElement(
        _ event: XMLBridgeEvent, _ batch: XMLBridgeBatch,
        _ attributes: UnsafeBufferPointer<XMLBridgeAttribute>,
        matched: [Int]
    ) throws {
        let at = frames.count - 1
        let parent = at > 0 ? frames[at - 1] : nil
        if record?.failure == nil, let failure = overLimit() { record?.failure = failure }
        guard record?.failure == nil else { return }
        let written = written(event.name)
        let place = frames[at].place
        frames[at].element =
            record?.addElement(event.name, written, place: place, parent: parent?.element ?? 0) ?? 0
        var role = rules.roles[Int(event.name)]
        for number in matched {
            if case .role(let more) = rules.uses[number] { role.insert(more) }
        }
        frames[at].role = role
        frames[at].number = text.addElement()
        if role.contains(.preformatted) { frames[at].preserved = true }
        if let space = value(of: "space", prefix: "xml", attributes, batch) {
            frames[at].preserved = space == "preserve" || role.contains(.preformatted)
        }
        if role.contains(.excluded), record?.excludedDepth == nil {
            record?.excludedDepth = frames.count
            record?.coverage.leaveOut(written, elements: 1, characters: 0)
        }
        if !role.isEmpty || rules.byContent {
            text.edge(
                role, parent: at + 1 > record!.depth ? (parent?.number ?? -1) : -1,
                line: Int(event.line) + parserLine, element: frames[at].element, isStart: true)
        }
        for number in matched { try use(number, event, batch, attributes, at) }
    }

    private func use(
        _ number: Int, _ event: XMLBridgeEvent, _ batch: XMLBridgeBatch,
        _ attributes: UnsafeBufferPointer<XMLBridgeAttribute>, _ at: Int
    ) throws {
        let pattern = rules.inner.patterns[number]
        switch rules.uses[number] {
        case .role:
            break
        case .text:
            if let attribute = pattern.attribute {
                for found in attributes where attribute.matches(parser.names[Int(found.name)]) {
                    appendAttribute(found, event, batch, at)
                }
                return
            }
            textCounts[number] += 1
            if rules.textChoice == .first, textCounts[number] > 1 { return }
            record?.textDepth += 1
            frames[at].opensText = true
        case .field(let field, let alternative):
            if let attribute = pattern.attribute {
                for found in attributes where attribute.matches(parser.names[Int(found.name)]) {
                    store(Array(bytes(found, batch)), field, alternative)
                }
                return
            }
            captures.append(Capture(field: field, alternative: alternative))
            frames[at].captures += 1
        }
    }

    private func close(_ event: XMLBridgeEvent) throws {
        guard let frame = frames.popLast() else { return }
        counters.removeLast(counters.count - frame.counters)
        for _ in 0..<frame.captures {
            guard let capture = captures.popLast() else { break }
            if capture.isDeletion {
                let id = String(decoding: collapse(capture.bytes), as: UTF8.self)
                if !id.isEmpty {
                    try sink.deletion(
                        recordID: id, line: Int(event.line) + parserLine, path: path(), ordinal: ordinal)
                }
            } else {
                store(capture.bytes, capture.field, capture.alternative)
            }
        }
        guard record != nil else { return }
        if frame.opensText { record?.textDepth -= 1 }
        if !frame.role.isEmpty || rules.byContent, record?.failure == nil {
            text.edge(
                frame.role, parent: frames.count + 1 > record!.depth ? (frames.last?.number ?? -1) : -1,
                line: Int(event.line) + parserLine, element: frames.last?.element ?? 0, isStart: false)
        }
        if record?.excludedDepth == frames.count + 1 { record?.excludedDepth = nil }
        if record?.depth == frames.count + 1 { try finishRecord(event) }
    }

    /// How many siblings of this name came before, and this one.
    private func countPlace(_ name: UInt32) -> Int {
        let start = frames.last?.counters ?? 0
        // The children of an open element count behind its own start, and only the innermost is open.
        for at in stride(from: counters.count - 1, through: start, by: -1) where counters[at].name == name {
            counters[at].count += 1
            return counters[at].count
        }
        // Elements with very many kinds of children share their last counters, so that no file makes this slow.
        if counters.count - start < 512 { counters.append((name, 1)) }
        return 1
    }

    // MARK: Text

    private func takeText(_ event: XMLBridgeEvent, _ batch: XMLBridgeBatch) throws {
        let bytes = UnsafeBufferPointer(start: batch.data + Int(event.first), count: Int(event.count))
        let count = Int(event.characters)
        guard record != nil else {
            for at in captures.indices { captures[at].bytes.append(contentsOf: bytes) }
            outside.contentCharacters += count
            if !captures.isEmpty {
                outside.metadataCharacters += count
            } else if bytes.allSatisfy(isSpace) {
                outside.whitespaceCharacters += count
            } else if let name = frames.last?.name {
                outsideCharacters[Int(name)] += count
                outsideElements[Int(name)] += 1
            } else {
                outside.whitespaceCharacters += count
            }
            return
        }
        record?.coverage.contentCharacters += count
        for at in captures.indices where captures[at].bytes.count < limits.textNodeBytes {
            captures[at].bytes.append(contentsOf: bytes)
        }
        let at = frames.count - 1
        if record!.textDepth > 0, record!.excludedDepth == nil {
            appendText(event, bytes, at)
            return
        }
        if bytes.allSatisfy(isSpace) {
            record?.coverage.whitespaceCharacters += count
        } else if record!.excludedDepth == nil, !captures.isEmpty {
            record?.coverage.metadataCharacters += count
        } else {
            let depth = record!.excludedDepth ?? frames.count
            let name = written(frames[depth - 1].name)
            let isNew = record!.excludedDepth == nil && !frames[at].countedLeftOut
            frames[at].countedLeftOut = true
            record?.coverage.leaveOut(name, elements: isNew ? 1 : 0, characters: count)
        }
    }

    private func appendText(_ event: XMLBridgeEvent, _ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) {
        guard record?.failure == nil else { return }
        let frame = frames[at]
        if !bytes.allSatisfy(isSpace) { text.noteText(in: frame.number) }
        let line = Int(event.line) + parserLine
        let start = Int(event.start) + parserStart
        if event.flags & UInt32(XMLBridgeExact) == 0 {
            let range =
                input.map.source(
                    of: start)..<max(
                    input.map.source(of: start), input.map.source(of: Int(event.end) + parserStart))
            text.append(
                bytes, from: .block(range), line: line, element: frame.element, preserved: frame.preserved)
            return
        }
        var from = 0
        var pieceLine = line
        input.map.forEachPiece(from: start, count: bytes.count) { count, origin in
            let piece = UnsafeBufferPointer(rebasing: bytes[from..<from + count])
            text.append(
                piece, from: origin, line: pieceLine, element: frame.element, preserved: frame.preserved)
            from += count
            if from < bytes.count { pieceLine += piece.count { $0 == 0x0A } }
        }
    }

    private func appendAttribute(
        _ attribute: XMLBridgeAttribute, _ event: XMLBridgeEvent, _ batch: XMLBridgeBatch, _ at: Int
    ) {
        guard record?.failure == nil, record?.excludedDepth == nil else { return }
        let value = bytes(attribute, batch)
        var event = event
        event.start = attribute.start
        event.end = attribute.end
        event.flags = attribute.flags
        record?.coverage.contentCharacters += scalarCount(value)
        text.edge(
            .block, parent: -1, line: Int(event.line) + parserLine, element: frames[at].element, isStart: true
        )
        appendText(event, value, at)
        text.edge(
            .block, parent: -1, line: Int(event.line) + parserLine, element: frames[at].element,
            isStart: false)
    }

    /// The failure of a record that has grown too large; what it holds is let go.
    private func overLimit() -> DocumentFailure? {
        guard text.count > limits.documentBytes else { return nil }
        text.reset()
        return DocumentFailure(
            .limit, "a record of more than \(limits.documentBytes) bytes of text (limit document-bytes)")
    }

    // MARK: Fields

    private func store(_ bytes: [UInt8], _ field: Int, _ alternative: Int) {
        let value = collapse(bytes)
        guard !value.isEmpty, record != nil else { return }
        let string = TextNormalizer.normalize(String(decoding: value, as: UTF8.self))
        record?.values[field][alternative].append(string)
    }

    private func collapse(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for word in bytes.split(whereSeparator: isSpace) {
            if !result.isEmpty { result.append(0x20) }
            result += word
        }
        return result
    }

    private func finishRecord(_ event: XMLBridgeEvent) throws {
        guard let finished = record else { return }
        record = nil
        captures = []
        if let failure = finished.failure ?? overLimit() {
            var failure = failure
            failure.line = finished.line
            failure.path = finished.path
            failure.byteOffset = finished.start
            try sink.failure(failure)
            return
        }
        let rendered = text.render(finished.tree, byContent: rules.byContent)
        var coverage = finished.coverage
        let selected =
            coverage.contentCharacters - coverage.whitespaceCharacters - coverage.metadataCharacters
            - coverage.leftOutCharacters
        coverage.emittedCharacters = rendered.emitted
        coverage.whitespaceCharacters += selected - rendered.emitted
        coverage.replacedCharacters = rendered.replaced
        coverage.unresolvedEntities = parser.unresolvedCount - finished.unresolvedBefore
        var metadata: [String: String] = [:]
        for (at, field) in rules.fields.enumerated() {
            if let value = choose(field.choose, finished.values[at]) { metadata[field.name] = value }
        }
        let end = input.map.source(of: Int(event.end) + parserStart)
        var draft = DocumentDraft(
            recordID: metadata.removeValue(forKey: "id"), title: metadata.removeValue(forKey: "title"),
            metadata: metadata, text: rendered.text, sourceMap: rendered.map, coverage: coverage,
            line: finished.line, path: finished.path, bytes: finished.start..<max(finished.start, end),
            ordinal: profile.records.isEmpty ? nil : finished.ordinal)
        if parser.isRecovered {
            draft.warnings.append("the file is not well-formed; read as well as could be")
        }
        if input.replaced > 0 {
            draft.warnings.append(
                "\(input.replaced) undecodable byte sequences replaced so far, the first at byte \(input.firstReplaced ?? 0)"
            )
        }
        try sink.document(draft)
    }

    private func choose(_ choice: FieldMapping.Choice, _ alternatives: [[String]]) -> String? {
        guard let values = alternatives.first(where: { !$0.isEmpty }) else { return nil }
        switch choice {
        case .first: return values.first
        case .last: return values.last
        case .all: return values.joined(separator: "; ")
        }
    }

    // MARK: Names and attributes

    private func written(_ name: UInt32) -> String { parser.names[Int(name)].written }

    /// The path of the innermost open element.
    private func path() -> String? {
        guard !frames.isEmpty else { return nil }
        return "/"
            + frames.map { $0.place == 1 ? written($0.name) : "\(written($0.name))[\($0.place)]" }
            .joined(separator: "/")
    }

    private func bytes(_ attribute: XMLBridgeAttribute, _ batch: XMLBridgeBatch) -> UnsafeBufferPointer<UInt8>
    {
        UnsafeBufferPointer(start: batch.data + Int(attribute.first), count: Int(attribute.count))
    }

    private func value(
        of local: String, prefix: String, _ attributes: UnsafeBufferPointer<XMLBridgeAttribute>,
        _ batch: XMLBridgeBatch
    ) -> String? {
        for attribute in attributes {
            let name = parser.names[Int(attribute.name)]
            if name.prefix == prefix, name.local == local {
                return String(decoding: bytes(attribute, batch), as: UTF8.self)
            }
        }
        return nil
    }

    private func holds(
        _ predicate: PathPattern.Predicate, _ attributes: UnsafeBufferPointer<XMLBridgeAttribute>,
        _ batch: XMLBridgeBatch
    ) -> Bool {
        for attribute in attributes where predicate.attribute.matches(parser.names[Int(attribute.name)]) {
            guard let wanted = predicate.value else { return true }
            return bytes(attribute, batch).elementsEqual(wanted.utf8) != predicate.negated
        }
        return predicate.negated
    }
}
