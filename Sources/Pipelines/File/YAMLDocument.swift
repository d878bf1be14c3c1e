import Yams

/// Turns the text of a pipeline file into a tree of nodes, refusing what could make the tree explode.
enum YAMLDocument {
    /// Parses `text` as one YAML document.
    /// - Throws: ``PipelinesError`` of code `badConfiguration` with the place of the first problem.
    static func compose(_ text: String, file: String) throws(PipelinesError) -> Node {
        // Some editors begin a file with the mark of its byte order.
        let text = text.hasPrefix("\u{FEFF}") ? String(text.unicodeScalars.dropFirst()) : text
        guard text.utf8.count <= PipelineFile.maximumBytes else {
            throw PipelineFile.problem(
                file, nil, "the file is larger than \(ByteSize(bytes: PipelineFile.maximumBytes))")
        }
        try refuseManyAliases(text, file)
        do {
            // The parser owns the anchors: it must outlive the check, or nodes forget theirs.
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            let root = try parser.singleRoot()
            guard let root else {
                throw PipelineFile.problem(
                    file, nil, "the file is empty, expected a mapping with name, store and sources")
            }
            return try withExtendedLifetime(parser) {
                try check(root, depth: 1, file)
                return root
            }
        } catch let error as PipelinesError {
            throw error
        } catch {
            throw problem(error, text, file)
        }
    }

    /// Refuses a text in which more words look like aliases than can do harm while the tree is built.
    ///
    /// Aliases share their node, so they cost nothing until something walks the tree, as the search for repeated
    /// keys does. A dozen aliases multiply a small file by less than a hundred.
    private static func refuseManyAliases(_ text: String, _ file: String) throws(PipelinesError) {
        var count = 0
        var previous = UInt8(ascii: "\n")
        var isCandidate = false
        for byte in text.utf8 {
            if isCandidate, isNameByte(byte) { count += 1 }
            isCandidate = byte == UInt8(ascii: "*") && !isNameByte(previous) && previous != UInt8(ascii: "*")
            previous = byte
        }
        guard count <= 12 else {
            throw PipelineFile.problem(
                file, nil,
                "\(count) words look like YAML aliases, which pipeline files do not have; put quotes around "
                    + "values that begin with '*'")
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Refuses anchors, tags and deep nesting. Depth is checked before children are walked.
    private static func check(_ node: Node, depth: Int, _ file: String) throws(PipelinesError) {
        if node.anchor != nil {
            throw PipelineFile.problem(
                file, node.mark, "anchors and aliases are not allowed; write the value where it is used")
        }
        guard depth <= PipelineFile.maximumDepth else {
            throw PipelineFile.problem(
                file, node.mark, "nested deeper than \(PipelineFile.maximumDepth) levels")
        }
        switch node {
        case .scalar(let scalar):
            try checkTag(scalar.tag, .str, node.mark, file)
        case .sequence(let sequence):
            try checkTag(sequence.tag, .seq, node.mark, file)
            for item in sequence { try check(item, depth: depth + 1, file) }
        case .mapping(let mapping):
            try checkTag(mapping.tag, .map, node.mark, file)
            for (key, value) in mapping {
                try check(key, depth: depth + 1, file)
                try check(value, depth: depth + 1, file)
            }
        case .alias:
            throw PipelineFile.problem(file, node.mark, "aliases are not allowed")
        }
    }

    private static func checkTag(
        _ tag: Tag, _ own: Tag.Name, _ mark: Mark?, _ file: String
    ) throws(PipelinesError) {
        // A tag that was left out becomes the node's own once the parser has compared keys.
        let name = tag.description
        guard name.isEmpty || name == own.rawValue else {
            throw PipelineFile.problem(file, mark, "tags such as '\(name.prefix(40))' are not allowed")
        }
    }

    private static func problem(_ error: any Error, _ text: String, _ file: String) -> PipelinesError {
        guard let error = error as? YamlError else {
            return PipelineFile.problem(file, nil, "not YAML: \(error)")
        }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            let hint =
                problem.contains("cannot start any token")
                ? "; put quotes around a value that begins with '@', '`' or '%'" : ""
            return PipelineFile.problem(file, mark, "not YAML: \(problem)\(hint)")
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "'\($0.prefix(40))'" }.joined(separator: ", ")
            let place = keys.first.flatMap { repetition(of: $0, in: text, after: context.mark) }
            return PipelineFile.problem(
                file, place ?? (context.mark.line, context.mark.column),
                "duplicate key \(names): a mapping may hold each key only once")
        case .reader(let problem, _, _, _), .writer(let problem), .emitter(let problem),
            .representer(let problem):
            return PipelineFile.problem(file, nil, "not YAML: \(problem)")
        case .no, .memory, .dataCouldNotBeDecoded:
            return PipelineFile.problem(file, nil, "not YAML: \(error)")
        }
    }

    /// Where a key stands for the second time with as much space before it; the parser tells only of its mapping.
    private static func repetition(of key: String, in text: String, after start: Mark)
        -> (line: Int, column: Int)?
    {
        var first: Int?
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        where number + 1 >= start.line {
            let words = line.drop { $0 == " " || $0 == "-" }
            guard words.hasPrefix(key), words.dropFirst(key.count).first == ":" else { continue }
            let indent = line.count - words.count
            if first == indent { return (number + 1, indent + 1) }
            first = first ?? indent
        }
        return nil
    }
}
