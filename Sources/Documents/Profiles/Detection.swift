/// Which profile fits a file, and why.
public struct Detection: Sendable, Hashable, Codable {
    /// Name of one of ``Profile/builtIn``.
    public var profile: String
    /// What the choice rests on: one line.
    public var reason: String
    /// 1 where the file says what it is, less where it was guessed.
    public var confidence: Double

    /// What a profile is recognised by; a file fits when one entry of any list does.
    public struct Rule: Sendable, Hashable, Codable {
        /// Local names of the root element, when it is in no namespace. Names that others use as well count only together
        /// with an element that is typical of the profile.
        public var roots: [String] = []
        /// Namespaces of the root element; a trailing `*` stands for any ending.
        public var namespaces: [String] = []
        /// Parts of the public or system id of the document type.
        public var doctypes: [String] = []
        /// Endings of file names, without the dot.
        public var extensions: [String] = []
        /// Whether a namespace counts only together with one of the roots.
        public var rootsInNamespaces = false

        public init() {}
    }

    public init(profile: String, reason: String, confidence: Double) {
        self.profile = profile
        self.reason = reason
        self.confidence = confidence
    }
}
