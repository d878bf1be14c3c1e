internal import CKernels

/// Cosines and sines of rotary position embedding, one row of `headDim / 2` angles per position.
///
/// Rotate-half convention: the first half of a head turns with the second (RoFormer; reference §10).
/// Some scalings also multiply queries and keys by `scale`, which the table's values already contain.
public struct RotaryTable: Sendable {
    public let headDim: Int
    public private(set) var cosines: [Float]
    public private(set) var sines: [Float]

    /// - Parameters:
    ///   - cosines: `[positions, headDim / 2]`.
    ///   - sines: `[positions, headDim / 2]`.
    public init(headDim: Int, cosines: [Float], sines: [Float]) {
        precondition(headDim % 2 == 0 && cosines.count == sines.count && cosines.count % (headDim / 2) == 0)
        self.headDim = headDim
        self.cosines = cosines
        self.sines = sines
    }

    public var positions: Int { cosines.count / (headDim / 2) }

    func withView(_ body: (pharos_rotary) -> Void) {
        cosines.withUnsafeBufferPointer { cosines in
            sines.withUnsafeBufferPointer { sines in
                body(pharos_rotary(cosines: cosines.baseAddress, sines: sines.baseAddress))
            }
        }
    }
}
