/// What of the store goes into the prompt of a question.
public struct ContextSettings: Sendable, Hashable {
    /// The pieces that the search chooses among.
    public enum Choice: String, Sendable, Hashable, CaseIterable {
        /// Whole documents.
        case document
        /// Segments of documents.
        case segments
        /// Single windows.
        case windows
    }

    /// The pieces that the search chooses among.
    public var choose: Choice
    /// The most beacons that go into one prompt.
    public var beacons: Int
    /// The most pieces that go into one prompt; as many as a question without a pipeline gets when nil.
    public var top: Int?

    /// Creates the settings that a pipeline file without `context` has.
    public init() {
        self.choose = .segments
        self.beacons = 2048
    }
}
