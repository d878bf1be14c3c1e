import CKernels

@testable import Tensors

extension InstructionSet {
    /// What the set's kernels convert fp32 values to.
    func halves(of values: [Float]) -> [UInt16] {
        var result = [UInt16](repeating: 0, count: values.count)
        pharos_from_float(kernels, PHAROS_F16, values, &result, values.count)
        return result
    }

    func floats(of halves: [UInt16]) -> [Float] {
        var result = [Float](repeating: 0, count: halves.count)
        pharos_to_float(kernels, PHAROS_F16, halves, &result, halves.count)
        return result
    }
}
