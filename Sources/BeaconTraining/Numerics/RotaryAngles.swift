internal import BeaconModel
import Foundation

/// Cosines and sines of rotary embedding, `[positions, headDim / 2]` each, in memory that passes share.
final class RotaryAngles: Sendable {
    let positions: Int
    let cosines: FloatStorage
    let sines: FloatStorage

    /// - Parameters:
    ///   - cosines: `[positions, headDim / 2]`.
    ///   - sines: the same shape.
    init(positions: Int, cosines: [Float], sines: [Float]) {
        precondition(cosines.count == sines.count)
        self.positions = positions
        self.cosines = FloatStorage(cosines)
        self.sines = FloatStorage(sines)
    }

    /// Unscaled angles: `position · theta^(−2i / headDim)`, tables in single precision (reference §10).
    convenience init(positions: Int, headDim: Int, theta: Double) {
        let half = headDim / 2
        var cosines = [Float](repeating: 0, count: positions * half)
        var sines = cosines
        for index in 0..<half {
            let frequency = Float(pow(theta, -2 * Double(index) / Double(headDim)))
            for position in 0..<positions {
                let angle = Float(position) * frequency
                cosines[position * half + index] = Float(cos(Double(angle)))
                sines[position * half + index] = Float(sin(Double(angle)))
            }
        }
        self.init(positions: positions, cosines: cosines, sines: sines)
    }
}

extension RotaryAngles {
    /// The angles that a model's configuration asks for, scaling included.
    ///
    /// - Throws: `ModelError` for angles that would change with the length.
    convenience init(_ configuration: ModelConfiguration, positions: Int) throws {
        let tables = try TrainingGeometry.rotaryAngles(configuration, positions: positions)
        let count = tables.cosines.count / (configuration.headDim / 2)
        self.init(positions: count, cosines: tables.cosines, sines: tables.sines)
    }
}
