public import SystemPackage

/// What is wrong with a cache or a store, and where.
public struct CacheStorageError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// There is no store at the place given.
        case noStore = "missing"
        /// A file that a store should have is not there.
        case missing = "fileMissing"
        /// A document's cache was pruned; the next run makes it again.
        case pruned
        /// The store has no document or cache of the name given.
        case unknown
        /// A cache was made by something other than what is at hand; see ``CacheStorageError/differences``.
        case identity
        /// Stored bytes are not what was written.
        case damaged
        /// The file or store has a version or kind that this program does not read.
        case format
        /// Values given to be stored cannot be: wrong count, not finite, out of range.
        case value
        /// Another process holds the store.
        case locked
        /// The file system, the budget or the free-space floor leaves no room.
        case noSpace
        /// The store may not be read or written.
        case notPermitted
        /// The catalog cannot be used; `repair` rebuilds it.
        case catalog
        /// A key is needed, or the one given does not open the file.
        case key
        /// Any other failure to read or write.
        case inputOutput
    }

    public let code: Code
    /// What was found, what was expected, and what to do.
    public let message: String
    /// The file at fault, if one is.
    public let path: FilePath?
    /// The identity fields that differ, for ``Code/identity``.
    public let differences: [IdentityDifference]

    public init(
        _ code: Code, _ message: String, path: FilePath? = nil, differences: [IdentityDifference] = []
    ) {
        self.code = code
        self.message = message
        self.path = path
        self.differences = differences
    }

    public var description: String { path.map { "\($0): \(message)" } ?? message }
}
