import Foundation
internal import Synchronization
internal import Tensors

/// Rotary tables of a model, grown on demand and shared by its sequences (reference §10).
final class RotaryEmbedding: Sendable {
    private let headDim: Int
    private let base: Double
    private let scaling: RotaryScaling
    private let trainedLength: Int
    private let shared: Mutex<RotaryTable?>

    convenience init(_ configuration: ModelConfiguration) {
        self.init(
            headDim: configuration.headDim, base: configuration.rotaryBase,
            scaling: configuration.rotaryScaling, trainedLength: configuration.maxPositions)
    }

    init(headDim: Int, base: Double, scaling: RotaryScaling, trainedLength: Int) {
        self.headDim = headDim
        self.base = base
        self.scaling = scaling
        self.trainedLength = trainedLength
        shared = Mutex(nil)
    }

    /// Whether angles depend on the longest length a sequence has seen.
    var dependsOnLength: Bool { if case .dynamic = scaling { true } else { false } }

    /// A table of at least `length` positions, for sequences not longer than the trained length or whose
    /// scaling does not depend on it.
    func table(covering length: Int) -> RotaryTable {
        shared.withLock { table in
            if let table, table.positions >= length { return table }
            var capacity = max(256, table?.positions ?? 0)
            while capacity < length { capacity += capacity / 2 }
            let grown = makeTable(positions: capacity, length: min(capacity, trainedLength))
            table = grown
            return grown
        }
    }

    /// The table of a sequence that has seen `length` positions, where `dependsOnLength`.
    func table(seen length: Int) -> RotaryTable {
        length <= trainedLength ? table(covering: length) : makeTable(positions: length, length: length)
    }

    /// Inverse frequencies, `[headDim / 2]`, for a sequence of `length` positions, and the factor that
    /// cosines and sines carry.
    func frequencies(length: Int) -> (inverse: [Float], scale: Float) {
        let half = headDim / 2
        func plain(_ base: Double) -> [Float] {
            (0..<half).map { index in
                1 / Float(pow(base, Double(Float(2 * index) / Float(headDim))))
            }
        }
        let ordinary = plain(base)
        switch scaling {
        case .none, .linear:
            return (ordinary, 1)
        case .dynamic(let factor):
            guard length > trainedLength else { return (ordinary, 1) }
            let stretch = factor * Double(length) / Double(trainedLength) - (factor - 1)
            return (plain(base * pow(stretch, Double(headDim) / Double(headDim - 2))), 1)
        case .yarn(let factor):
            func dimension(_ rotations: Double) -> Double {
                Double(half) * log(Double(trainedLength) / (2 * .pi * rotations)) / log(base)
            }
            let fast = max(dimension(128).rounded(.down), 0)
            var slow = min(dimension(2).rounded(.up), Double(headDim - 1))
            if slow == fast { slow += 0.001 }
            let mixed = ordinary.enumerated().map { index, frequency in
                let keep = 1 - Float(min(max((Double(index) - fast) / (slow - fast), 0), 1))
                return frequency * keep + frequency / Float(factor) * (1 - keep)
            }
            return (mixed, factor > 1 ? Float(0.07 * log(factor) + 1) : 1)
        case .llama3(let factor, let originalLength, let low, let high):
            let mixed = ordinary.map { frequency -> Float in
                let wavelength = 2 * Double.pi / Double(frequency)
                let turns = Double(originalLength) / wavelength
                if turns > high { return frequency }
                if turns < low { return frequency / Float(factor) }
                let smooth = Float((turns - low) / (high - low))
                return (1 - smooth) * frequency / Float(factor) + smooth * frequency
            }
            return (mixed, 1)
        }
    }

    private func makeTable(positions: Int, length: Int) -> RotaryTable {
        let (inverse, scale) = frequencies(length: length)
        var divisor: Float = 1
        if case .linear(let factor) = scaling { divisor = Float(factor) }
        var cosines: [Float] = []
        var sines: [Float] = []
        cosines.reserveCapacity(positions * inverse.count)
        sines.reserveCapacity(positions * inverse.count)
        for position in 0..<positions {
            for frequency in inverse {
                let angle = Double(Float(position) / divisor * frequency)
                cosines.append(Float(cos(angle)) * scale)
                sines.append(Float(sin(angle)) * scale)
            }
        }
        return RotaryTable(headDim: headDim, cosines: cosines, sines: sines)
    }
}
