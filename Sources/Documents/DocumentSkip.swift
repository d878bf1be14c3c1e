/// A record or member that gives no document and is none the worse for it: it has no text, or a rule leaves it out.
public struct DocumentSkip: Sendable, Hashable, Codable {
    /// Why, in one line.
    public var reason: String
    public var file: String
    public var member: String?
    /// 1-based; `nil` where the file or member as a whole is meant.
    public var line: Int?
    /// The element, like `/users/row[3]`.
    public var path: String?

    public init(
        _ reason: String, file: String, member: String? = nil, line: Int? = nil, path: String? = nil
    ) {
        self.reason = reason
        self.file = file
        self.member = member
        self.line = line
        self.path = path
    }
}

extension DocumentSkip: CustomStringConvertible {
    /// `file(member):line: reason`, as compilers print it.
    public var description: String {
        file + (member.map { "(\($0))" } ?? "") + (line.map { ":\($0)" } ?? "") + ": \(reason)"
    }
}
