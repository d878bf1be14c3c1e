/// Brings documents into the store and out of it; what stands below the service knows how.
///
/// Calls block. Uploads come in one at a time; files are accepted, and documents removed, meanwhile.
public protocol DocumentIntake: Sendable {
    /// Makes a file's bytes durable, so that no crash loses what a client was told is accepted.
    ///
    /// - Throws: ``ServiceError``; nothing is kept then.
    func accept(_ upload: Upload, bytes: [UInt8]) throws

    /// Uploads that were accepted and are not in the store, oldest first: what an earlier service left.
    func accepted() throws -> [Upload]

    /// Compresses an accepted file's documents into its collection, as `pharos add` does, and lets go of the file.
    /// Waits for as long as another process holds the store.
    ///
    /// - Parameters:
    ///   - progress: told after every window and document, and of who holds the store.
    ///   - shouldStop: asked between windows and while waiting.
    /// - Throws: ``ServiceError`` with the code that the command line would give; ``ServiceError/stopped`` after a
    ///   stop, which leaves the file for the next service.
    func add(
        _ upload: Upload, progress: @escaping @Sendable (UploadProgress) -> Void,
        shouldStop: @escaping @Sendable () -> Bool
    ) throws

    /// Takes a document out of its collection; waits a few seconds at most where the store is held.
    ///
    /// - Returns: false where there is none.
    func remove(_ document: String, from collection: String) throws -> Bool
}
