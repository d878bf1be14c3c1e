public import BeaconModel
import Dispatch

/// Computes losses and gradients of batches on a fixed number of lanes.
///
/// A lane works through its share of a batch's groups, one after another, with gradients and scratch memory of its own; the
/// lanes' gradients are then summed in order. Results depend on the number of lanes, never on the number of
/// threads that happen to run them.
public final class GradientEngine {
    public let parameters: ModelParameters
    public let trainable: TrainableSet
    /// Segments that go through the layers together; nil = all, with every activation kept.
    public var segmentsPerPass: Int?
    private let lanes: [Lane]
    /// Sum of the lanes' gradients after `accumulate`.
    var gradients: FloatStorage { lanes[0].gradients }

    private final class Lane: @unchecked Sendable {
        let gradients: FloatStorage
        let pass: SequencePass
        var loss = 0.0

        init(parameters: ModelParameters, trainable: TrainableSet, angles: RotaryAngles) {
            gradients = FloatStorage(count: trainable.count)
            let places = ParameterPlaces(
                table: parameters.table, values: parameters.storage.base, trainable: trainable,
                gradients: gradients.base)
            pass = SequencePass(places: places, angles: angles, arena: Arena())
        }
    }

    private let angles: RotaryAngles

    init(
        _ parameters: ModelParameters, trainable: TrainableSet, angles: RotaryAngles, lanes: Int,
        segmentsPerPass: Int? = nil
    ) {
        precondition(lanes > 0)
        MatrixProduct.useOneThread()
        self.parameters = parameters
        self.trainable = trainable
        self.angles = angles
        self.segmentsPerPass = segmentsPerPass
        self.lanes = (0..<lanes).map { _ in
            Lane(parameters: parameters, trainable: trainable, angles: angles)
        }
    }

    /// Replaces the gradients by those of the weighted mean loss over `groups`, and returns that loss.
    ///
    /// - Parameters:
    ///   - groups: sequences that go through the model together, best of equal window counts.
    ///   - factor: what gradients are multiplied by.
    /// - Throws: `TrainingError` where nothing is labelled or a position has no rotary angles.
    public func accumulate(_ groups: [[SequencePlan]], factor: Float = 1) throws -> Double {
        let weight = try check(groups)
        let scale = Float(1 / weight) * factor
        let lanes = lanes
        let segmentsPerPass = segmentsPerPass
        DispatchQueue.concurrentPerform(iterations: lanes.count) { index in
            let lane = lanes[index]
            lane.gradients.fill(0)
            lane.loss = 0
            for group in stride(from: index, to: groups.count, by: lanes.count) {
                lane.loss += lane.pass.train(groups[group], scale: scale, segmentsPerPass: segmentsPerPass)
            }
        }
        for lane in lanes.dropFirst() {
            TrainingKernels.add(gradients.base, lane.gradients.base, gradients.count)
        }
        return lanes.reduce(0) { $0 + $1.loss } / weight
    }

    /// The weighted mean loss, and the most likely token at each entry with a target (-1 elsewhere), per plan.
    public func evaluate(_ groups: [[SequencePlan]]) throws -> (loss: Double, best: [[[Int32]]]) {
        let weight = try check(groups)
        let results = Results(count: groups.count)
        let lanes = lanes
        let segmentsPerPass = segmentsPerPass
        DispatchQueue.concurrentPerform(iterations: lanes.count) { index in
            for group in stride(from: index, to: groups.count, by: lanes.count) {
                results.set(
                    group, lanes[index].pass.evaluate(groups[group], segmentsPerPass: segmentsPerPass))
            }
        }
        return (results.values.reduce(0) { $0 + $1.loss } / weight, results.values.map(\.best))
    }

    /// Gradient of one trainable parameter after `accumulate`.
    public func gradient(_ name: String) -> [Float]? {
        trainable.items.first { $0.entry.name == name }.map { gradients.values($0.range) }
    }

    /// The most bytes of activations that a lane ever held.
    public var peakActivationBytes: Int { (lanes.map(\.pass.peakFloats).max() ?? 0) * 4 }

    private func check(_ groups: [[SequencePlan]]) throws -> Double {
        var weight = 0.0
        for plan in groups.joined() {
            weight += plan.weight
            let last = max(plan.positions.max() ?? 0, Int32(plan.retained.count))
            guard last < angles.positions else {
                throw TrainingError(
                    .invalidData, "a sequence reaches position \(last); the model has \(angles.positions)")
            }
            let vocabulary = Int32(parameters.table.shape.vocabularySize)
            guard plan.inputs.allSatisfy({ $0 >= -1 && $0 < vocabulary }),
                plan.targets.allSatisfy({ $0 < vocabulary })
            else {
                throw TrainingError(
                    .invalidData, "a token id is beyond the model's vocabulary of \(vocabulary)")
            }
        }
        guard weight > 0 else {
            throw TrainingError(
                .invalidData, "no token of the batch is labelled; nothing can be learned from it")
        }
        return weight
    }

    /// Results of groups, written by several lanes at places of their own.
    private final class Results: @unchecked Sendable {
        private(set) var values: [(loss: Double, best: [[Int32]])]
        private let queue = DispatchQueue(label: "results")

        init(count: Int) { values = Array(repeating: (0, []), count: count) }

        func set(_ index: Int, _ value: (loss: Double, best: [[Int32]])) {
            queue.sync { values[index] = value }
        }
    }
}

extension GradientEngine {
    /// An engine for a model as its configuration describes it.
    ///
    /// - Parameters:
    ///   - positions: the longest memory plus window that training will see.
    ///   - lanes: shares that a batch is divided into; results depend on it.
    /// - Throws: `ModelError` for a rotary embedding that cannot be trained at that length.
    public convenience init(
        _ configuration: ModelConfiguration, parameters: ModelParameters, train: TrainableSet.Choice,
        positions: Int, lanes: Int, segmentsPerPass: Int? = nil
    ) throws {
        try self.init(
            parameters, trainable: TrainableSet(train, of: parameters.table),
            angles: RotaryAngles(configuration, positions: positions), lanes: lanes,
            segmentsPerPass: segmentsPerPass)
    }
}
