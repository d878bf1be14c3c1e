import Testing

@testable import Tokenization

/// Long runs give the same tokens as short ones, in linear time.
@Suite struct MergeTests {
    /// Merges by the rule alone: the lowest rank anywhere, leftmost first, one at a time.
    static func obvious(_ ids: [Int32], _ merges: MergeTable) -> [Int32] {
        var ids = ids
        while true {
            let ranks = ids.indices.dropLast().map { merges.ranks[ids[$0], ids[$0 + 1]] }
            guard let best = ranks.min(), best != PairTable.absent, let place = ranks.firstIndex(of: best)
            else {
                return ids
            }
            ids[place] = merges.results[Int(best)]
            ids.remove(at: place + 1)
        }
    }

    @Test func theFastWaysAreTheObviousWay() throws {
        let model = try Fixtures.tokenizer("llama2").pipeline.model
        var seed: UInt64 = 3
        for length in [2, 5, 20, 64, 65, 200, 400] {
            for letters in ["▁ter", "▁", "▁a the", "eorsnt▁"] {
                let units = Array(letters.unicodeScalars)
                var merger = SymbolMerger()
                var ids: [Int32] = []
                for index in 0..<length {
                    seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    let id = model.unit(of: units[Int(seed >> 33) % units.count].value)
                    ids.append(id)
                    merger.append(id, index)
                }
                merger.merge(model.merges)
                #expect(merger.ids == Self.obvious(ids, model.merges), "\(letters) \(length)")
            }
        }
    }

    @Test(arguments: Fixtures.kinds) func cuttingChangesNothing(kind: String) throws {
        let tokenizer = try Fixtures.tokenizer(kind)
        let text = String(repeating: "thewindowandtheothersofthecorpus", count: 40)
        let model = tokenizer.pipeline.model
        let start = model.isByteLevel ? [] : [model.unit(of: 0x2581)]
        let ids = start + text.unicodeScalars.map { model.unit(of: $0.value) }
        #expect(tokenizer.encode(text, addingSpecialTokens: false).ids == Self.obvious(ids, model.merges))
    }

    @Test(arguments: Fixtures.kinds) func unsplitTextTakesLinearTime(kind: String) throws {
        let tokenizer = try Fixtures.tokenizer(kind)
        for unit in ["a", " ", "\n", "the", "\u{1F600}", "e\u{301}"] {
            let text = String(repeating: unit, count: 5_000)
            let encoding = tokenizer.encode(text, addingSpecialTokens: false)
            #expect(encoding.ends.last == Int32(text.utf8.count))
        }
    }
}
