import CKernels
import Testing

@testable import BeaconTraining

/// Gradients against finite differences, for the whole model and for each operation.
struct GradientTests {
    @Test("Every parameter's gradient equals the slope of the loss", arguments: [0, 1], [Float(0), 0.3])
    func wholeModel(fresh: Int, textWeight: Float) throws {
        let parameters = try TinyModel.parameters()
        let engine = TinyModel.engine(parameters)
        let groups = [[TinyModel.plan(fresh: fresh, textWeight: textWeight), TinyModel.plan(seed: 11)]]
        _ = try engine.accumulate(groups)
        var random = SeededRandom(seed: 9)
        for item in engine.trainable.items {
            let gradient = try #require(engine.gradient(item.entry.name))
            // The slope along a random direction touches every value of the tensor at once.
            let direction = gradient.map { _ in Float(random.normal()) }
            let expected = zip(gradient, direction).reduce(0) { $0 + Double($1.0 * $1.1) }
            let values = try #require(parameters[item.entry.name])
            let length = Double(direction.count).squareRoot()
            let step = Float(2e-3 / length)
            func loss(_ factor: Float) throws -> Double {
                try parameters.set(
                    item.entry.name, to: zip(values, direction).map { $0 + factor * step * $1 })
                return try engine.evaluate(groups).loss
            }
            let slope = try (8 * (loss(1) - loss(-1)) - (loss(2) - loss(-2))) / (12 * Double(step))
            try parameters.set(item.entry.name, to: values)
            #expect(
                abs(slope - expected) < 0.03 * abs(expected) + 0.012 * length.squareRoot(),
                "\(item.entry.name): \(slope), computed \(expected)")
        }
    }

    /// Compares `backward(upstream)` with slopes of `Σ upstream · forward`.
    private func check(
        _ inputs: [Float], outputs: Int, forward: ([Float]) -> [Float],
        backward: ([Float], [Float]) -> [Float]
    ) {
        var random = SeededRandom(seed: 4)
        let upstream = (0..<outputs).map { _ in Float(random.normal()) }
        let gradient = backward(inputs, upstream)
        for index in inputs.indices {
            func value(_ step: Float) -> Double {
                var moved = inputs
                moved[index] += step
                return zip(forward(moved), upstream).reduce(0) { $0 + Double($1.0) * Double($1.1) }
            }
            let slope = (value(0.01) - value(-0.01)) / 0.02
            #expect(abs(slope - Double(gradient[index])) < 5e-3 * max(1, abs(slope)), "input \(index)")
        }
    }

    private func numbers(_ count: Int, seed: UInt64) -> [Float] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in Float(random.normal()) }
    }

    @Test("RMSNorm") func rmsNorm() {
        let weight = numbers(6, seed: 1)
        func scales(_ x: [Float]) -> (y: [Float], inverse: [Float]) {
            var y = [Float](repeating: 0, count: 12)
            var inverse = [Float](repeating: 0, count: 2)
            pharos_train_rmsnorm_forward(x, weight, &y, &inverse, 2, 6, 1e-6)
            return (y, inverse)
        }
        check(
            numbers(12, seed: 2), outputs: 12, forward: { scales($0).y },
            backward: { x, dy in
                var dx = [Float](repeating: 0, count: 12)
                pharos_train_rmsnorm_backward(x, weight, scales(x).inverse, dy, &dx, nil, 2, 6)
                return dx
            })
    }

    @Test("SwiGLU") func swiglu() {
        check(
            numbers(16, seed: 3), outputs: 8,
            forward: { x in
                var y = [Float](repeating: 0, count: 8)
                pharos_train_swiglu_forward(x, &y, 2, 4)
                return y
            },
            backward: { x, dy in
                var pair = x
                var again = [Float](repeating: 0, count: 8)
                pharos_train_swiglu_backward(&pair, dy, &again, 2, 4)
                return pair
            })
    }

    @Test("Rotation") func rotation() {
        let source: [Int32] = [1, 0]
        let positions: [Int32] = [3, 1]
        let cosines: [Float] = (0..<8).map { 0.1 * Float($0) }
        let sines: [Float] = (0..<8).map { 1 - 0.2 * Float($0) }
        check(
            numbers(16, seed: 5), outputs: 16,
            forward: { x in
                var y = [Float](repeating: 0, count: 16)
                pharos_train_rotate_gather(x, 8, source, positions, 2, 2, 4, cosines, sines, &y, 8)
                return y
            },
            backward: { _, dy in
                var dx = [Float](repeating: 0, count: 16)
                pharos_train_rotate_scatter(dy, 8, source, positions, 2, 2, 4, cosines, sines, &dx, 8)
                return dx
            })
    }

    @Test("Softmax over memory and own columns", arguments: [nil, [1, 0, 0, 1, 1, 0, 0, 1, 1] as [UInt8]])
    func softmax(mask: [UInt8]?) {
        // Two memory columns, three own; queries at entries 0, 1 and 2.
        let entries: [Int32] = [0, 1, 2]
        func forward(_ x: [Float]) -> [Float] {
            var scores = x
            var logs = [Float](repeating: 0, count: 3)
            pharos_train_softmax_forward(&scores, 5, 3, 2, 3, entries, mask, 3, 0.5, &logs)
            var again = x
            pharos_train_softmax_again(&again, 5, 3, 2, 3, entries, mask, 3, 0.5, logs)
            for (a, b) in zip(scores, again) { #expect(abs(a - b) < 1e-6) }
            return scores
        }
        check(
            numbers(15, seed: 6), outputs: 15, forward: forward,
            backward: { x, dy in
                let p = forward(x)
                var slopes = dy
                let deltas = (0..<3).map { row in
                    (0..<5).reduce(Float(0)) { $0 + p[row * 5 + $1] * dy[row * 5 + $1] }
                }
                pharos_train_softmax_backward(p, &slopes, 5, 3, 5, deltas, 0.5)
                return slopes
            })
    }

    @Test("Cross entropy") func crossEntropy() {
        let targets: [Int32] = [2, 0]
        let weights: [Float] = [1.5, 0.5]
        func run(_ x: [Float]) -> (loss: Double, gradient: [Float], best: [Int32]) {
            var logits = x
            var best: [Int32] = [0, 0]
            let loss = pharos_train_cross_entropy(&logits, 2, 5, targets, weights, 1, &best)
            return (loss, logits, best)
        }
        let logits = numbers(10, seed: 7)
        check(
            logits, outputs: 1, forward: { [Float(run($0).loss)] },
            backward: { x, dy in run(x).gradient.map { $0 * dy[0] } })
        let best = run(logits).best
        #expect(logits[Int(best[0])] == logits[0..<5].max())
    }
}
