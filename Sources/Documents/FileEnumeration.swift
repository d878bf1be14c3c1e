import Glibc
public import SystemPackage

/// A file found for a source, with its name relative to the source's root.
public struct SourceFile: Sendable, Hashable {
    public var path: FilePath
    /// Posix separators; the start of the ids of its documents.
    public var name: String
    /// What is wrong with it, where it cannot be read at all: a folder that cannot be listed, a name that is no text.
    public var problem: DocumentFailure?

    public init(path: FilePath, name: String, problem: DocumentFailure? = nil) {
        self.path = path
        self.name = name
        self.problem = problem
    }
}

extension PathGlob {
    /// Takes a path apart that names files which are there: as far as something of its very name is, it is no
    /// pattern.
    ///
    /// So `notes[1].md` is that file, and a pattern only where there is none.
    public init(naming path: String) {
        let parts = Self.parts(of: path)
        let count = parts.indices.prefix { last in
            FileKind(Self.path(parts[...last], in: path).string, followingLinks: true) != nil
        }.count
        self.init(path, literalParts: count)
    }

    /// The files that fit, in the order of the bytes of their names; links to folders are not followed.
    ///
    /// `-` is standard input. A path without wildcards must exist, and so must the folder before a pattern; that nothing
    /// fits the pattern is no failure. Hidden files are found only by patterns that name them. Throws
    /// ``DocumentFailure`` where the root cannot be read; below it what cannot be read is handed over as a file with a
    /// problem.
    public func files() throws -> [SourceFile] {
        if root == "-", !isPattern { return [SourceFile(path: "-", name: "-")] }
        guard let kind = FileKind(root.string, followingLinks: true), kind == .folder || !isPattern else {
            throw DocumentFailure(
                .notFound,
                isPattern
                    ? "no file fits the pattern “\(pattern)”: there is no folder of this name"
                    : "no such file or folder; paths are relative to the pipeline file or the shell",
                file: root.string)
        }
        guard kind == .file || kind == .folder else {
            throw DocumentFailure(
                .unreadable,
                "it is neither a file nor a folder but a pipe or a device; '-' is standard input",
                file: root.string)
        }
        if kind == .file {
            return [SourceFile(path: root, name: root.lastComponent?.string ?? root.string)]
        }
        var found: [SourceFile] = []
        try walk(root, "", &found)
        return found
    }

    private func walk(_ folder: FilePath, _ prefix: String, _ found: inout [SourceFile]) throws {
        let names = try names(in: folder)
        // A folder sorts as its name with a slash behind, so that the whole list is in the order of its bytes.
        var entries: [(key: [UInt8], name: String, isFolder: Bool)] = []
        for bytes in names where spellsHidden || bytes.first != UInt8(ascii: ".") {
            guard let name = String(validating: bytes, as: UTF8.self) else {
                let file = Self.unspeakable(bytes, in: folder, prefix)
                if !isPattern || matches(file.name) { found.append(file) }
                continue
            }
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
                guard mayDescend(into: relative) else { continue }
                let inner = folder.appending(entry.name)
                if Self.isStore(inner) { continue }
                do {
                    try walk(inner, relative + "/", &found)
                } catch let failure as DocumentFailure {
                    found.append(SourceFile(path: inner, name: relative, problem: failure))
                }
            } else if !isPattern || matches(relative) {
                found.append(SourceFile(path: folder.appending(entry.name), name: relative))
            }
        }
    }

    /// Whether a folder is a store of caches: what was made of documents is none of them.
    private static func isStore(_ folder: FilePath) -> Bool {
        FileKind(folder.appending("pharos.json").string, followingLinks: false) == .file
            && FileKind(folder.appending("objects").string, followingLinks: false) == .folder
    }

    /// A file whose name no id can be made of.
    private static func unspeakable(_ name: [UInt8], in folder: FilePath, _ prefix: String) -> SourceFile {
        let shown = String(decoding: name, as: UTF8.self)
        return SourceFile(
            path: folder.appending(shown), name: prefix + shown,
            problem: DocumentFailure(
                .unreadable, "the file's name is not UTF-8; rename it", file: folder.appending(shown).string))
    }

    private func names(in folder: FilePath) throws -> [[UInt8]] {
        guard let stream = opendir(folder.string) else {
            throw DocumentFailure(
                .unreadable, "cannot list the folder: \(Errno(rawValue: errno).description)",
                file: folder.string)
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                Array(bytes.prefix { $0 != 0 })
            }
            if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
            errno = 0
        }
        guard errno == 0 else {
            throw DocumentFailure(
                .unreadable, "cannot list the folder: \(Errno(rawValue: errno).description)",
                file: folder.string)
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
