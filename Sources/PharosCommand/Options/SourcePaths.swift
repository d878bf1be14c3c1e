import Documents

/// Files, folders and patterns as a command line names them.
enum SourcePaths {
    /// The paths, once each names something.
    ///
    /// - Throws: `CommandError` of code `usage` for an empty path, which a shell makes of a variable that is not set, and
    ///   of `badInput` for a folder without files; `DocumentFailure` for what does not exist and patterns that nothing fits.
    static func checked(_ paths: [String]) throws -> [String] {
        for path in paths {
            guard !path.isEmpty else {
                throw CommandError(.usage, "a path is empty", hint: "'.' names the folder at hand")
            }
            guard try !PathGlob(path).files().isEmpty else {
                throw CommandError(.badInput, "the folder '\(path)' holds no file")
            }
        }
        return paths
    }
}
