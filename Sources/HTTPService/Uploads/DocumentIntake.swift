/// Brings documents into the store and out of it; what stands below the service knows how.
///
/// Calls block and come one at a time, on a thread of their own.
public protocol DocumentIntake: Sendable {
    /// Compresses a file's documents into its collection, as `pharos add` does.
    ///
    /// - Parameters:
    ///   - progress: told after every window and document.
    ///   - shouldStop: asked between windows.
    /// - Throws: ``ServiceError`` with the code that the command line would give.
    func add(
        _ upload: Upload, progress: @escaping @Sendable (UploadProgress) -> Void,
        shouldStop: @escaping @Sendable () -> Bool
    ) throws

    /// Takes a document out of its collection.
    ///
    /// - Returns: false where there is none.
    func remove(_ document: String, from collection: String) throws -> Bool
}
