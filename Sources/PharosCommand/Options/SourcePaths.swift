import Documents

/// Files, folders and patterns as a command line names them.
enum SourcePaths {
    /// The paths, once each names something.
    ///
    /// - Throws: `CommandError` of code `usage` for an empty path, which a shell makes of a variable that is not set, and
    ///   of `badInput` for a folder without files or a pattern that nothing fits; `DocumentFailure` for what does not exist.
    static func checked(_ paths: [String]) throws -> [String] {
        for path in paths {
            guard !path.isEmpty else {
                throw CommandError(.usage, "a path is empty", hint: "'.' names the folder at hand")
            }
            let glob = PathGlob(naming: path)
            guard try glob.files().isEmpty else { continue }
            throw glob.isPattern
                ? CommandError(
                    .badInput, "no file fits the pattern '\(path)'",
                    hint: "hidden files fit only patterns that name them")
                : CommandError(.badInput, "the folder '\(path)' holds no file")
        }
        return paths
    }
}
