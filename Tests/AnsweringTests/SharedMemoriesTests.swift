import BeaconModel
import CacheStorage
import ContextCaching
import SystemPackage
import Testing

@testable import Answering

/// What is restored for one question serves the others, and is counted once.
struct SharedMemoriesTests {
    private func withAnswerer(_ body: (StoreAnswerer) throws -> Void) throws {
        let library = try BerthLibrary()
        try library.inTemporaryDirectory { directory in
            try body(library.answerer(directory.appending("store"), main: 2, fine: nil, .document))
        }
    }

    /// A document, and one passage of it.
    private func pieces(
        _ answerer: StoreAnswerer
    ) throws -> (whole: [StoreAnswerer.Piece], part: [StoreAnswerer.Piece]) {
        let document = try answerer.store.document("berths", in: "c")
        let passage = try answerer.store.passages(of: document)[0]
        return ([.init(document: document)], [.init(document: document, passages: [passage])])
    }

    @Test func questionsReadOneMemory() throws {
        try withAnswerer { answerer in
            let pieces = [StoreAnswerer.Piece(document: try answerer.store.document("berths", in: "c"))]
            let shared = SharedMemories(limit: 64 << 20)
            let restored = try shared.take(pieces, answerer)
            #expect(shared.size == restored.size)
            let copies = try (0..<32).map { _ in
                let again = try shared.take(pieces, answerer)
                #expect(again === restored)
                return ContextMemory(again.context, context: answerer.context).sequence.memory
            }
            #expect(shared.size == restored.size)
            let own = copies.map(\.ownByteCount)
            let sharedBytes = copies[0].byteCount - own[0]
            #expect(own.allSatisfy { $0 < sharedBytes / 4 }, "\(own[0]) beside \(sharedBytes) bytes")
            #expect(sharedBytes < restored.size)
        }
    }

    /// What is too large to be kept is nevertheless there once for all questions that are being answered from it.
    @Test func whatIsInUseIsShared() throws {
        try withAnswerer { answerer in
            let (whole, part) = try pieces(answerer)
            let shared = SharedMemories(limit: 0)
            var first: SharedMemories.Restored? = try shared.take(whole, answerer)
            let other = try shared.take(part, answerer)
            #expect(try shared.take(whole, answerer) === first)
            #expect(other !== first && shared.size == 0)
            weak let before = first
            first = nil
            #expect(before == nil)
            #expect(try shared.take(part, answerer) === other)

            let few = SharedMemories(limit: other.size)
            weak let gone = try few.take(part, answerer)
            #expect(gone != nil && few.size == other.size)
            _ = try few.take(whole, answerer)
            #expect(gone != nil, "what is not kept drives nothing out")
        }
    }

    /// What would take up more than is allowed is refused before it is laid; what is kept gives way, what is in use stays.
    @Test func memoryIsBounded() throws {
        try withAnswerer { answerer in
            let (whole, part) = try pieces(answerer)
            let free = SharedMemories(limit: .max)
            let (large, small) = (try free.take(whole, answerer).size, try free.take(part, answerer).size)
            #expect(small < large)
            func refusal(
                _ pieces: [StoreAnswerer.Piece], _ memories: SharedMemories
            ) throws -> AnsweringError.Code? {
                do {
                    _ = try memories.take(pieces, answerer)
                    return nil
                } catch let error as AnsweringError {
                    return error.code
                }
            }

            let tight = SharedMemories(limit: .max, most: large + small / 2)
            weak let kept = try tight.take(part, answerer)
            #expect(kept != nil)
            var used: SharedMemories.Restored? = try tight.take(whole, answerer)
            #expect(kept == nil && tight.used == used?.size)
            #expect(try refusal(part, tight) == .busy)
            #expect(try tight.take(whole, answerer) === used)
            used = nil
            _ = try tight.take(part, answerer)

            let none = SharedMemories(limit: .max, most: large / 2)
            #expect(try refusal(whole, none) == .tooLarge)
            #expect(none.used == 0)
        }
    }

    /// A document that is named twice is laid once.
    @Test func aDocumentIsLaidOnce() throws {
        try withAnswerer { answerer in
            let choice = ContextChoice(unit: .document)
            let twice = Question("Who keeps berth 3?", documents: ["berths", "berths"])
            let pieces = try answerer.choose(twice, choice)
            #expect(pieces.count == 1)
        }
    }

    /// Answers side by side from one document are those that each question gets alone, kept or not.
    @Test(arguments: [0, 64 << 20]) func answersAreThoseOfEachAlone(_ limit: Int) throws {
        try withAnswerer { answerer in
            let questions = (0..<6).map {
                Question("Who keeps berth \($0 * 4)?", documents: ["berths"])
            }
            let choice = ContextChoice(unit: .document)
            var options = Answerer.Options()
            options.maxTokens = 16
            let preparation = AnswerPreparation(sharedBytes: limit)
            let batch = AnswerBatch(answerer.loaded, context: answerer.context)
            for question in questions {
                let prepared = try preparation.prepare(
                    question, of: answerer, choice: choice, options: options)
                _ = batch.join(prepared)
            }
            var answers: [Int: Answer] = [:]
            while batch.count > 0 {
                for item in batch.step() { answers[item.number] = try item.result.get().complete() }
            }
            for (number, question) in questions.enumerated() {
                var expected = try answerer.answer(question, choice: choice, options: options)
                var answer = try #require(answers[number])
                (answer.seconds, expected.seconds) = (Answer.Seconds(), Answer.Seconds())
                #expect(answer == expected)
                #expect(!answer.tokens.isEmpty && answer.reusedTokens > 0)
            }
        }
    }
}
