import Foundation
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
    /// The files that fit, in the order of the bytes of their names, links to folders not followed.
    ///
    /// `-` is standard input. A path without wildcards must exist. Hidden files are found only by patterns that
    /// name them. Throws ``DocumentFailure``.
    public func files() throws -> [SourceFile] {
        var found: [SourceFile] = []
        try forEachFile { found.append($0) }
        return found
    }

    /// Hands over the files one by one. Only one folder's names per level are held at a time.
    func forEachFile(_ body: (SourceFile) throws -> Void) throws {
        if root == "-", !isPattern {
            try body(SourceFile(path: "-", name: "-"))
            return
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: root.string, isDirectory: &isFolder) else {
            if isPattern { return }
            throw DocumentFailure(
                .notFound, "no such file or folder; paths are relative to the pipeline file or the shell",
                file: root.string)
        }
        if !isFolder.boolValue {
            if !isPattern {
                try body(SourceFile(path: root, name: root.lastComponent?.string ?? root.string))
            }
            return
        }
        try walk(root, "", body)
    }

    private func walk(_ folder: FilePath, _ prefix: String, _ body: (SourceFile) throws -> Void) throws {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder.string)
        } catch {
            throw DocumentFailure(.unreadable, "cannot list the folder", file: folder.string)
        }
        // A folder sorts as its name with a slash behind, so that the whole list is in the order of its bytes.
        var entries: [(key: [UInt8], name: String, isFolder: Bool)] = []
        for name in names {
            let path = folder.appending(name)
            let attributes = try? FileManager.default.attributesOfItem(atPath: path.string)
            var type = attributes?[.type] as? FileAttributeType
            if type == .typeSymbolicLink {
                var isFolder: ObjCBool = false
                let exists = FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder)
                type = exists && !isFolder.boolValue ? .typeRegular : nil
            }
            guard type == .typeRegular || type == .typeDirectory else { continue }
            let isFolder = type == .typeDirectory
            entries.append((Array((isFolder ? name + "/" : name).utf8), name, isFolder))
        }
        entries.sort { $0.key.lexicographicallyPrecedes($1.key) }
        for entry in entries {
            let relative = prefix + entry.name
            let path = folder.appending(entry.name)
            if entry.isFolder {
                if entry.name.hasPrefix("."), !spellsHidden { continue }
                if mayDescend(into: relative) { try walk(path, relative + "/", body) }
            } else if isPattern ? matches(relative) : !entry.name.hasPrefix(".") {
                if entry.name.hasPrefix("."), !spellsHidden { continue }
                try body(SourceFile(path: path, name: relative))
            }
        }
    }
}
