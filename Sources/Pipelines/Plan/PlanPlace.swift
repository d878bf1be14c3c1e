import Documents

/// A place between two documents of a run's sources, from which they can be read on.
struct PlanPlace: Sendable, Hashable, Codable {
    /// The place of the source among the run's.
    var source: Int
    var checkpoint: ReadCheckpoint
    /// How many documents come before.
    var documentCount: Int
}
