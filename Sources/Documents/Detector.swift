public import SystemPackage

/// Finds out which profile fits a file: by the root element, its namespace or the document type of XML, else by the
/// name and the first bytes.
public enum Detector {
    /// Looks at the start of a file, inside compression. Throws a ``DocumentFailure`` when it cannot be read.
    public static func detect(_ path: FilePath, limits: DocumentLimits = DocumentLimits()) throws -> Detection
    {
        let name = path.lastComponent?.string ?? path.string
        return try detect(
            inside: FileByteSource(path), name: name, limits, ContainerBudget(limits), nesting: 0)
    }

    /// Looks into containers; of an archive, at its first file.
    private static func detect(
        inside source: any ByteSource, name: String, _ limits: DocumentLimits, _ budget: ContainerBudget,
        nesting: Int
    ) throws -> Detection {
        var nesting = nesting
        let content = try Container.unwrap(source, limits: limits, budget: budget, nesting: &nesting)
        guard let kind = try ArchiveKind(magic: content.peek(ArchiveKind.magicBytes)) else {
            return try detect(content, name: name)
        }
        if kind == .epub || fileExtension(name) == "epub" {
            return Detection(profile: "epub", reason: "a zip archive that says it is a book", confidence: 1)
        }
        try Container.enter(&nesting, limits)
        struct Found: Error { var detection: Detection }
        do {
            try ArchiveReader(content, kind: kind, limits: limits, budget: budget).forEachMember {
                member, inner in
                var found = try detect(inside: inner, name: member, limits, budget, nesting: nesting)
                found.reason = "in the archive, \(member): \(found.reason)"
                throw Found(detection: found)
            }
        } catch let found as Found {
            return found.detection
        }
        throw DocumentFailure(.empty, "the archive holds no file", file: name)
    }

    private static let headBytes = 64 << 10

    /// Looks at the first bytes of a source, which stay to be read.
    static func detect(_ source: PeekableSource, name: String) throws -> Detection {
        let head = Array(try source.peek(headBytes))
        let ending = fileExtension(name)
        let byName = Profile.builtIn.first { $0.detection.extensions.contains(ending) }
        // Markdown and logs may well start with a tag.
        let isNamedText = byName.map { $0.format != .html && $0.format != .xml } ?? false
        let isWhole = head.count < headBytes
        let root = XMLRoot(head, isWhole: isWhole, isNamedXML: ending == "xml")
        if let root, root.declaresXML || !isNamedText {
            for profile in Profile.builtIn {
                if let reason = root.reason(for: profile) {
                    if profile.name == Profile.xhtml.name, let byName, byName.format == .html {
                        // Browsers mend what has such a name, whatever it says.
                        return Detection(
                            profile: byName.name, reason: "\(reason), and the file name ends in .\(ending)",
                            confidence: 1)
                    }
                    return Detection(profile: profile.name, reason: reason, confidence: 1)
                }
            }
            if root.declaresXML || byName == nil && (root.isWellFormed || ending == "xml") {
                return Detection(
                    profile: "generic-xml",
                    reason: "XML with the root element “\(root.name)”, which no profile names",
                    confidence: 0.5)
            }
        }
        if ending == "json", JSONShape(head, isWhole: isWhole) == .lines {
            return Detection(
                profile: "ndjson", reason: "the file name ends in .json, but each line is an object",
                confidence: 0.8)
        }
        if let byName {
            return Detection(
                profile: byName.name, reason: "the file name ends in .\(ending)", confidence: 0.8)
        }
        if looksLikeHTML(head) {
            return Detection(profile: "html", reason: "it starts with HTML tags", confidence: 0.7)
        }
        switch JSONShape(head, isWhole: isWhole) {
        case .lines:
            return Detection(profile: "ndjson", reason: "each line is a JSON object", confidence: 0.7)
        case .value:
            return Detection(profile: "json", reason: "it starts with a JSON object", confidence: 0.7)
        case nil: break
        }
        let front = FrontMatter(head)
        if front.end > 0, !front.values.isEmpty {
            return Detection(profile: "markdown", reason: "it starts with front matter", confidence: 0.6)
        }
        return Detection(
            profile: "text", reason: "nothing says that it is anything but text", confidence: 0.3)
    }

    private static func looksLikeHTML(_ head: [UInt8]) -> Bool {
        let start = String(decoding: head.prefix(1024), as: UTF8.self).lowercased()
        return start.contains("<!doctype html")
            || start.contains("<html") && start.drop { $0 != "<" }.count > 5
    }

    /// The last ending of a name, in lower case, compression not counted.
    static func fileExtension(_ name: String) -> String {
        var parts = name.lowercased().split(separator: ".")
        while parts.count > 1, ["gz", "zst", "xz", "bz2"].contains(parts[parts.count - 1]) {
            parts.removeLast()
        }
        return parts.count > 1 ? String(parts[parts.count - 1]) : ""
    }
}
