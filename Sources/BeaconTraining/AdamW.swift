internal import CKernels
import Foundation

/// AdamW with decoupled weight decay on matrices and clipping by the norm of all gradients.
public struct AdamW: Sendable, Hashable {
    public var beta1: Float
    public var beta2: Float
    public var epsilon: Float
    /// Decay of matrices; vectors and the beacon embedding never decay.
    public var weightDecay: Float
    /// Gradients whose joint norm exceeds this are scaled down to it; 0 = never.
    public var clip: Float

    public init(
        beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0,
        clip: Float = 1
    ) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        self.clip = clip
    }
}

/// Running means of gradients and their squares, packed as the trainable set is.
final class OptimizerState: @unchecked Sendable {
    let first: FloatStorage
    let second: FloatStorage
    /// Updates made.
    var step = 0

    init(count: Int) {
        first = FloatStorage(count: count)
        second = FloatStorage(count: count)
    }
}

extension AdamW {
    /// Changes the parameters by one step and returns the norm of the gradients before clipping.
    ///
    /// Nothing changes where the norm is not finite.
    func update(
        _ parameters: ModelParameters, gradients: FloatStorage, trainable: TrainableSet,
        state: OptimizerState,
        rate: Float
    ) -> Double {
        let norm = pharos_train_square_sum(gradients.base, trainable.count).squareRoot()
        guard norm.isFinite else { return norm }
        state.step += 1
        // The published training loop clips to clip / (norm + 1e-6).
        let factor = clip > 0 && norm > Double(clip) ? Float(Double(clip) / (norm + 1e-6)) : 1
        let correction1 = 1 - pow(beta1, Float(state.step))
        let correction2 = 1 - pow(beta2, Float(state.step))
        for item in trainable.items {
            pharos_train_adamw(
                parameters.storage.base + item.entry.offset, gradients.base + item.offset,
                state.first.base + item.offset, state.second.base + item.offset, item.entry.count, rate,
                beta1,
                beta2, epsilon, item.entry.isMatrix ? weightDecay : 0, correction1, correction2, factor)
        }
        return norm
    }
}
