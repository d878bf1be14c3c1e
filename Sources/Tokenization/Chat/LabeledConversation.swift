/// A conversation ready for training.
public struct LabeledConversation: Sendable, Hashable {
    /// The tokens.
    public var ids: [Int32]
    /// For every token its own id if it carries loss, else -100. Labels are not shifted.
    public var labels: [Int32]
}
