import Testing

@testable import Tensors

@Suite struct AttentionTests {
    struct Shape: Sendable, CustomStringConvertible {
        var inputs: Int
        var memory: Int
        var heads: Int
        var kvHeads: Int
        var headDim: Int
        var description: String { "\(inputs) after \(memory), \(heads)/\(kvHeads) heads of \(headDim)" }
    }

    static let shapes: [Shape] = [
        Shape(inputs: 1, memory: 0, heads: 2, kvHeads: 1, headDim: 8),
        Shape(inputs: 1, memory: 300, heads: 4, kvHeads: 2, headDim: 16),
        Shape(inputs: 5, memory: 20, heads: 4, kvHeads: 4, headDim: 32),
        Shape(inputs: 33, memory: 230, heads: 6, kvHeads: 2, headDim: 64),
        Shape(inputs: 20, memory: 7, heads: 3, kvHeads: 3, headDim: 80),
        Shape(inputs: 9, memory: 250, heads: 7, kvHeads: 1, headDim: 128),
        Shape(inputs: 2, memory: 2100, heads: 2, kvHeads: 1, headDim: 8),
    ]

    struct Sample {
        let queries: [[Float]]
        let keys: [[Float]]
        let values: [[Float]]

        init(queries: [[Float]], keys: [[Float]], values: [[Float]]) {
            self.queries = queries
            self.keys = keys
            self.values = values
        }

        init(_ shape: Shape) {
            var random = Random(seed: UInt64(shape.inputs * 31 + shape.memory + shape.headDim))
            let total = shape.inputs + shape.memory
            queries = (0..<shape.inputs).map { _ in random.floats(shape.heads * shape.headDim).map { $0 * 4 }
            }
            keys = (0..<total).map { _ in random.floats(shape.kvHeads * shape.headDim) }
            values = (0..<total).map { _ in random.floats(shape.kvHeads * shape.headDim) }
        }
    }

    func heads(_ tokens: [[Float]], _ shape: Shape, _ storage: HeadStorage = .f32) -> HeadMatrix {
        let result = HeadMatrix(heads: shape.kvHeads, headDim: shape.headDim, capacity: 3, storage: storage)
        result.append(values: tokens.flatMap { $0 })
        return result
    }

    func attend(
        _ sample: Sample, _ shape: Shape, mask: AttentionMask = .causal, storage: HeadStorage = .f32,
        mass: inout [Float]?, using context: ComputeContext
    ) -> [[Float]] {
        let attention = Attention(heads: shape.heads, kvHeads: shape.kvHeads, headDim: shape.headDim)
        let output = Matrix(rows: sample.queries.count, columns: shape.heads * shape.headDim)
        attention.apply(
            queries: matrix(sample.queries), inputs: sample.queries.count,
            keys: heads(sample.keys, shape, storage),
            values: heads(sample.values, shape, storage), mask: mask, into: output, mass: &mass,
            using: context)
        return allRows(output)
    }

    @Test(arguments: InstructionSet.available, shapes)
    func causalAttentionEqualsTheReference(_ set: InstructionSet, _ shape: Shape) {
        let sample = Sample(shape)
        let reference = ReferenceOperations.attend(
            queries: sample.queries, keys: sample.keys, values: sample.values, heads: shape.heads,
            kvHeads: shape.kvHeads, headDim: shape.headDim
        ) { row, key in key <= shape.memory + row }
        let context = ComputeContext(threads: 2, instructionSet: set)
        var none: [Float]?
        var mass: [Float]? = [Float](repeating: 0, count: sample.keys.count)
        let output = attend(sample, shape, mass: &none, using: context)
        #expect(attend(sample, shape, mass: &mass, using: context) == output)
        for row in 0..<shape.inputs { #expect(relativeError(output[row], reference.output[row]) < 3e-6) }
        #expect(relativeError(mass ?? [], reference.mass) < 3e-6)
        let halves = attend(sample, shape, storage: .f16, mass: &none, using: context)
        for row in 0..<shape.inputs { #expect(relativeError(halves[row], reference.output[row]) < 1e-2) }
    }

    /// Keys and values in two pieces give the same bits as in one.
    @Test(arguments: InstructionSet.available, shapes)
    func sharedKeysGiveTheSameBits(_ set: InstructionSet, _ shape: Shape) {
        let sample = Sample(shape)
        let attention = Attention(heads: shape.heads, kvHeads: shape.kvHeads, headDim: shape.headDim)
        let context = ComputeContext(threads: 2, instructionSet: set)
        for storage in HeadStorage.allCases {
            func run(_ make: ([[Float]]) -> HeadMatrix) -> ([[Float]], [Float]?) {
                var mass: [Float]? = [Float](repeating: 0, count: sample.keys.count)
                let output = Matrix(rows: shape.inputs, columns: shape.heads * shape.headDim)
                attention.apply(
                    queries: matrix(sample.queries), inputs: shape.inputs, keys: make(sample.keys),
                    values: make(sample.values), mask: .causal, into: output, mass: &mass, using: context)
                return (allRows(output), mass)
            }
            let whole = run { heads($0, shape, storage) }
            let inTwo = run { tokens in
                let first = heads(Array(tokens[..<shape.memory]), shape, storage)
                let copy = HeadMatrix(
                    heads: first.heads, headDim: first.headDim, capacity: 1, storage: storage)
                copy.begin(with: first.share())
                copy.append(values: tokens[shape.memory...].flatMap { $0 })
                #expect(copy.sharedCount == shape.memory / 16 * 16)
                return copy
            }
            #expect(whole.0 == inTwo.0)
            #expect(whole.1 == inTwo.1)
        }
    }

    /// Weights that are no numbers must not give an answer that looks like one.
    @Test(arguments: InstructionSet.available)
    func whatIsNoNumberStaysNone(_ set: InstructionSet) {
        let shape = Shape(inputs: 3, memory: 600, heads: 2, kvHeads: 2, headDim: 16)
        let context = ComputeContext(threads: 2, instructionSet: set)
        var none: [Float]?
        let sample = Sample(shape)
        for key in [0, 5, 300, 599] {
            var damaged = sample.keys
            damaged[key][3] = .nan
            let sample = Sample(queries: sample.queries, keys: damaged, values: sample.values)
            let output = attend(sample, shape, mass: &none, using: context)
            // The first head reads the damaged key, the second does not.
            for row in output { #expect(row.indices.allSatisfy { row[$0].isNaN == ($0 < 16) }) }
        }
        let queries = sample.queries.map { $0.map { _ in Float.nan } }
        let all = Sample(queries: queries, keys: sample.keys, values: sample.values)
        let outputs = attend(all, shape, mass: &none, using: context).joined()
        #expect(outputs.allSatisfy { $0.isNaN })
    }

    @Test(arguments: InstructionSet.available)
    func explicitMasksEqualTheReference(_ set: InstructionSet) {
        let shape = Shape(inputs: 37, memory: 270, heads: 4, kvHeads: 2, headDim: 16)
        let sample = Sample(shape)
        let total = shape.inputs + shape.memory
        var random = Random(seed: 5)
        let bits = (0..<shape.inputs * total).map { $0 % total == 0 || random.next() % 3 == 0 }
        let reference = ReferenceOperations.attend(
            queries: sample.queries, keys: sample.keys, values: sample.values, heads: 4, kvHeads: 2,
            headDim: 16
        ) { row, key in bits[row * total + key] }
        var mass: [Float]? = [Float](repeating: 0, count: total)
        let output = attend(
            sample, shape, mask: .explicit(bits), mass: &mass,
            using: ComputeContext(threads: 2, instructionSet: set))
        for row in 0..<shape.inputs { #expect(relativeError(output[row], reference.output[row]) < 3e-6) }
        #expect(relativeError(mass ?? [], reference.mass) < 3e-6)
    }

    @Test(arguments: InstructionSet.available)
    func aRowDoesNotDependOnTheRowsBesideItNorOnThreads(_ set: InstructionSet) {
        let shape = Shape(inputs: 40, memory: 2300, heads: 3, kvHeads: 1, headDim: 16)
        let sample = Sample(shape)
        var mass: [Float]? = [Float](repeating: 0, count: sample.keys.count)
        let all = attend(sample, shape, mass: &mass, using: ComputeContext(threads: 1, instructionSet: set))
        for threads in [2, 5] {
            let context = ComputeContext(threads: threads, instructionSet: set)
            var other: [Float]? = [Float](repeating: 0, count: sample.keys.count)
            #expect(attend(sample, shape, mass: &other, using: context) == all)
            #expect(other == mass)
        }
        for row in [0, 17, 39] {
            var one = shape
            one.inputs = 1
            one.memory = shape.memory + row
            let total = one.memory + 1
            let part = SamplePart(sample, row: row, total: total)
            var none: [Float]?
            let attention = Attention(heads: 3, kvHeads: 1, headDim: 16)
            let output = Matrix(rows: 1, columns: 48)
            attention.apply(
                queries: matrix([part.query]), inputs: 1, keys: heads(part.keys, one),
                values: heads(part.values, one),
                mask: .causal, into: output, mass: &none,
                using: ComputeContext(threads: 2, instructionSet: set))
            #expect(output.row(0) == all[row])
        }
    }

    @Test func someRowsAreWhatTheyAreAmongAll() {
        let shape = Shape(inputs: 30, memory: 10, heads: 4, kvHeads: 2, headDim: 16)
        let sample = Sample(shape)
        let context = ComputeContext(threads: 2)
        let total = 40
        let causal = (0..<30 * total).map { $0 % total <= 10 + $0 / total }
        var none: [Float]?
        let all = attend(sample, shape, mass: &none, using: context)
        for mask in [AttentionMask.causal, .explicit(causal)] {
            let output = Matrix(rows: 30, columns: 64)
            Attention(heads: 4, kvHeads: 2, headDim: 16).apply(
                queries: matrix(sample.queries), inputs: 30, rows: 7..<19, keys: heads(sample.keys, shape),
                values: heads(sample.values, shape), mask: mask, into: output, mass: &none, using: context)
            for row in 0..<30 {
                #expect(output.row(row) == (7..<19 ~= row ? all[row] : [Float](repeating: 0, count: 64)))
            }
        }
    }

    struct SamplePart {
        let query: [Float]
        let keys: [[Float]]
        let values: [[Float]]

        init(_ sample: Sample, row: Int, total: Int) {
            query = sample.queries[row]
            keys = Array(sample.keys[..<total])
            values = Array(sample.values[..<total])
        }
    }

    @Test func manyRowsWithMassAreTakenInParts() {
        // 48 heads and 9,000 columns: more probabilities than are kept at once.
        let shape = Shape(inputs: 60, memory: 8940, heads: 48, kvHeads: 1, headDim: 8)
        let sample = Sample(shape)
        let context = ComputeContext(threads: 2)
        var none: [Float]?
        var mass: [Float]? = [Float](repeating: 0, count: sample.keys.count)
        let output = attend(sample, shape, mass: &mass, using: context)
        #expect(attend(sample, shape, mass: &none, using: context) == output)
        let sum = (mass ?? []).reduce(0.0) { $0 + Double($1) }
        #expect(abs(sum - 60 * 48) < 0.05)
    }

    @Test func aRowThatSeesNothingIsZero() {
        let shape = Shape(inputs: 2, memory: 0, heads: 1, kvHeads: 1, headDim: 8)
        var none: [Float]?
        let output = attend(
            Sample(shape), shape, mask: .explicit([false, false, true, true]), mass: &none,
            using: ComputeContext(threads: 1))
        #expect(output[0].allSatisfy { $0 == 0 } && output[1].allSatisfy { $0.isFinite })
    }
}
