/// Why a file, a member or a record gives no document.
///
/// It is both what readers report for bad input, while the run goes on, and what is thrown where there is nothing
/// to go on with: a source definition that makes no sense.
public struct DocumentFailure: Error, Sendable, Hashable, Codable {
    public enum Code: String, Sendable, Hashable, Codable, CaseIterable {
        /// The file cannot be opened or read.
        case unreadable
        /// No file matches the path of a source.
        case notFound = "not-found"
        /// The bytes break the rules of their format.
        case malformed
        /// The bytes are not text in the encoding they claim.
        case encoding
        /// A limit was reached; the message names it.
        case limit
        /// A container is damaged or of a kind that is not read.
        case container
        /// The record has no id where one is required, or one that another record had.
        case id
        /// The file holds none of the records that were looked for, or no text.
        case empty
        /// The source definition or the profile makes no sense.
        case definition
    }

    public var code: Code
    /// What was found, what was expected, what to do: one line.
    public var message: String
    public var file: String?
    public var member: String?
    /// 1-based.
    public var line: Int?
    /// 1-based, in bytes.
    public var column: Int?
    /// The element that was open, like `/bulletins/bulletin[3]/body`.
    public var path: String?
    /// Offset into the decompressed file or member.
    public var byteOffset: Int?

    public init(
        _ code: Code, _ message: String, file: String? = nil, member: String? = nil, line: Int? = nil,
        column: Int? = nil, path: String? = nil, byteOffset: Int? = nil
    ) {
        self.code = code
        self.message = message
        self.file = file
        self.member = member
        self.line = line
        self.column = column
        self.path = path
        self.byteOffset = byteOffset
    }
}

extension DocumentFailure {
    /// A record has the id of an earlier one.
    static func duplicate(_ id: String) -> DocumentFailure {
        .init(.id, "a second record has the id “\(id)”")
    }

    /// What is said of a document with the id of an earlier one, the same whether its file or another had that.
    public static func duplicate(_ id: String, _ source: DocumentSource) -> DocumentFailure {
        var failure = duplicate(id).located(file: source.file, member: source.member, path: source.path)
        failure.line = source.line
        failure.byteOffset = source.bytes?.lowerBound
        return failure
    }
}

extension DocumentFailure {
    /// What the policy `dead-letter` reports of a file in which something was replaced.
    static func replaced(_ count: Int, in encoding: String, first: Int?) -> DocumentFailure {
        .init(
            .encoding, "\(count) undecodable byte sequences in \(encoding) were replaced", byteOffset: first)
    }
}

extension DocumentFailure: CustomStringConvertible {
    /// `file(member):line:column: message`, as compilers print it.
    public var description: String {
        var place = file ?? "source"
        if let member { place += "(\(member))" }
        if let line { place += ":\(line)" }
        if line != nil, let column { place += ":\(column)" }
        return "\(place): \(message)"
    }
}

extension DocumentFailure {
    /// The same failure with its place filled in where it was unknown.
    func located(file: String, member: String?, path: String? = nil) -> DocumentFailure {
        var failure = self
        failure.file = failure.file ?? file
        failure.member = failure.member ?? member
        failure.path = failure.path ?? path
        return failure
    }
}
