import Documents

/// Files, folders and patterns as a command line names them.
enum SourcePaths {
    /// The paths, once each names something.
    ///
    /// - Throws: `CommandError` of code `usage` for an empty path, which a shell makes of a variable that is not set, and
    ///   for a pattern without files.
    static func checked(_ paths: [String]) throws -> [String] {
        for path in paths {
            guard !path.isEmpty else {
                throw CommandError(.usage, "a path is empty", hint: "'.' names the folder at hand")
            }
            let glob = PathGlob(path)
            if glob.isPattern, try glob.files().isEmpty {
                throw CommandError(.badInput, "no file matches '\(path)'")
            }
        }
        return paths
    }
}
