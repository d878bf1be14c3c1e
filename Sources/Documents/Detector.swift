public import SystemPackage

/// Finds out which profile fits a file: by the root element, its namespace or the document type of XML, else by the
/// name and the first bytes.
public enum Detector {
    /// Looks at the start of a file, inside compression. Throws a ``DocumentFailure`` when it cannot be read.
    public static func detect(_ path: FilePath, limits: DocumentLimits = DocumentLimits()) throws -> Detection
    {
        let source = try Container.unwrap(FileByteSource(path), limits: limits)
        return try detect(source, name: path.lastComponent?.string ?? path.string)
    }

    /// Looks at the first bytes of a source, which stay to be read.
    static func detect(_ source: PeekableSource, name: String) throws -> Detection {
        let head = Array(try source.peek(64 << 10))
        if let root = XMLRoot(head) {
            for profile in Profile.builtIn {
                if let reason = root.reason(for: profile) {
                    return Detection(profile: profile.name, reason: reason, confidence: 1)
                }
            }
            return Detection(
                profile: "generic-xml",
                reason: "XML with the root element “\(root.name)”, which no profile names",
                confidence: 0.5)
        }
        let ending = fileExtension(name)
        for profile in Profile.builtIn where profile.detection.extensions.contains(ending) {
            return Detection(
                profile: profile.name, reason: "the file name ends in .\(ending)", confidence: 0.8)
        }
        let front = FrontMatter(head)
        if front.end > 0, !front.values.isEmpty {
            return Detection(profile: "markdown", reason: "it starts with front matter", confidence: 0.6)
        }
        return Detection(
            profile: "text", reason: "nothing says that it is anything but text", confidence: 0.3)
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
