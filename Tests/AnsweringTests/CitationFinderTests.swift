import BeaconModel
import BundledModel
import ContextCaching
import SystemPackage
import Tensors
import Testing

@testable import Answering

@Suite struct CitationFinderTests {
    @Test func sentencesAndLinesAreFoundByByte() {
        let index = SentenceIndex(Array("One two. Three!\nFour five".utf8))
        #expect(index.count == 3)
        #expect(index.bytes(of: 0) == 0..<8)
        #expect(index.bytes(of: 1) == 9..<15)
        #expect(index.bytes(of: 2) == 16..<25)
        #expect(index.sentence(at: 12) == 1)
        #expect(index.line(at: 12) == 1)
        #expect(index.line(at: 20) == 2)
    }

    /// Attention on entries becomes shares of sentences, split by bytes where a unit spans two.
    @Test func attentionBecomesQuotes() throws {
        let directory = try #require(BundledModel.directory)
        let model = try LanguageModel(directory: directory)
        let configuration = model.configuration
        let text = "Alpha is red. Beta is blue."
        let intervals = [0..<8, 8..<20, 20..<27].enumerated().map {
            Interval(tokens: $0.offset..<$0.offset + 1, bytes: $0.element)
        }
        let count = configuration.layers * 3 * configuration.kvHeads * configuration.headDim
        let zeros = [Float](repeating: 0, count: count)
        let part = ContextPart(
            document: "colours", sink: nil,
            entries: [
                StoredEntries(
                    MemoryBlock(
                        layers: configuration.layers, entries: 3, kvHeads: configuration.kvHeads,
                        headDim: configuration.headDim, keys: zeros, values: zeros))
            ],
            intervals: intervals, tail: nil, tokens: 3)
        let memory = try ContextMemory(
            [part], model: model, settings: configuration.beacon, context: ComputeContext(threads: 1))
        #expect(memory.reusedTokens == 3)
        let citations = CitationFinder(limit: 2).citations(
            attention: [0: 1, 1: 2, 2: 7],
            basis: AnswerBasis(
                memory, documents: [part.document], texts: ["colours": Array(text.utf8)]))
        #expect(citations.map(\.quote) == ["Beta is blue.", "Alpha is red."])
        #expect(citations[0].bytes == 14..<27)
        #expect(abs(citations[0].attention - (7 + 2 * 6.0 / 12) / 10) < 1e-9)
    }

    @Test func questionsAreSearchedByTheirTellingWords() {
        #expect(
            SearchQuery.words("What is the access code of the Gallow Reach depot?")
                == "access code Gallow Reach depot")
        #expect(SearchQuery.words("Who is it?") == "Who is it")
        #expect(SearchQuery.words("Which firmware does CS-5507 run?") == "firmware CS-5507 run")
    }
}
