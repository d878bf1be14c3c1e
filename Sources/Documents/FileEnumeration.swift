import Glibc
public import SystemPackage

/// A file found for a source, with its name relative to the source's root.
public struct SourceFile: Sendable, Hashable {
    public var path: FilePath
    /// Posix separators; the start of the ids of its documents.
    public var name: String

    public init(path: FilePath, name: String) {
        self.path = path
        self.name = name
    }
}

extension PathGlob {
    /// The files that fit, in the order of the bytes of their names; links to folders are not followed.
    ///
    /// `-` is standard input. Something must be found: throws a ``DocumentFailure`` when there is nothing of that name,
    /// no file in the folder or none that fits the pattern. Hidden files are found only by patterns that name them.
    public func files() throws -> [SourceFile] {
        if root == "-", !isPattern { return [SourceFile(path: "-", name: "-")] }
        guard let kind = FileKind(root.string, followingLinks: true) else {
            throw DocumentFailure(
                .notFound,
                isPattern
                    ? "no file fits the pattern “\(pattern)”: there is no folder of this name"
                    : "no such file or folder; paths are relative to the pipeline file or the shell",
                file: root.string)
        }
        if kind != .folder, !isPattern {
            return [SourceFile(path: root, name: root.lastComponent?.string ?? root.string)]
        }
        var found: [SourceFile] = []
        if kind == .folder { try walk(root, "", &found) }
        guard !found.isEmpty else {
            throw DocumentFailure(
                .notFound,
                isPattern
                    ? "no file fits the pattern “\(pattern)”; “**” stands for any folders, and patterns pass over hidden files"
                    : "the folder holds no file that is not hidden",
                file: root.string)
        }
        return found
    }

    private func walk(_ folder: FilePath, _ prefix: String, _ found: inout [SourceFile]) throws {
        // A folder sorts as its name with a slash behind, so that the whole list is in the order of its bytes.
        var entries: [(key: [UInt8], name: String, isFolder: Bool)] = []
        for name in try names(in: folder) where spellsHidden || !name.hasPrefix(".") {
            let path = folder.appending(name).string
            guard var kind = FileKind(path, followingLinks: false) else { continue }
            if kind == .link { kind = FileKind(path, followingLinks: true) == .file ? .file : .other }
            guard kind == .file || kind == .folder else { continue }
            entries.append((Array((kind == .folder ? name + "/" : name).utf8), name, kind == .folder))
        }
        entries.sort { $0.key.lexicographicallyPrecedes($1.key) }
        for entry in entries {
            let relative = prefix + entry.name
            if entry.isFolder {
                if mayDescend(into: relative) {
                    try walk(folder.appending(entry.name), relative + "/", &found)
                }
            } else if !isPattern || matches(relative) {
                found.append(SourceFile(path: folder.appending(entry.name), name: relative))
            }
        }
    }

    private func names(in folder: FilePath) throws -> [String] {
        guard let stream = opendir(folder.string) else {
            throw DocumentFailure(
                .unreadable, "cannot list the folder: \(Errno(rawValue: errno).description)",
                file: folder.string)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}

/// What a path names.
private enum FileKind {
    case file, folder, link, other

    /// `nil` when there is nothing, or nothing that may be looked at.
    init?(_ path: String, followingLinks: Bool) {
        var status = stat()
        guard (followingLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: self = .file
        case S_IFDIR: self = .folder
        case S_IFLNK: self = .link
        default: self = .other
        }
    }
}
