import CXMLBridge

/// The root element of an XML file and the document type before it, read from the file's first bytes.
struct XMLRoot {
    var name = ""
    var namespace: String?
    var doctype: [String] = []
    /// Local names of the elements in the root element.
    private(set) var children: Set<String> = []
    /// Whether the bytes start with an XML declaration.
    var declaresXML = false
    /// Whether the bytes are well-formed as far as they go.
    var isWellFormed = false

    /// `nil` when the bytes are not the start of XML. What is named as XML need not show a whole start tag.
    init?(_ head: [UInt8], isWhole: Bool, isNamedXML: Bool = false) {
        let encoding: TextEncoding
        let decoder: CharacterDecoder
        do {
            encoding = try TextEncoding.xml(head.prefix(1024), override: nil)
            decoder = try CharacterDecoder(encoding, policy: .replace, offset: 0)
        } catch {
            // It has a declaration, of an encoding that cannot be: XML, and its reader will say what is wrong.
            return
        }
        var text: [UInt8] = []
        // Replacing, the decoder throws nothing.
        try? decoder.decode(Array(head.dropFirst(encoding.markBytes)), last: false) { piece, _ in
            text.append(contentsOf: piece)
        }
        let content = text.drop(while: isSpace)
        guard content.first == 0x3C, content.count > 1 else { return nil }
        let next = content[content.startIndex + 1]
        guard next == 0x21 || next == 0x3F || next == 0x5F || next == 0x3A || next >= 0x41 else { return nil }
        guard
            let parser = try? XMLEventParser(
                html: false, recover: false, entities: .keepAll, limits: DocumentLimits())
        else { return nil }
        var found = false
        var depth = 0
        let start = String(decoding: content.prefix(16), as: UTF8.self)
        declaresXML = start.hasPrefix("<?xml")
        func take(_ batch: XMLBridgeBatch) {
            for event in UnsafeBufferPointer(start: batch.events, count: batch.event_count) {
                switch Int(event.kind) {
                case XMLBridgeEventDoctype:
                    let data = UnsafeBufferPointer(
                        start: batch.data + Int(event.first), count: Int(event.count))
                    doctype = data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
                case XMLBridgeEventStart:
                    depth += 1
                    let element = parser.names[Int(event.name)]
                    if depth == 2 { children.insert(element.local) }
                    guard !found else { continue }
                    name = element.local
                    namespace = element.uri
                    found = true
                case XMLBridgeEventEnd: depth -= 1
                default: break
                }
            }
        }
        content.withUnsafeBufferPointer { isWellFormed = parser.push($0, last: isWhole, take) }
        if !isWhole, isWellFormed, !found {
            // A document type that does not end here has a name all the same.
            _ = parser.push(UnsafeBufferPointer(start: nil, count: 0), last: true, take)
        }
        if !found {
            // A start tag that does not end, or that no parser takes, is still XML where it says so.
            guard declaresXML || start.hasPrefix("<!DOCTYPE ") || parser.isLimited || isNamedXML else {
                return nil
            }
            let isHTML = start.lowercased().hasPrefix("<!doctype html")
            name = isHTML && !doctype.joined().contains("XHTML") ? "html" : doctype.first ?? ""
        }
    }

    /// Why a profile fits, if it does.
    func reason(for profile: Profile) -> String? {
        let rule = profile.detection
        if let namespace {
            for known in rule.namespaces {
                let fits = known.hasSuffix("*") ? namespace.hasPrefix(known.dropLast()) : namespace == known
                if fits, !rule.rootsInNamespaces || rule.roots.contains(name) && hasTypicalChild(profile) {
                    return "the root element is <\(name)> in the namespace \(namespace)"
                }
            }
        }
        for part in rule.doctypes {
            if let id = doctype.first(where: { $0.contains(part) }) { return "the document type is \(id)" }
        }
        if rule.roots.contains(name), namespace == nil, hasTypicalChild(profile) {
            return "the root element is <\(name)>"
        }
        return nil
    }

    /// Whether what is in the root element bears out what its name suggests. Some names are in everyone's use.
    private func hasTypicalChild(_ profile: Profile) -> Bool {
        guard let typical = Self.typicalChildren[profile.name] else { return true }
        return !typical.isDisjoint(with: children)
    }

    /// Elements that stand in the root elements of a profile's files, for profiles whose roots have common names.
    private static let typicalChildren: [String: Set<String>] = [
        "rss": ["channel", "item"],
        "atom": ["entry", "id", "updated", "modified", "published", "issued", "content", "summary", "link"],
        "stackexchange": ["row"],
        "jats": ["article", "front", "front-stub", "body", "back", "sub-article", "floats-group"],
        "docbook": [
            "appendix", "appendixinfo", "article", "book", "bookinfo", "chapter", "chapterinfo", "formalpara",
            "glossary", "glossdiv", "glossentry", "info", "itemizedlist", "para", "part", "partinfo",
            "preface",
            "refentry", "refentryinfo", "reference", "refmeta", "refnamediv", "refsect1", "refsect2", "sect1",
            "sect2", "section", "sectioninfo", "setinfo", "simpara", "simplesect", "toc",
        ],
    ]
}
