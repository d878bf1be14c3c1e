import CKernels
import Testing

@testable import Tensors

@Suite struct LinearWeightsTests {
    struct Shape: Sendable, CustomStringConvertible {
        var rows: Int
        var outputs: Int
        var inputs: Int
        var description: String { "\(rows) x \(outputs) x \(inputs)" }
    }

    /// Tails in every dimension: rows beside tiles, outputs beside panels, inputs beside words, groups and blocks.
    static let shapes: [Shape] = [
        Shape(rows: 1, outputs: 384, inputs: 128), Shape(rows: 1, outputs: 5, inputs: 3),
        Shape(rows: 2, outputs: 33, inputs: 688), Shape(rows: 3, outputs: 48, inputs: 65),
        Shape(rows: 5, outputs: 100, inputs: 257), Shape(rows: 7, outputs: 70, inputs: 129),
        Shape(rows: 8, outputs: 17, inputs: 1030), Shape(rows: 13, outputs: 31, inputs: 640),
        Shape(rows: 15, outputs: 384, inputs: 66), Shape(rows: 16, outputs: 20, inputs: 2051),
        Shape(rows: 29, outputs: 64, inputs: 128), Shape(rows: 70, outputs: 47, inputs: 384),
    ]

    struct Sample {
        let input: Matrix
        let weights: [Float]
        let bias: [Float]
        let reference: [[Double]]

        init(_ shape: Shape, bias hasBias: Bool = true, weights given: [Float]? = nil) {
            var random = Random(seed: UInt64(shape.rows * 1000 + shape.outputs * 7 + shape.inputs))
            let rows = (0..<shape.rows).map { _ in random.floats(shape.inputs) }
            let drawn = random.floats(shape.outputs * shape.inputs)
            let weights = given ?? drawn
            let bias = random.floats(shape.outputs)
            input = matrix(rows)
            self.weights = weights
            self.bias = bias
            reference = rows.map {
                ReferenceOperations.multiply(
                    $0, weights: weights, outputs: shape.outputs, bias: hasBias ? bias : nil)
            }
        }
    }

    func multiply(
        _ weights: LinearWeights, _ input: Matrix, rows: Range<Int>? = nil, into result: Matrix? = nil,
        adding: Bool = false, using context: ComputeContext
    ) -> Matrix {
        let result = result ?? Matrix(rows: input.rows, columns: weights.outputs)
        let prepared = ActivationInput(columns: weights.inputs)
        prepared.prepare(input, rows: input.rows, using: context)
        weights.multiply(prepared, rows: rows ?? 0..<input.rows, into: result, adding: adding, using: context)
        return result
    }

    @Test(arguments: InstructionSet.available, shapes)
    func productsEqualTheReference(_ set: InstructionSet, _ shape: Shape) {
        let context = ComputeContext(threads: 2, instructionSet: set)
        let sample = Sample(shape, bias: true)
        let limits: [(WeightFormat, Double)] = [(.f32, 2e-6), (.bf16, 1.5e-2), (.int8, 3e-2)]
        for (format, limit) in limits {
            let weights = LinearWeights(
                outputs: shape.outputs, inputs: shape.inputs, weights: sample.weights, bias: sample.bias,
                format: format)
            let result = multiply(weights, sample.input, using: context)
            for row in 0..<shape.rows {
                #expect(relativeError(result.row(row), sample.reference[row]) < limit, "\(format) row \(row)")
            }
        }
    }

    /// bf16 dot instructions, which are the default only where they are fast.
    @Test(.enabled(if: pharos_kernels_for(PHAROS_AVX512_BF16_PAIRS) != nil), arguments: shapes)
    func bf16PairsEqualTheReference(_ shape: Shape) throws {
        let kernels = try #require(pharos_kernels_for(PHAROS_AVX512_BF16_PAIRS))
        let context = ComputeContext(threads: 2, kernels: kernels)
        let sample = Sample(shape, bias: true)
        let halves = sample.weights.map { UInt16($0.bitPattern >> 16) }
        let reference = Sample(shape, weights: halves.map { Float(bitPattern: UInt32($0) << 16) }).reference
        final class Mapping {}
        for mapping in [nil, Mapping()] {
            let weights = LinearWeights(
                outputs: shape.outputs, inputs: shape.inputs, bytes: halves.span.bytes, element: .bf16,
                mapping: mapping, inPlace: true, bias: sample.bias, format: .bf16)
            let result = multiply(weights, sample.input, using: context)
            for row in 0..<shape.rows {
                #expect(relativeError(result.row(row), reference[row]) < 1.5e-2)
            }
        }
    }

    @Test(arguments: InstructionSet.available)
    func addsToWhatIsThere(_ set: InstructionSet) {
        let context = ComputeContext(threads: 1, instructionSet: set)
        let shape = Shape(rows: 9, outputs: 39, inputs: 300)
        let sample = Sample(shape, bias: true)
        for bias in [nil, sample.bias] {
            let weights = LinearWeights(outputs: 39, inputs: 300, weights: sample.weights, bias: bias)
            let plain = multiply(weights, sample.input, using: context)
            let result = Matrix(rows: 9, columns: 39)
            for row in 0..<9 { result.setRow(row, to: [Float](repeating: 1, count: 39)) }
            _ = multiply(weights, sample.input, rows: 2..<7, into: result, adding: true, using: context)
            for row in 0..<9 {
                let expected = plain.row(row).map { 2..<7 ~= row ? Double($0) + 1 : 1 }
                #expect(relativeError(result.row(row), expected) < 1e-6)
            }
        }
    }

    @Test(arguments: InstructionSet.available, WeightFormat.allCases)
    func aRowDoesNotDependOnTheRowsBesideItNorOnThreads(_ set: InstructionSet, _ format: WeightFormat) {
        let shape = Shape(rows: 41, outputs: 150, inputs: 1100)
        let sample = Sample(shape, bias: false)
        let serial = ComputeContext(threads: 1, instructionSet: set)
        let parallel = ComputeContext(threads: 3, instructionSet: set)
        let weights = LinearWeights(
            outputs: shape.outputs, inputs: shape.inputs, weights: sample.weights, format: format)
        let all = allRows(multiply(weights, sample.input, using: serial))
        #expect(allRows(multiply(weights, sample.input, using: parallel)) == all)
        for rows in [0..<1, 5..<7, 40..<41, 3..<12, 20..<41] {
            let part = multiply(weights, sample.input, rows: rows, using: parallel)
            for row in rows { #expect(part.row(row) == all[row]) }
        }
    }

    @Test(arguments: InstructionSet.available, [1, 4, 33])
    func mappedWeightsGiveWhatPackedOnesGive(_ set: InstructionSet, _ rows: Int) {
        let context = ComputeContext(threads: 2, instructionSet: set)
        final class Mapping {}
        for (outputs, inputs) in [(70, 515), (16, 64), (33, 1031)] {
            let sample = Sample(Shape(rows: rows, outputs: outputs, inputs: inputs), bias: true)
            let halves = sample.weights.map { UInt16($0.bitPattern >> 16) }
            func check(_ bytes: RawSpan, _ element: WeightElement, _ format: WeightFormat) {
                let packed = LinearWeights(
                    outputs: outputs, inputs: inputs, bytes: bytes, element: element, mapping: nil,
                    bias: sample.bias, format: format)
                let mapped = LinearWeights(
                    outputs: outputs, inputs: inputs, bytes: bytes, element: element, mapping: Mapping(),
                    inPlace: true,
                    bias: sample.bias, format: format)
                #expect(mapped.residentBytes == 0 && packed.residentBytes > 0)
                let expected = allRows(multiply(packed, sample.input, using: context))
                let result = allRows(multiply(mapped, sample.input, using: context))
                // One or two rows meet bf16 weights in another order.
                if format == .f32 || rows > 2 {
                    #expect(result == expected)
                } else {
                    #expect(relativeError(result.flatMap(\.self), expected.joined().map(Double.init)) < 1e-6)
                }
            }
            check(sample.weights.span.bytes, .f32, .f32)
            check(halves.span.bytes, .bf16, .bf16)
        }
    }

    @Test func weightsThatAreNoNumbersAreNotRounded() {
        for set in InstructionSet.available {
            let context = ComputeContext(threads: 1, instructionSet: set)
            let sample = Sample(Shape(rows: 3, outputs: 37, inputs: 700), bias: false)
            for place in [0, 17, 699] {
                var values = sample.weights
                values[2 * 700 + place] = .nan
                let weights = LinearWeights(
                    outputs: 37, inputs: 700, weights: values, bias: nil, format: .int8, using: context)
                for row in allRows(multiply(weights, sample.input, using: context)) {
                    #expect(row.indices.allSatisfy { row[$0].isNaN == ($0 == 2) })
                }
            }
        }
    }

    @Test func quantizedRowsGiveWhatQuantizingAtLoadGives() {
        let context = ComputeContext(threads: 2)
        let sample = Sample(Shape(rows: 3, outputs: 37, inputs: 700), bias: true)
        let bytes = sample.weights.span.bytes
        for groupSize in [64, 128, 1024] {
            let atLoad = LinearWeights(
                outputs: 37, inputs: 700, weights: sample.weights, bias: sample.bias, format: .int8,
                groupSize: groupSize, using: context)
            let rows = QuantizedRows(
                quantizing: bytes, as: .f32, outputs: 37, inputs: 700, groupSize: groupSize, using: context)
            #expect(rows.values.allSatisfy { $0 >= -127 })
            let stored = LinearWeights(quantized: rows, bias: sample.bias)
            let mapped = LinearWeights(
                outputs: 37, inputs: 700, quantized: rows.values.span.bytes, scales: rows.scales,
                groupSize: groupSize, mapping: nil, bias: sample.bias, using: context)
            let expected = allRows(multiply(atLoad, sample.input, using: context))
            let panels = atLoad.withPanels { panels in
                let written = [UInt8](unsafeUninitializedCapacity: panels.byteCount) { target, count in
                    panels.withUnsafeBytes {
                        target.baseAddress?.update(from: $0.map { $0 }, count: $0.count)
                    }
                    count = panels.byteCount
                }
                return LinearWeights(
                    outputs: 37, inputs: 700, panels: written.span.bytes, mapping: nil, bias: sample.bias,
                    format: .int8, groupSize: groupSize)
            }
            #expect(panels.map { allRows(multiply($0, sample.input, using: context)) } == expected)
            #expect(allRows(multiply(stored, sample.input, using: context)) == expected)
            #expect(allRows(multiply(mapped, sample.input, using: context)) == expected)
        }
    }

    @Test(arguments: InstructionSet.available)
    func extremeValuesDoNotSaturate(_ set: InstructionSet) {
        let context = ComputeContext(threads: 1, instructionSet: set)
        let input = matrix([[Float](repeating: 1, count: 512), [Float](repeating: -1, count: 512)])
        let weights = (0..<16).flatMap { [Float](repeating: $0 % 2 == 0 ? 1 : -1, count: 512) }
        let result = multiply(
            LinearWeights(outputs: 16, inputs: 512, weights: weights, format: .int8), input, using: context)
        for row in 0..<2 {
            for output in 0..<16 {
                let expected: Float = (row + output) % 2 == 0 ? 512 : -512
                #expect(abs(result[row, output] - expected) < 0.01)
            }
        }
    }

    @Test func halfPrecisionCheckpointsAreRead() {
        let context = ComputeContext(threads: 1)
        let sample = Sample(Shape(rows: 2, outputs: 20, inputs: 90), bias: false)
        let halves = sample.weights.map { Float16($0).bitPattern }
        let weights = LinearWeights(
            outputs: 20, inputs: 90, bytes: halves.span.bytes, element: .f16, mapping: nil, format: .f32)
        let result = multiply(weights, sample.input, using: context)
        for row in 0..<2 { #expect(relativeError(result.row(row), sample.reference[row]) < 1e-3) }
    }
}
