package import Documents
import SystemPackage

/// Sources that hold nothing and are not meant to: a folder that was emptied, or one whose volume is not
/// mounted.
package struct EmptySources {
    private struct Entry {
        /// The source as the pipeline names it.
        let path: String
        /// What the names of its files fit.
        let names: PathGlob
    }

    private let entries: [Entry]

    /// Finds them among a run's sources.
    ///
    /// - Parameter isNothingRead: whether no source gave a document: then everything may be theirs.
    package init(_ sources: [SourceDefinition], isNothingRead: Bool) throws {
        entries = try sources.filter { source in
            guard source.empty == .error else { return false }
            guard !isNothingRead else { return true }
            guard source.content == nil, source.path != "-" else { return false }
            do {
                return try source.files().isEmpty
            } catch is DocumentFailure {
                // Told of already; what came from it stays for that reason.
                return false
            }
        }.map { source in
            let last = FilePath(source.path).lastComponent?.string ?? ""
            let isPattern = PathGlob(naming: source.path).isPattern && !isNothingRead
            return Entry(path: source.path, names: PathGlob(isPattern ? last : "**"))
        }
    }

    /// - Parameter names: ``names`` of others.
    init(names: some Sequence<String>) {
        entries = names.map { Entry(path: "", names: PathGlob($0)) }
    }

    /// What the names of their files fit, wherever they lie.
    var names: [String] { entries.map(\.names.pattern) }

    /// Whether a document from `file`, named as its source note names it, may have come from one of them.
    ///
    /// - Parameter file: nil where nobody knows.
    package func mayHold(_ file: String?) -> Bool {
        entries.contains { Self.mayHold(file, $0) }
    }

    private static func mayHold(_ file: String?, _ entry: Entry) -> Bool {
        guard let file, let name = FilePath(file).lastComponent?.string else { return true }
        return entry.names.matches(name)
    }

    /// What is said of them, one line each, where documents from `files` stay for their sake.
    func failures(keeping files: [String?]) -> [DocumentFailure] {
        entries.compactMap { entry in
            let count = files.count { Self.mayHold($0, entry) }
            guard count > 0 else { return nil }
            return DocumentFailure(
                .empty,
                "the source holds no document; \(count == 1 ? "1 document" : "\(count) documents") that may have "
                    + "come from it and that the sources lack are kept; if this is meant, run with "
                    + "--allow-empty-sources or set the source's key 'empty: remove'",
                file: entry.path)
        }
    }
}
