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

    /// Copies read what is shared in place; one that writes has its own, and nobody else notices.
    @Test(arguments: HeadStorage.allCases, [0, 5, 16, 37, 64])
    func copiesShareUntilTheyWrite(_ storage: HeadStorage, _ count: Int) {
        var random = Random(seed: 4)
        let tokens = (0..<count + 40).map { _ in random.floats(2 * 8).map { Float(Float16($0)) } }
        func joined(_ tokens: some Sequence<[Float]>) -> [Float] { tokens.flatMap { $0 } }
        let first = HeadMatrix(heads: 2, headDim: 8, storage: storage)
        first.append(values: joined(tokens[..<count]))
        let start = first.share()
        #expect(first.sharedCount == count / 16 * 16 && start.count == count)
        #expect(first.values(0..<count) == joined(tokens[..<count]))
        func copy() -> HeadMatrix {
            let copy = HeadMatrix(heads: 2, headDim: 8, capacity: 1, storage: storage)
            copy.begin(with: start)
            return copy
        }
        let appended = copy()
        appended.append(values: joined(tokens[count...]))
        #expect(appended.sharedCount == first.sharedCount)
        #expect(appended.values(0..<count + 40) == joined(tokens))
        for place in [0, 15, 16, 31, 36] where place < count {
            let written = copy()
            written.replace(place..<place + 1, values: tokens[count])
            #expect(written.sharedCount == place / 16 * 16 || written.sharedCount == first.sharedCount)
            #expect(
                written.values(0..<count)
                    == joined(tokens[..<place] + [tokens[count]] + tokens[(place + 1)..<count]))
            let chosen = copy()
            chosen.select([count - 1, place], from: place)
            chosen.append(values: tokens[count])
            #expect(
                chosen.values(0..<place + 3)
                    == joined(tokens[..<place] + [tokens[count - 1], tokens[place], tokens[count]]))
            let cut = copy()
            cut.resize(to: place)
            cut.append(values: joined(tokens[count...]))
            #expect(cut.values(0..<place + 40) == joined(tokens[..<place] + tokens[count...]))
            let rest = appended.suffix(from: place)
            rest.append(values: tokens[0])
            #expect(rest.sharedCount == 0)
            #expect(rest.values(0..<rest.count) == joined(tokens[place...] + [tokens[0]]))
        }
        appended.share()
        #expect(appended.sharedCount == (count + 40) / 16 * 16)
        #expect(appended.values(0..<count + 40) == joined(tokens))
        #expect(first.values(0..<count) == joined(tokens[..<count]))
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
