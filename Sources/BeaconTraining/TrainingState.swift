/// Where a run stands, apart from parameters and moments; stored as JSON beside them.
struct TrainingState: Codable, Hashable, Sendable {
    /// Optimizer steps made in the whole run.
    var step = 0
    var stage = 0
    /// Steps made in the stage.
    var stageStep = 0
    /// Batches drawn in the whole run.
    var batches: UInt64 = 0
    /// Raw tokens and beacons that went through the model.
    var tokens = 0
    /// Steps left out because a loss or gradient was not finite.
    var skipped = 0
    /// Running mean of the loss, by label.
    var losses: [String: Double] = [:]
    /// Updates counted by the optimizer.
    var updates = 0
    /// SHA-256 of the files that it belongs to, by name; nil in what earlier versions wrote.
    var files: [String: String]?
}
