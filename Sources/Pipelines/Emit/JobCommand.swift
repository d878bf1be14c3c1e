public import SystemPackage

/// The `pharos` command that a generated unit or job runs, and how its words are quoted.
public struct JobCommand: Sendable, Hashable {
    /// The name of the pipeline.
    public let name: String
    /// The program: an absolute path, or a name to be found in the job's `PATH`.
    public let program: String
    /// The pipeline file; absolute, as a job may start in any directory.
    public let pipeline: FilePath

    /// Creates a command.
    /// - Throws: ``PipelinesError`` of code `usage` when the program or the path cannot stand in a job file.
    public init(name: String, program: String = "pharos", pipeline: FilePath) throws(PipelinesError) {
        for (what, text) in [
            ("name", name), ("program", program), ("path of the pipeline file", pipeline.string),
        ]
        where text.isEmpty || text.hasControlCharacters {
            throw PipelinesError(
                .usage, "the \(what) is empty or holds a control character and cannot stand in a job file",
                context: ["value": text])
        }
        guard pipeline.isAbsolute, program.hasPrefix("/") || !program.contains("/") else {
            let path = pipeline.isAbsolute ? program : pipeline.string
            throw PipelinesError(
                .usage,
                "the path '\(path)' is relative, and a job may start in any directory; give it from '/' on",
                context: ["value": path])
        }
        self.name = name
        self.program = program
        self.pipeline = pipeline
    }

    /// The words of the command that runs the pipeline.
    public func run(_ options: [String] = []) -> [String] { [program, "run", pipeline.string] + options }

    /// The words of the command that joins `count` shards.
    public func merge(_ count: Int) -> [String] {
        [program, "merge", pipeline.string, "--expect", String(count)]
    }

    /// The pipeline's name in lower case with hyphens alone between letters and digits, as job engines want it.
    public var identifier: String {
        let words = name.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        let text = words.joined(separator: "-").prefix(50)
        return text.isEmpty ? "pipeline" : String(text)
    }

    /// The words for a POSIX shell, quoted where they need it.
    public static func shell(_ words: [String]) -> String {
        words.map { word in
            let isPlain = !word.isEmpty && word.unicodeScalars.allSatisfy { isPlainInShell($0) }
            return isPlain ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
        }.joined(separator: " ")
    }

    private static func isPlainInShell(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "/", ".", "_", "-", "+", ":", ",", "@", "=": true
        default: false
        }
    }

    /// Refuses a value that would not stay one word in a job file.
    static func checkWord(_ text: String, _ what: String) throws(PipelinesError) {
        guard !text.isEmpty, !text.hasControlCharacters, !text.contains(" ") else {
            throw PipelinesError(.usage, "expected \(what) without spaces, found '\(text.prefix(80))'")
        }
    }
}
