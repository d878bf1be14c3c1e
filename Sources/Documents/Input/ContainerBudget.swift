/// What one file may unpack to, all its members and layers together.
final class ContainerBudget {
    private let limits: DocumentLimits
    private var bytes = 0
    private var members = 0

    init(_ limits: DocumentLimits) { self.limits = limits }

    /// Notes unpacked bytes. Throws when there are too many.
    func spend(_ count: Int) throws {
        bytes += count
        guard bytes <= limits.totalBytes else {
            throw DocumentFailure(
                .limit, "unpacks to more than \(limits.totalBytes) bytes in all (limit total-bytes)")
        }
    }

    /// Notes a member of an archive. Throws when there are too many.
    func addMember() throws {
        members += 1
        guard members <= limits.members else {
            throw DocumentFailure(.limit, "more than \(limits.members) members (limit members)")
        }
    }
}
