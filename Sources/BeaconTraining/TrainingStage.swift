/// One stage of a training run: what is mixed, how fast it learns, when it ends.
public struct TrainingStage: Sendable, Hashable {
    /// Ends a stage early: the running mean loss of a kind of batch falls below a bound.
    public struct Gate: Sendable, Hashable {
        /// Label of the kind (`BatchKind.label`).
        public var label: String
        public var loss: Double

        public init(label: String, loss: Double) {
            self.label = label
            self.loss = loss
        }
    }

    public var name: String
    /// Optimizer steps at most.
    public var steps: Int
    public var mix: [BatchKind]
    /// Learning rate.
    public var rate: Float
    /// Steps over which the rate climbs from 0.
    public var warmUp: Int
    /// Share of the steps, at the end, over which the rate falls linearly to 0.
    public var decay: Double
    public var gate: Gate?
    /// Batches whose gradients make one optimizer step.
    public var batchesPerStep: Int

    public init(
        name: String, steps: Int, mix: [BatchKind], rate: Float, warmUp: Int = 0, decay: Double = 0,
        gate: Gate? = nil, batchesPerStep: Int = 1
    ) {
        self.name = name
        self.steps = steps
        self.mix = mix
        self.rate = rate
        self.warmUp = warmUp
        self.decay = decay
        self.gate = gate
        self.batchesPerStep = batchesPerStep
    }

    /// The rate at `step`, counted from 0 within the stage.
    func rate(at step: Int) -> Float {
        let climb = step < warmUp ? Float(step + 1) / Float(warmUp) : 1
        let first = Double(steps) * (1 - decay)
        guard decay > 0, Double(step) >= first else { return rate * climb }
        return rate * climb * Float(max(0, (Double(steps) - Double(step)) / (Double(steps) - first)))
    }
}
