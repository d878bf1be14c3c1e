/// One thing that is wrong in a pipeline file, with its place.
public struct PipelineProblem: Sendable, Hashable, CustomStringConvertible {
    /// The file's name as the caller gave it.
    public let file: String
    /// The line, counted from 1.
    public let line: Int
    /// The column in Unicode scalars, counted from 1.
    public let column: Int
    /// What was found, what was expected, and a suggestion where there is one; a single line.
    public let message: String

    /// Creates a problem.
    public init(file: String, line: Int, column: Int, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    /// `file:line:column: message`, which editors and terminals turn into a link.
    public var description: String { "\(file):\(line):\(column): \(message)" }
}
