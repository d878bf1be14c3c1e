import CXMLBridge

/// Collects one record while its events stream by: text, fields, coverage.
struct RecordBuilder {
    /// An open element of the record.
    private struct Frame {
        var name: UInt32
        var inner: StepSet
        /// In the record's element tree.
        var element: Int
        /// In the record's text.
        var number: Int
        var role: RecordRules.Role
        var preserved: Bool
        var opensText = false
        var opensFragment = false
        var countedLeftOut = false
        var captures = 0
        var hasChild = false
    }

    /// A field value that is being collected.
    private struct Capture {
        var field: Int
        var alternative: Int
        var bytes: [UInt8] = []
    }

    /// Where in the source the parser's offsets and lines are.
    struct Base {
        var input: DecodedInput
        /// Offset of the parser's first byte among all decoded bytes, in the source when that is the same.
        var start = 0
        var lines = 0
        /// Set when decoded bytes are the source's, from this offset on.
        var shift: Int?

        func source(_ offset: UInt64) -> Int {
            if let shift { return Int(offset) + start + shift }
            return input.map.source(of: Int(offset) + start)
        }

        func line(_ event: XMLBridgeEvent) -> Int { Int(event.line) + lines }
    }

    let base: Base
    private let limits: DocumentLimits
    private var frames: [Frame] = []
    private var captures: [Capture] = []
    private var tree = ElementTree()
    private var treeNames: [UInt32: UInt32] = [:]
    private var text: RecordText
    private var fragment: TextFragment?
    private var values: [[[String]]]
    private var coverage = Coverage()
    private var textDepth = 0
    /// Number of frames at the outermost excluded element, 0 for none.
    private var excludedDepth = 0
    /// Characters that went to the text since it was last started anew.
    private var textCharacters = 0
    private var textMatches = 0
    private var failure: DocumentFailure?
    private var isLost = false
    /// Bytes that fields were given, those of elements inside one another several times.
    private var capturedBytes = 0
    private let inheritsPreserved: Bool
    let start: Int
    let line: Int
    let path: String

    /// Starts a record at the start tag of its element, below some ancestors; they say whether space is
    /// preserved.
    init(
        _ event: XMLBridgeEvent, _ batch: XMLBatch, _ rules: RecordRules, base: Base, path: String,
        ancestors: [(name: UInt32, place: Int)], place: Int, preserved: Bool,
        reusing text: consuming RecordText, limits: DocumentLimits
    ) {
        self.base = base
        self.limits = limits
        self.path = path
        inheritsPreserved = preserved
        self.text = text
        self.text.reset()
        start = base.source(event.start)
        line = base.line(event)
        values = rules.fields.map { Array(repeating: [], count: $0.transforms.count) }
        if rules.takesWholeText { textDepth = 1 }
        var element = 0
        for ancestor in ancestors {
            element = addElement(ancestor.name, batch, place: ancestor.place, parent: element)
        }
        enter(
            event, batch, rules, inner: rules.inner.start, matched: rules.inner.selfPatterns, place: place,
            parent: element)
    }

    /// The text buffer, for the next record.
    consuming func reclaim() -> RecordText { text }

    // MARK: Elements

    mutating func open(_ event: XMLBridgeEvent, _ batch: XMLBatch, _ rules: RecordRules, place: Int) {
        let parent = frames[frames.count - 1]
        let (next, matched) = rules.inner.enter(event.name, from: parent.inner) { batch.holds($0, event) }
        enter(
            event, batch, rules, inner: next,
            matched: matched == StepSet() ? [] : rules.inner.numbers(matched), place: place,
            parent: parent.element)
    }

    private mutating func addElement(_ name: UInt32, _ batch: XMLBatch, place: Int, parent: Int) -> Int {
        let number: UInt32
        if let known = treeNames[name] {
            number = known
        } else {
            number = tree.addName(batch.names[Int(name)].written)
            treeNames[name] = number
        }
        return tree.add(parent: parent, name: number, place: place)
    }

    private mutating func enter(
        _ event: XMLBridgeEvent, _ batch: XMLBatch, _ rules: RecordRules, inner: StepSet, matched: [Int],
        place: Int, parent: Int
    ) {
        checkSize()
        let above = frames.last
        if isLost {
            frames.append(
                Frame(name: event.name, inner: inner, element: 0, number: -1, role: [], preserved: false))
            return
        }
        var role = rules.roles[Int(event.name)]
        for number in matched {
            if case .role(let more) = rules.uses[number] { role.insert(more) }
        }
        if let above, above.role.contains(.alternatives) {
            if above.hasChild { role.insert(.excluded) }
            frames[frames.count - 1].hasChild = true
        }
        var frame = Frame(
            name: event.name, inner: inner,
            element: addElement(event.name, batch, place: place, parent: parent), number: text.addElement(),
            role: role, preserved: above?.preserved ?? inheritsPreserved)
        if role.contains(.preformatted) { frame.preserved = true }
        if event.count > 0, let preserves = batch.preservesSpace(event) {
            frame.preserved = preserves || role.contains(.preformatted)
        }
        frames.append(frame)
        if role.contains(.excluded), excludedDepth == 0 {
            excludedDepth = frames.count
            coverage.leaveOut(batch.names[Int(event.name)].written, elements: 1, characters: 0)
        }
        if !role.isEmpty || rules.byContent {
            text.edge(role, parent: above?.number ?? -1, isStart: true)
        }
        for number in matched { use(number, event, batch, rules) }
    }

    /// What a pattern that matched the element just entered asks for.
    private mutating func use(
        _ number: Int, _ event: XMLBridgeEvent, _ batch: XMLBatch, _ rules: RecordRules
    ) {
        let at = frames.count - 1
        let isAttribute = rules.inner.patterns[number].attribute != nil
        switch rules.uses[number] {
        case .role:
            break
        case .text(let transform):
            if isAttribute {
                for found in batch.attributes(event) where rules.takes(found.name, number) {
                    if startsText(rules, batch) { takeAttribute(found, event, batch, rules, transform) }
                }
                return
            }
            guard fragment == nil, !frames[at].opensText, startsText(rules, batch) else { return }
            textDepth += 1
            frames[at].opensText = true
            if transform != .none {
                fragment = TextFragment(transform, element: frames[at].element, line: base.line(event))
                frames[at].opensFragment = true
            }
        case .field(let field, let alternative):
            if isAttribute {
                for found in batch.attributes(event) where rules.takes(found.name, number) {
                    store(Array(batch.value(found)), field, alternative, rules)
                }
                return
            }
            captures.append(Capture(field: field, alternative: alternative))
            frames[at].captures += 1
        }
    }

    /// Whether a further match of a text path counts; lets go of the earlier ones where only the last does.
    private mutating func startsText(_ rules: RecordRules, _ batch: XMLBatch) -> Bool {
        textMatches += 1
        switch rules.textChoice {
        case .all: return true
        case .first: return textMatches == 1
        case .last:
            if textMatches > 1, textDepth == 0 {
                text.startAnew()
                coverage.leaveOut("(earlier text)", elements: 1, characters: textCharacters)
                textCharacters = 0
            }
            return true
        }
    }

    /// Leaves an element; true when it was the record's own.
    mutating func close(_ rules: RecordRules) -> Bool {
        guard let frame = frames.popLast() else { return true }
        for _ in 0..<frame.captures {
            guard let capture = captures.popLast() else { break }
            store(capture.bytes, capture.field, capture.alternative, rules)
        }
        if frame.opensFragment, let ended = fragment {
            fragment = nil
            take(ended, rules)
        }
        if frame.opensText { textDepth -= 1 }
        if !isLost, !frame.role.isEmpty || rules.byContent {
            text.edge(frame.role, parent: frames.last?.number ?? -1, isStart: false)
        }
        if excludedDepth == frames.count + 1 { excludedDepth = 0 }
        return frames.isEmpty
    }

    /// The name of the innermost open element.
    var innermostName: UInt32? { frames.last?.name }

    /// The path of the innermost open element below the record's own.
    func innerPath(_ names: [ElementName]) -> String {
        frames.dropFirst().map { frame in
            let place = tree.place(of: frame.element)
            let name = names[Int(frame.name)].written
            return place > 1 ? "/\(name)[\(place)]" : "/" + name
        }.joined()
    }

    // MARK: Text

    mutating func text(_ event: XMLBridgeEvent, _ batch: XMLBatch) {
        if isLost { return }
        let bytes = batch.text(event)
        let count = Int(event.characters)
        coverage.contentCharacters += count
        for at in captures.indices where captures[at].bytes.count < limits.documentBytes {
            captures[at].bytes.append(contentsOf: bytes)
            capturedBytes += bytes.count
        }
        if !captures.isEmpty {
            checkSize()
            if isLost { return }
        }
        let at = frames.count - 1
        if textDepth > 0, excludedDepth == 0 {
            let isBlank = bytes.allSatisfy(isSpace)
            textCharacters += count
            if fragment != nil {
                appendToFragment(event, bytes)
            } else {
                text.noteText(in: frames[at].number, isBlank: isBlank)
                append(event, bytes, at)
            }
        } else if bytes.allSatisfy(isSpace) {
            coverage.whitespaceCharacters += count
        } else if excludedDepth == 0, !captures.isEmpty {
            coverage.metadataCharacters += count
        } else {
            let depth = excludedDepth > 0 ? excludedDepth : frames.count
            let isNew = excludedDepth == 0 && !frames[at].countedLeftOut
            frames[at].countedLeftOut = true
            coverage.leaveOut(
                batch.names[Int(frames[depth - 1].name)].written, elements: isNew ? 1 : 0, characters: count)
        }
    }

    mutating func noteUnresolved() { coverage.unresolvedEntities += 1 }

    /// Appends character data, stretch by stretch where it was decoded.
    private mutating func append(_ event: XMLBridgeEvent, _ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) {
        let frame = frames[at]
        var line = base.line(event)
        if event.flags & UInt32(XMLBridgeExact) == 0 {
            let start = base.source(event.start)
            text.append(
                bytes, from: .block(start..<max(start, base.source(event.end))), line: line,
                element: frame.element, preserved: frame.preserved)
        } else if base.shift != nil {
            text.append(
                bytes, from: .linear(base.source(event.start)), line: line, element: frame.element,
                preserved: frame.preserved)
        } else {
            var from = 0
            base.input.map.forEachPiece(from: Int(event.start) + base.start, count: bytes.count) {
                count, origin in
                let piece = UnsafeBufferPointer(rebasing: bytes[from..<from + count])
                text.append(
                    piece, from: origin, line: line, element: frame.element, preserved: frame.preserved)
                line += lineEnds(bytes, in: from..<from + count)
                from += count
            }
        }
    }

    private mutating func appendToFragment(_ event: XMLBridgeEvent, _ bytes: UnsafeBufferPointer<UInt8>) {
        if (fragment?.bytes.count ?? 0) < limits.documentBytes {
            fragment?.append(event, bytes, base)
        } else {
            checkSize()
        }
    }

    private mutating func takeAttribute(
        _ attribute: XMLBridgeAttribute, _ event: XMLBridgeEvent, _ batch: XMLBatch, _ rules: RecordRules,
        _ transform: FieldMapping.Transform
    ) {
        guard excludedDepth == 0 else { return }
        let value = batch.value(attribute)
        let count = scalarCount(value)
        coverage.contentCharacters += count
        textCharacters += count
        let places = batch.places(attribute, event)
        var from = 0
        if transform == .none {
            text.edge(.block, parent: -1, isStart: true)
            // The parser makes spaces of line ends; those that are left were written as references.
            let at = frames.count - 1
            let wasPreserved = frames[at].preserved
            frames[at].preserved = wasPreserved || value.contains { $0 == 0x0A || $0 == 0x0D }
            for place in places {
                append(place, UnsafeBufferPointer(rebasing: value[from..<from + Int(place.count)]), at)
                from += Int(place.count)
            }
            frames[at].preserved = wasPreserved
            text.edge(.block, parent: -1, isStart: false)
        } else {
            // The element around it may be collecting a fragment of its own.
            var markup = TextFragment(
                transform, element: frames[frames.count - 1].element, line: base.line(places.first ?? event))
            for place in places {
                let piece = UnsafeBufferPointer(rebasing: value[from..<from + Int(place.count)])
                markup.append(place, piece, base)
                from += Int(place.count)
            }
            take(markup, rules)
        }
    }

    /// Puts a transformed fragment into the text.
    private mutating func take(_ fragment: TextFragment, _ rules: RecordRules) {
        text.edge(.block, parent: -1, isStart: true)
        let leftOut = fragment.transform(into: &text, limits: limits)
        text.edge(.block, parent: -1, isStart: false)
        for (name, count) in leftOut {
            coverage.leaveOut(name, elements: count.elements, characters: count.characters)
            textCharacters -= count.characters
        }
    }

    /// What elements are charged against the limit of the text: the first of them nothing.
    private var elementCost: Int { max(tree.count - 65_536, 0) * 64 }

    /// Gives the record up when it has grown too large, and lets go of what it holds.
    private mutating func checkSize() {
        guard !isLost,
            text.count + elementCost > limits.documentBytes || capturedBytes > 2 * limits.documentBytes
                || (fragment?.bytes.count ?? 0) >= limits.documentBytes
        else { return }
        text.reset()
        fragment = nil
        captures = []
        for at in frames.indices { frames[at].captures = 0 }
        isLost = true
        failure = DocumentFailure(
            .limit,
            "a record of more than \(limits.documentBytes) bytes of text or elements (limit document-bytes)")
    }

    // MARK: Fields and the end

    private mutating func store(_ bytes: [UInt8], _ field: Int, _ alternative: Int, _ rules: RecordRules) {
        let string = TextFragment.value(bytes, rules.fields[field].transforms[alternative], limits: limits)
        if !string.isEmpty { values[field][alternative].append(string) }
    }

    /// What became of the record: a document, or why not.
    mutating func finish(end: Int, rules: RecordRules) -> Result<DocumentDraft, DocumentFailure> {
        checkSize()
        if var failure {
            failure.line = line
            failure.path = path
            failure.byteOffset = start
            return .failure(failure)
        }
        let rendered = text.render(tree, byContent: rules.byContent)
        let selected =
            coverage.contentCharacters - coverage.whitespaceCharacters - coverage.metadataCharacters
            - coverage.leftOutCharacters
        coverage.emittedCharacters = rendered.emitted
        coverage.whitespaceCharacters += selected - rendered.emitted
        coverage.replacedCharacters = rendered.replaced
        var metadata: [String: String] = [:]
        for (at, field) in rules.fields.enumerated() {
            if let value = field.choose(values[at]) { metadata[field.name] = value }
        }
        return .success(
            DocumentDraft(
                recordID: metadata.removeValue(forKey: "id"), title: metadata.removeValue(forKey: "title"),
                metadata: metadata, text: rendered.text, sourceMap: rendered.map, coverage: coverage,
                line: line,
                path: path, bytes: start..<max(start, end)))
    }
}

extension TextFragment {
    /// Appends the bytes of an event, stretch by stretch where they were decoded.
    fileprivate mutating func append(
        _ event: XMLBridgeEvent, _ bytes: UnsafeBufferPointer<UInt8>, _ base: RecordBuilder.Base
    ) {
        if event.flags & UInt32(XMLBridgeExact) == 0 {
            let start = base.source(event.start)
            append(bytes, from: .block(start..<max(start, base.source(event.end))))
        } else if base.shift != nil {
            append(bytes, from: .linear(base.source(event.start)))
        } else {
            var from = 0
            base.input.map.forEachPiece(from: Int(event.start) + base.start, count: bytes.count) {
                count, origin in
                append(UnsafeBufferPointer(rebasing: bytes[from..<from + count]), from: origin)
                from += count
            }
        }
    }
}

extension RecordRules.Field {
    /// The value of the field from the matches of each of its paths.
    func choose(_ alternatives: [[String]]) -> String? {
        guard let values = alternatives.first(where: { !$0.isEmpty }) else { return nil }
        switch choose {
        case .first: return values.first
        case .last: return values.last
        case .all: return values.joined(separator: "; ")
        }
    }
}
