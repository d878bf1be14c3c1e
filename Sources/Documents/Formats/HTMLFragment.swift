import CXMLBridge

/// HTML inside a field, by libxml2's HTML parser.
enum HTMLFragment {
    /// What its parser is to be given; nothing for a value without markup, as most short ones are.
    static func parts(of bytes: [UInt8]) -> [HTMLChunks.Part] {
        bytes.contains { $0 == 0x3C || $0 == 0x26 } ? HTMLChunks.parts(of: bytes) : []
    }

    /// The bytes that ranges of the parser's offsets are in.
    static func bytes(of parts: [HTMLChunks.Part]) -> [UInt8] {
        if parts.count == 1, parts[0].masked.isEmpty { return parts[0].bytes }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(parts.reduce(0) { $0 + $1.bytes.count })
        for part in parts { bytes += part.bytes }
        for place in parts.map(\.masked).joined() { bytes[place] = 0x3C }
        return bytes
    }

    static func read(_ parts: [HTMLChunks.Part], into output: inout FragmentOutput, limits: DocumentLimits) {
        // Without memory for a parser the markup is kept as it stands: nothing is lost.
        guard !parts.isEmpty,
            let parser = try? XMLEventParser(html: true, recover: true, entities: .html, limits: limits)
        else {
            output.keep(0..<output.bytes.count)
            return
        }
        var state = State()
        for part in parts {
            parser.mask(part.masked)
            push(part.bytes[...], last: false, parser, &state, &output)
        }
        push([], last: true, parser, &state, &output)
    }

    private struct State {
        var excluded: (depth: Int, name: String)?
        var preserved: [Int] = []
        var depth = 0
        /// The roles of the names met so far, by their numbers.
        private var known: [RecordRules.Role] = []

        mutating func role(of name: UInt32, _ names: [ElementName]) -> RecordRules.Role {
            while known.count < names.count { known.append(roles[names[known.count].local] ?? []) }
            return known[Int(name)]
        }
    }

    private static func push(
        _ chunk: ArraySlice<UInt8>, last: Bool, _ parser: XMLEventParser, _ state: inout State,
        _ output: inout FragmentOutput
    ) {
        chunk.withUnsafeBufferPointer { bytes in
            let goesOn = parser.push(bytes, last: last) { batch in
                take(XMLBatch(raw: batch, names: parser.names), &state, &output)
            }
            // A limit ends the fragment; what was read stays, and the rest is counted.
            if !goesOn { output.isCut = true }
        }
    }

    private static func take(_ batch: XMLBatch, _ state: inout State, _ output: inout FragmentOutput) {
        for event in batch.events {
            switch Int(event.kind) {
            case XMLBridgeEventStart:
                state.depth += 1
                let role = state.role(of: event.name, batch.names)
                if role.contains(.excluded), state.excluded == nil {
                    state.excluded = (state.depth, batch.names[Int(event.name)].local)
                }
                if role.contains(.preformatted) { state.preserved.append(state.depth) }
                if !role.isEmpty { output.edge(role, isStart: true) }
            case XMLBridgeEventEnd:
                let role = state.role(of: event.name, batch.names)
                if !role.isEmpty { output.edge(role, isStart: false) }
                if state.excluded?.depth == state.depth { state.excluded = nil }
                if state.preserved.last == state.depth { state.preserved.removeLast() }
                state.depth -= 1
            case XMLBridgeEventText:
                if let excluded = state.excluded {
                    output.drop(Int(event.characters), as: excluded.name)
                } else if event.flags & UInt32(XMLBridgeExact) != 0 {
                    output.keep(Int(event.start)..<Int(event.end), preserved: !state.preserved.isEmpty)
                } else {
                    output.replace(
                        Int(event.start)..<max(Int(event.end), Int(event.start) + 1), by: batch.text(event),
                        preserved: !state.preserved.isEmpty)
                }
            default: break
            }
        }
    }

    /// What HTML elements do to the text around them.
    static let roles: [String: RecordRules.Role] = {
        var roles: [String: RecordRules.Role] = [:]
        for (names, role) in ElementLayout.html.lists {
            for name in names { roles[name, default: []].insert(role) }
        }
        return roles
    }()
}

extension ElementLayout {
    /// The lists with the roles that they give.
    var lists: [([String], RecordRules.Role)] {
        [
            (blocks, .block), (lines, .line), (cells, .cell), (spaces, .space), (joins, .join),
            (tokens, .token),
            (preformatted, .preformatted), (alternatives, .alternatives), (excluded, .excluded),
        ]
    }

    /// The layout of HTML.
    static let html: ElementLayout = {
        var layout = ElementLayout(unlisted: .inline)
        layout.blocks = [
            "address", "article", "aside", "blockquote", "body", "center", "details", "dialog", "div", "dl",
            "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
            "header",
            "hgroup", "hr", "main", "menu", "nav", "ol", "p", "section", "summary", "table", "ul",
        ]
        layout.lines =
            ["br", "dd", "dt", "li", "tr", "caption", "option", "legend"] + ElementLayout.formulaLines
        layout.cells = ["td", "th"]
        layout.spaces = ElementLayout.formulaSpaces
        layout.preformatted = ["pre", "textarea", "listing", "xmp"]
        layout.excluded = ["script", "style", "template", "noscript", "head", "svg", "iframe", "object"]
        layout.joins = ["wbr"]
        return layout
    }()
}
