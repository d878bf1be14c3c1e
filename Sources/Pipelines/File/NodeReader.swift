import Foundation
import SystemPackage
import Yams

/// What reading a pipeline file needs and finds: the base of its paths, and every problem so far.
///
/// Problems are collected, never thrown, so that one attempt shows all of them.
struct NodeReader {
    /// The file's name as the caller gave it, for problems.
    let file: String
    /// The directory against which relative paths are resolved.
    let base: FilePath
    /// What `~` stands for; nil when the home directory is unknown.
    let home: FilePath?
    /// The problems found so far.
    private(set) var problems: [PipelineProblem] = []
    /// Where the value of each key was found, by dotted key path such as `compression.fine` or `sources[0].path`.
    private(set) var marks: [String: Mark] = [:]
    /// The dotted path of the mapping being read; empty at the top.
    private(set) var location = ""

    init(file: String, base: FilePath, home: FilePath?) {
        self.file = file
        self.base = base
        self.home = home
    }

    /// Records a problem at `mark`; at the start of the file when there is none.
    mutating func report(_ message: String, at mark: Mark?) {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        problems.append(
            PipelineProblem(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1, message: line))
    }

    /// Records that `node` is not what its key takes.
    mutating func reportExpected(_ expected: String, found node: Node, hint: String = "") {
        let prefix = location.isEmpty ? "" : "\(location): "
        report("\(prefix)expected \(expected), found \(Self.describe(node))\(hint)", at: node.mark)
    }

    /// Reads the value of `key`, or the `index`th element of the current list, with ``location`` set to it.
    mutating func reading<Value>(_ step: String, at node: Node, _ body: (inout NodeReader) -> Value) -> Value
    {
        let outer = location
        location = step.hasPrefix("[") || outer.isEmpty ? outer + step : "\(outer).\(step)"
        if let mark = node.mark { marks[location] = mark }
        defer { location = outer }
        return body(&self)
    }

    /// The text of a scalar that carries a value; reports and returns nil for anything else.
    mutating func scalar(_ node: Node, expected: String) -> Node.Scalar? {
        guard case .scalar(let scalar) = node, !Self.isNull(scalar) else {
            reportExpected(expected, found: node)
            return nil
        }
        return scalar
    }

    /// The path that `text` means in this file: absolute, under the home directory, or beside the file.
    ///
    /// Returns nil, with a problem reported, for an empty path and for `~name`.
    mutating func resolve(_ text: String, at mark: Mark?) -> FilePath? {
        guard !text.isEmpty else {
            report("\(location): expected a path, found an empty text", at: mark)
            return nil
        }
        if text == "~" || text.hasPrefix("~/") {
            guard let home else {
                report("\(location): '~' needs the environment variable HOME, which is not set", at: mark)
                return nil
            }
            return home.pushing(FilePath(String(text.dropFirst(2)))).lexicallyNormalized()
        }
        guard !text.hasPrefix("~") else {
            report(
                "\(location): '\(text.prefix(40))' names another user's home; write the path in full",
                at: mark)
            return nil
        }
        return base.pushing(FilePath(text)).lexicallyNormalized()
    }

    /// Names what a node is, for messages.
    static func describe(_ node: Node) -> String {
        switch node {
        case .scalar(let scalar) where isNull(scalar): "nothing"
        case .scalar(let scalar):
            "'\(scalar.string.prefix(40))\(scalar.string.count > 40 ? "…" : "")'"
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    /// Whether a scalar was left empty or written as `null` or `~`.
    static func isNull(_ scalar: Node.Scalar) -> Bool {
        scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }
}
