/// A book: its chapters in the order of the spine, and what its package document says about it.
struct EPUBBook {
    struct Chapter {
        var name: String
        var bytes: [UInt8]
    }

    /// What the package document says about a member.
    private struct Item {
        var name: String
        var type: String?
        /// The item to take when this one cannot be shown.
        var fallback: String?

        var isText: Bool {
            guard let type else { return true }
            return type.hasPrefix("text/") || type.hasSuffix("xml")
        }
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
            var bytes: [UInt8] = []
            while let chunk = try source.read() {
                if bytes.isEmpty, !Self.isMarkup(chunk) { return }
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
        var manifest: [String: Item] = [:]
        var taken: Set<String> = []
        var values: [String: [String]] = [:]
        defer { metadata = values.mapValues { $0.joined(separator: "; ") } }
        for element in package {
            switch element.name {
            case "title", "creator", "language", "publisher", "date", "identifier", "subject":
                guard !element.text.isEmpty else { continue }
                let key = element.name == "title" ? "book" : element.name
                values[key, default: []].append(element.text)
            case "item":
                guard let id = element.attributes["id"], let name = element.attributes["href"] else {
                    continue
                }
                manifest[id] = Item(
                    name: Self.resolve(name, in: folder), type: element.attributes["media-type"],
                    fallback: element.attributes["fallback"])
            case "itemref":
                guard let id = element.attributes["idref"] else { continue }
                let item = Self.readable(id, manifest)
                if let item, item.isText, let bytes = members[item.name] {
                    // A chapter is read once, however often the spine names it.
                    guard taken.insert(item.name).inserted else { continue }
                    chapters.append(Chapter(name: item.name, bytes: bytes))
                } else {
                    let what = item.map { $0.isText ? "not in the book" : "no text" } ?? "not in the book"
                    failures.append(
                        DocumentFailure(
                            .container, "the spine names “\(item?.name ?? id)”, which is \(what)",
                            line: element.line))
                }
            default: break
            }
        }
    }

    /// The item itself, or the first of its fallbacks that is text.
    private static func readable(_ id: String, _ manifest: [String: Item]) -> Item? {
        guard let first = manifest[id] else { return nil }
        var item = first
        // Each step leads to another item unless they go in a circle.
        for _ in manifest {
            if item.isText { return item }
            guard let next = item.fallback.flatMap({ manifest[$0] }) else { break }
            item = next
        }
        return first
    }

    /// Whether a member starts like XML or HTML. Names say nothing sure; the package document has the last word.
    private static func isMarkup(_ start: [UInt8]) -> Bool {
        // Byte order marks and the zeros of UTF-16.
        start.prefix(256).first { !isSpace($0) && ![0x00, 0xEF, 0xBB, 0xBF, 0xFE, 0xFF].contains($0) } == 0x3C
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
