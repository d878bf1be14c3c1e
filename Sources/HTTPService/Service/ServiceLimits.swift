import Foundation

/// How much the service takes on; everything beyond is refused with a status that says so.
public struct ServiceLimits: Sendable, Hashable {
    /// Connections that are open at a time; further ones wait to be accepted.
    public var connections = 512
    /// Questions that are answered side by side.
    public var sideBySide = 8
    /// Questions that wait for those being answered.
    public var queue = 16
    /// Seconds that a question may take, its wait included.
    public var answerSeconds = 120
    /// Bytes of restored documents in memory: those that answers are read from, those that are being restored, and those
    /// kept for later ones.
    public var memoryBytes = Int(clamping: ProcessInfo.processInfo.physicalMemory / 2)
    /// Seconds in which a request has to arrive, and after which an idle connection is closed, or one whose client does
    /// not read what it is sent.
    public var requestSeconds = 30
    /// Bytes of an uploaded file.
    public var uploadBytes = 16 << 20
    /// Bytes of a JSON body.
    public var jsonBytes = 1 << 20
    /// Uploads that wait, on the disk, for the one that is being compressed.
    public var uploads = 16
    /// Tokens of an answer, whatever the request asks for.
    public var answerTokens = 1024
    /// Characters of a question.
    public var questionCharacters = 8000
    /// Seconds that answers begun before a shutdown may go on; an upload may for half as long, and is then left for
    /// the next service.
    public var drainSeconds = 20

    public init() {}
}
