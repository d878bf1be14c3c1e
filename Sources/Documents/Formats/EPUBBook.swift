/// A book: its chapters in the order of the spine, and what its package document says about it.
struct EPUBBook {
    struct Chapter {
        var name: String
        var bytes: [UInt8]
    }

    private(set) var chapters: [Chapter] = []
    private(set) var metadata: [String: String] = [:]
    private(set) var failures: [DocumentFailure] = []

    /// Reads the archive. Throws when there is no package document or it names nothing that is there.
    init(_ archive: ArchiveReader, limits: DocumentLimits) throws {
        var members: [String: [UInt8]] = [:]
        var size = 0
        // The spine may name members in any order, so the text of the book is held; pictures and fonts are not.
        try archive.forEachMember { name, source in
            guard Self.isText(name) else { return }
            var bytes: [UInt8] = []
            while let chunk = try source.read() {
                bytes += chunk
                size += chunk.count
                guard size <= 4 * limits.documentBytes else {
                    throw DocumentFailure(
                        .limit,
                        "a book of more than \(4 * limits.documentBytes) bytes of text (limit document-bytes)"
                    )
                }
            }
            members[name] = bytes
        }
        let container = try Self.document(members["META-INF/container.xml"], limits) ?? []
        let named = container.first { $0.name == "rootfile" }?.attributes["full-path"]
        guard let path = named ?? members.keys.filter({ $0.hasSuffix(".opf") }).min(),
            let package = try Self.document(members[path], limits)
        else { throw DocumentFailure(.container, "not an EPUB: it has no package document") }
        readPackage(package, folder: path.split(separator: "/").dropLast().joined(separator: "/"), members)
        if chapters.isEmpty, failures.isEmpty {
            throw DocumentFailure(.container, "the spine of the book is empty", member: path)
        }
    }

    private mutating func readPackage(_ package: [FlatElement], folder: String, _ members: [String: [UInt8]])
    {
        var manifest: [String: String] = [:]
        for element in package {
            switch element.name {
            case "title", "creator", "language", "publisher", "date", "identifier", "subject":
                guard !element.text.isEmpty else { continue }
                let key = element.name == "title" ? "book" : element.name
                metadata[key] = metadata[key].map { "\($0); \(element.text)" } ?? element.text
            case "item":
                if let id = element.attributes["id"] { manifest[id] = element.attributes["href"] }
            case "itemref":
                guard let id = element.attributes["idref"] else { continue }
                let name = manifest[id].map { Self.resolve($0, in: folder) }
                if let name, let bytes = members[name] {
                    chapters.append(Chapter(name: name, bytes: bytes))
                } else {
                    failures.append(
                        DocumentFailure(
                            .container, "the spine names “\(name ?? id)”, which is not in the book",
                            line: element.line))
                }
            default: break
            }
        }
    }

    private static func isText(_ name: String) -> Bool {
        ["xhtml", "html", "htm", "xml", "opf"].contains(Detector.fileExtension(name))
    }

    /// A reference in the package document as a member's name.
    private static func resolve(_ reference: String, in folder: String) -> String {
        let path =
            reference.split(separator: "#", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        var parts = folder.split(separator: "/").map(String.init)
        for part in path.split(separator: "/").map({ unescaped(String($0)) }) {
            if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }

    /// `%20` and the like.
    private static func unescaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let first = rest.first {
            if first == 0x25, rest.count > 2,
                let value = UInt8(String(decoding: rest.dropFirst().prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(first)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func document(_ bytes: [UInt8]?, _ limits: DocumentLimits) throws -> [FlatElement]? {
        try bytes.map { try FlatElement.elements(of: $0, limits: limits) }
    }
}
