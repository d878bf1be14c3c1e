/// What `verify` looked at and found.
public struct VerificationReport: Sendable, Hashable {
    public var documents = 0
    public var caches = 0
    /// Bytes of files whose content was read.
    public var bytesRead = 0
    /// All findings in the order of their paths.
    public var findings: [StoreFinding] = []

    /// Whether nothing is wrong; remarks do not count.
    public var isSound: Bool { !findings.contains { $0.kind.isDefect } }
}
