public import SystemPackage

/// Something that `verify` or `repair` found wrong in a store.
public struct StoreFinding: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// A cache, text or catalog whose bytes are not what was written.
        case damaged
        /// A document's text or cache is not there.
        case missing
        /// A cache that lies under the name of another identity.
        case misplaced
        /// A document without its cache, which was pruned; the next run computes it.
        case pruned
        /// A complete cache that the catalog does not know; `prune` removes it.
        case orphan
        /// The journal of an unfinished cache, or a partial file; the next run continues or removes it.
        case unfinished
        /// A file that is none of the store's.
        case foreign

        /// Whether the store is not as it ought to be; the others are only remarks.
        public var isDefect: Bool {
            switch self {
            case .damaged, .missing, .misplaced: true
            case .pruned, .orphan, .unfinished, .foreign: false
            }
        }
    }

    public let kind: Kind
    public let path: FilePath
    /// What was found, what was expected, and what to do.
    public let message: String
    /// The document concerned, as collection and id, where one is.
    public let document: String?

    public init(_ kind: Kind, _ path: FilePath, _ message: String, document: String? = nil) {
        self.kind = kind
        self.path = path
        self.message = message
        self.document = document
    }
}
