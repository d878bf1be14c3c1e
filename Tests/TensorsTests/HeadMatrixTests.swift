import Testing

@testable import Tensors

@Suite struct HeadMatrixTests {
    @Test(arguments: HeadStorage.allCases)
    func growsMovesAndCopies(_ storage: HeadStorage) {
        var random = Random(seed: 9)
        let tokens = (0..<200).map { _ in random.floats(3 * 20).map { Float(Float16($0)) } }
        let heads = HeadMatrix(heads: 3, headDim: 20, capacity: 2, storage: storage)
        for part in [0..<1, 1..<7, 7..<200] { heads.append(values: tokens[part].flatMap { $0 }) }
        #expect(heads.count == 200)
        #expect(heads.values(0..<200) == tokens.flatMap { $0 })
        heads.select([60, 50, 199], from: 5)
        #expect(
            heads.values(0..<8) == (tokens[0..<5] + [tokens[60], tokens[50], tokens[199]]).flatMap { $0 })
        heads.replace(4..<6, values: tokens[100..<102].flatMap { $0 })
        #expect(heads.values(3..<7) == ([tokens[3]] + tokens[100..<102] + [tokens[50]]).flatMap { $0 })
    }

    @Test(arguments: InstructionSet.available)
    func halvesRoundAsTheProcessorDoes(_ set: InstructionSet) {
        var random = Random(seed: 1)
        var values: [Float] = [
            0, -0, 1, 65504, 65519, 65520, 1e9, -.infinity, 6e-8, 3e-8, 2.98e-8, 6.1e-5, 1e-4,
        ]
        for _ in 0..<2000 {
            let scale = Float(sign: .plus, exponent: Int(random.next() % 44) - 27, significand: 1)
            values.append(random.floats(1)[0] * scale)
        }
        let expected = values.map { Float16($0).bitPattern }
        #expect(set.halves(of: values) == expected)
        #expect(set.floats(of: expected) == expected.map { Float(Float16(bitPattern: $0)) })
    }
}
