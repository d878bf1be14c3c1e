/// A record of named values, of JSON or CSV, and how it becomes a document.
struct FieldRecord {
    /// A value: its decoded bytes and where each stretch came from, in decoded bytes of the file.
    struct Value {
        /// Names on the way to the value, outermost first.
        var path: [String]
        var bytes: [UInt8]
        var pieces: [(count: Int, source: Range<Int>)]
        var line: Int
    }

    var values: [Value] = []
    var start: Int
    var end: Int
    var line: Int

    /// The document of the record by a profile's fields.
    ///
    /// A path of a field names a value, `a/b` one inside another. The field `*` takes what no other field takes as
    /// metadata, by its own name.
    func draft(_ profile: Profile, _ input: DecodedInput, ordinal: Int?, limits: DocumentLimits)
        -> DocumentDraft
    {
        var coverage = Coverage()
        var tree = ElementTree()
        var text = RecordText()
        var metadata: [String: String] = [:]
        var taken = Set<Int>()
        var others: [String: [String]] = [:]
        for value in values { coverage.contentCharacters += scalarCount(value.bytes) }
        for (name, mapping) in profile.fields.sorted(by: { $0.key < $1.key }) where name != "*" {
            let chosen = choose(mapping, isText: name == "text")
            if name == "text" {
                for at in chosen where taken.insert(at).inserted || true {
                    append(values[at], mapping.transform, input, &text, &tree, &coverage, limits)
                }
            } else if !chosen.isEmpty {
                metadata[name] = chosen.map {
                    TextFragment.value(values[$0].bytes, mapping.transform, limits: limits)
                }.filter { !$0.isEmpty }.joined(separator: "; ")
            }
            taken.formUnion(chosen)
        }
        let isText = Set(profile.fields["text"].map { choose($0, isText: true) } ?? [])
        for (at, value) in values.enumerated() where !isText.contains(at) {
            let count = scalarCount(value.bytes)
            if taken.contains(at) {
                coverage.metadataCharacters += count
            } else if profile.fields["*"] != nil {
                coverage.metadataCharacters += count
                let name = value.path.joined(separator: ".")
                let string = TextFragment.value(value.bytes, .none, limits: limits)
                if !string.isEmpty { others[name, default: []].append(string) }
            } else if count > 0 {
                coverage.leaveOut(value.path.joined(separator: "/"), elements: 1, characters: count)
            }
        }
        for (name, strings) in others {
            let own = [metadata[name] ?? ""].filter { !$0.isEmpty }
            metadata[name] = (own + strings).joined(separator: "; ")
        }
        let rendered = text.render(tree, byContent: false)
        let selected = coverage.contentCharacters - coverage.metadataCharacters - coverage.leftOutCharacters
        coverage.emittedCharacters = rendered.emitted
        coverage.whitespaceCharacters = selected - rendered.emitted
        coverage.replacedCharacters = rendered.replaced
        metadata = metadata.filter { !$0.value.isEmpty }
        return DocumentDraft(
            recordID: metadata.removeValue(forKey: "id"), title: metadata.removeValue(forKey: "title"),
            metadata: metadata, text: rendered.text, sourceMap: rendered.map, coverage: coverage, line: line,
            path: nil, bytes: input.source(start)..<max(input.source(start), input.source(end)),
            ordinal: ordinal, warnings: input.replacedWarning.map { [$0] } ?? [])
    }

    /// The values that a field takes.
    private func choose(_ mapping: FieldMapping, isText: Bool) -> [Int] {
        let matches = mapping.paths.map { path in
            let parts = path.split(separator: "/").map(String.init)
            return values.indices.filter {
                !values[$0].bytes.isEmpty
                    && (values[$0].path == parts || values[$0].path.joined(separator: ".") == path)
            }
        }
        let choice = mapping.choose ?? (isText ? .all : .first)
        if isText, choice == .all { return Array(Set(matches.joined())).sorted() }
        guard let found = matches.first(where: { !$0.isEmpty }) else { return [] }
        switch choice {
        case .all: return found
        case .first: return isText ? found : Array(found.prefix(1))
        case .last: return Array(found.suffix(1))
        }
    }

    private func append(
        _ value: Value, _ transform: FieldMapping.Transform, _ input: DecodedInput, _ text: inout RecordText,
        _ tree: inout ElementTree, _ coverage: inout Coverage, _ limits: DocumentLimits
    ) {
        var element = 0
        for name in value.path { element = tree.add(parent: element, name: tree.addName(name), place: 1) }
        var fragment = TextFragment(transform, element: element, line: value.line)
        text.edge(.block, parent: -1, isStart: true)
        var line = value.line
        value.bytes.withUnsafeBufferPointer { bytes in
            var at = 0
            for piece in value.pieces {
                input.forEachPiece(piece.source, of: piece.count) { count, origin in
                    let part = UnsafeBufferPointer(rebasing: bytes[at..<at + count])
                    if transform == .none {
                        text.append(part, from: origin, line: line, element: element, preserved: true)
                        if piece.source.count == piece.count {
                            line += lineEnds(bytes, in: at..<at + count)
                        }
                    } else {
                        fragment.append(part, from: origin)
                    }
                    at += count
                }
            }
        }
        if transform != .none {
            for (name, count) in fragment.transform(into: &text, limits: limits) {
                coverage.leaveOut(name, elements: count.elements, characters: count.characters)
            }
        }
        text.edge(.block, parent: -1, isStart: false)
    }
}

extension DecodedInput {
    /// The source offset of a decoded byte.
    func source(_ offset: Int) -> Int { shift.map { $0 + offset } ?? map.source(of: offset) }

    /// Runs what counts in decoded bytes, and makes its failures name the source's.
    func mapping<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch var failure as DocumentFailure {
            failure.byteOffset = failure.byteOffset.map(source(_:))
            throw failure
        }
    }

    /// The stretches that `count` bytes consist of which a range of the decoded bytes stands for.
    func forEachPiece(_ range: Range<Int>, of count: Int, _ body: (Int, TextBuilder.Origin) -> Void) {
        if range.count != count {
            let start = source(range.lowerBound)
            body(count, .block(start..<max(start, source(range.upperBound))))
        } else if let shift {
            body(count, .linear(range.lowerBound + shift))
        } else {
            map.forEachPiece(from: range.lowerBound, count: count, body)
        }
    }
}
