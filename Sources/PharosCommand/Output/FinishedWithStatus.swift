/// Ends a command that has said everything it has to say.
struct FinishedWithStatus: Error {
    var status: ExitStatus

    init(_ status: ExitStatus) { self.status = status }
}
