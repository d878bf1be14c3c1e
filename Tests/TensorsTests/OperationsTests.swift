import Foundation
import Testing

@testable import Tensors

@Suite struct OperationsTests {
    @Test(arguments: InstructionSet.available, [1, 3, 16, 40, 384, 688, 1025])
    func rowOperationsEqualTheReference(_ set: InstructionSet, _ columns: Int) {
        let context = ComputeContext(threads: 2, instructionSet: set)
        var random = Random(seed: UInt64(columns))
        let rows = (0..<70).map { _ in random.floats(columns).map { $0 * 9 } }
        let ups = (0..<70).map { _ in random.floats(columns) }
        let weight = random.floats(columns)
        let normed = Matrix(rows: 70, columns: columns)
        Operations.rmsNorm(
            matrix(rows), rows: 69, weight: weight, epsilon: 1e-6, into: normed, using: context)
        let gate = matrix(rows)
        Operations.siluMultiply(gate, matrix(ups), rows: 69, using: context)
        let sum = matrix(rows)
        Operations.add(matrix(ups), rows: 69, to: sum, using: context)
        for row in 0..<69 {
            let norm = ReferenceOperations.rmsNorm(rows[row], weight: weight, epsilon: 1e-6)
            #expect(relativeError(normed.row(row), norm) < 1e-6)
            let silu = ReferenceOperations.siluMultiply(rows[row], ups[row])
            #expect(relativeError(gate.row(row), silu) < 1e-6)
            #expect(sum.row(row) == zip(rows[row], ups[row]).map(+))
        }
        #expect(normed.row(69).allSatisfy { $0 == 0 } && gate.row(69) == rows[69] && sum.row(69) == rows[69])
    }

    @Test(arguments: InstructionSet.available)
    func siluOfExtremesIsFinite(_ set: InstructionSet) {
        let context = ComputeContext(threads: 1, instructionSet: set)
        let gate = matrix([[-1000, -100, -88, -20, 0, 20, 88, 100, 1000]])
        Operations.siluMultiply(gate, matrix([[Float](repeating: 1, count: 9)]), rows: 1, using: context)
        let expected: [Float] = [0, 0, 0, -4.1223072e-08, 0, 20, 88, 100, 1000]
        for (value, correct) in zip(gate.row(0), expected) { #expect(abs(value - correct) < 1e-6) }
    }

    @Test(arguments: InstructionSet.available, [8, 16, 32, 64, 80, 128])
    func rotationAndScatterEqualTheReference(_ set: InstructionSet, _ headDim: Int) {
        let context = ComputeContext(threads: 2, instructionSet: set)
        var random = Random(seed: UInt64(headDim))
        let angles = random.floats(50 * headDim / 2).map { Double($0) * 3 }
        let table = RotaryTable(
            headDim: headDim, cosines: angles.map { Float(cos($0)) }, sines: angles.map { Float(sin($0)) })
        let rows = (0..<40).map { _ in random.floats(3 * headDim) }
        let placements = (0..<40).map { RowPlacement(row: ($0 * 7 + 3) % 40, position: ($0 * 11) % 50) }
        let rotated = Matrix(rows: 40, columns: 3 * headDim)
        Operations.rotate(matrix(rows), placements: placements, table: table, into: rotated, using: context)
        let plain = HeadMatrix(heads: 3, headDim: headDim)
        plain.resize(to: 45)
        Operations.scatter(matrix(rows), placements: placements, into: plain, at: 5, using: context)
        let direct = HeadMatrix(heads: 3, headDim: headDim)
        direct.resize(to: 45)
        Operations.scatter(
            matrix(rows), placements: placements, rotatedBy: table, into: direct, at: 5, using: context)
        let later = HeadMatrix(heads: 3, headDim: headDim)
        later.resize(to: 42)
        var positions = [Int](repeating: 0, count: 40)
        for placement in placements { positions[placement.row] = placement.position }
        Operations.rotate(
            plain, tokens: 5..<45, positions: positions, table: table, into: later, at: 2, using: context)
        let inPlace = plain.suffix(from: 5)
        Operations.rotate(
            inPlace, tokens: 0..<40, positions: positions, table: table, into: inPlace, at: 0, using: context)
        #expect(inPlace.values(0..<40) == later.values(2..<42))
        let half = headDim / 2
        for (row, placement) in placements.enumerated() {
            let angles = placement.position * half..<(placement.position + 1) * half
            let expected = (0..<3).flatMap { head in
                ReferenceOperations.rotate(
                    Array(rows[row][head * headDim..<(head + 1) * headDim]),
                    cosines: Array(table.cosines[angles]),
                    sines: Array(table.sines[angles]))
            }
            let token = 5 + placement.row
            #expect(relativeError(rotated.row(placement.row), expected) < 1e-6)
            #expect(plain.values(token..<token + 1) == rows[row])
            #expect(relativeError(direct.values(token..<token + 1), expected) < 1e-6)
            #expect(relativeError(later.values(token - 3..<token - 2), expected) < 1e-6)
        }
    }

    @Test(arguments: InstructionSet.available, WeightFormat.allCases)
    func fusedPreparationEqualsSeparateSteps(_ set: InstructionSet, _ format: WeightFormat) {
        let context = ComputeContext(threads: 2, instructionSet: set)
        var random = Random(seed: 3)
        let gate = (0..<21).map { _ in random.floats(300) }
        let up = matrix((0..<21).map { _ in random.floats(300) })
        let norm = random.floats(300)
        let weights = LinearWeights(
            outputs: 33, inputs: 300, weights: random.floats(33 * 300), format: format)
        let input = ActivationInput(columns: 300)
        func product() -> [[Float]] {
            let result = Matrix(rows: 21, columns: 33)
            weights.multiply(input, rows: 0..<21, into: result, using: context)
            return allRows(result)
        }
        let normed = Matrix(rows: 21, columns: 300)
        Operations.rmsNorm(matrix(gate), rows: 21, weight: norm, epsilon: 1e-5, into: normed, using: context)
        input.prepare(normed, rows: 21, using: context)
        let separateNorm = product()
        input.prepare(normalizing: matrix(gate), rows: 21, weight: norm, epsilon: 1e-5, using: context)
        #expect(product() == separateNorm)
        let gated = matrix(gate)
        Operations.siluMultiply(gated, up, rows: 21, using: context)
        input.prepare(gated, rows: 21, using: context)
        let separateGate = product()
        input.prepare(gating: matrix(gate), up, rows: 21, using: context)
        #expect(product() == separateGate)
    }

    @Test(arguments: InstructionSet.available, WeightFormat.allCases)
    func gatedProductsEqualSeparateSteps(_ set: InstructionSet, _ format: WeightFormat) {
        for rows in [1, 21, 150] { checkGated(set, format, rows) }
    }

    func checkGated(_ set: InstructionSet, _ format: WeightFormat, _ rows: Int) {
        let context = ComputeContext(threads: 2, instructionSet: set)
        var random = Random(seed: UInt64(rows))
        let inner = 688
        func weights(_ outputs: Int, _ inputs: Int) -> LinearWeights {
            LinearWeights(
                outputs: outputs, inputs: inputs, weights: random.floats(outputs * inputs),
                bias: random.floats(outputs), format: format, groupSize: 64)
        }
        let (gate, up, down) = (weights(inner, 70), weights(inner, 70), weights(33, inner))
        let input = ActivationInput(columns: 70)
        let hidden = ActivationInput(columns: inner)
        input.prepare(matrix((0..<rows).map { _ in random.floats(70) }), rows: rows, using: context)
        let (gates, ups) = (Matrix(rows: rows, columns: inner), Matrix(rows: rows, columns: inner))
        gate.multiply(input, rows: 0..<rows, into: gates, using: context)
        up.multiply(input, rows: 0..<rows, into: ups, using: context)
        hidden.prepare(gating: gates, ups, rows: rows, using: context)
        let (separate, joined) = (Matrix(rows: rows, columns: 33), Matrix(rows: rows, columns: 33))
        down.multiply(hidden, rows: 0..<rows, into: separate, using: context)
        hidden.prepare(multiplying: input, gate: gate, up: up, for: down, using: context)
        down.multiply(hidden, rows: 0..<rows, into: joined, using: context)
        #expect(allRows(joined) == allRows(separate))
    }
}
