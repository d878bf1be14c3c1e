import BeaconModel
import CacheStorage
import ContextCaching
import Foundation
import Synchronization
import SystemPackage
import Tensors
import Testing

@testable import Answering

/// Questions are got ready on threads of their own, beside answers that are being made.
struct AnswerPreparationTests {
    private static let choice = ContextChoice(unit: .document)

    private static var options: Answerer.Options {
        var options = Answerer.Options()
        options.maxTokens = 16
        return options
    }

    /// An answerer whose computations two threads share.
    private func withAnswerer(_ body: (StoreAnswerer) throws -> Void) throws {
        let library = try BerthLibrary()
        try library.inTemporaryDirectory { directory in
            let made = try library.answerer(directory.appending("store"), main: 2, fine: nil, .windows(1))
            try body(
                StoreAnswerer(
                    store: made.store, collection: "c", loaded: library.loaded, normaliser: "n",
                    context: ComputeContext(threads: 2)))
        }
    }

    private func question(_ number: Int, isWhole: Bool) -> Question {
        Question("Who keeps berth \(number)?", documents: isWhole ? ["berths"] : nil)
    }

    private func same(_ answer: Answer, _ expected: Answer) -> Bool {
        var (answer, expected) = (answer, expected)
        (answer.seconds, expected.seconds) = (Answer.Seconds(), Answer.Seconds())
        return answer == expected && !answer.tokens.isEmpty
    }

    /// An answer is made from its first token to its last while the restoring for another question stands still, and
    /// what is being restored counts as used.
    @Test func othersGoOnWhileOneIsRestored() throws {
        try withAnswerer { answerer in
            let free = AnswerPreparation()
            let whole = try free.choose(question(7, isWhole: true), of: answerer, Self.choice)
            let size = try free.restore(whole).memory.size
            let preparation = AnswerPreparation(sharedBytes: 0, memoryBytes: size + size / 2)
            let batch = AnswerBatch(answerer.loaded, context: answerer.context)
            let short = question(3, isWhole: false)
            _ = batch.join(
                try preparation.prepare(short, of: answerer, choice: ContextChoice(), options: Self.options))
            let used = preparation.shared.used
            let (stands, goesOn, isDone) = (Gate(), Gate(), Gate())
            let calls = Mutex(0)
            let result = Mutex<Result<PreparedAnswer, any Error>?>(nil)
            Thread.detachNewThread {
                let prepared = Result {
                    let restored = try preparation.restore(whole) {
                        // The third time, room has been made.
                        guard
                            calls.withLock({
                                $0 += 1
                                return $0 == 3
                            })
                        else { return }
                        stands.open()
                        goesOn.wait()
                    }
                    return try preparation.read(restored, options: Self.options)
                }
                result.withLock { $0 = prepared }
                isDone.open()
            }
            stands.wait()
            #expect(preparation.shared.used >= used + size * 9 / 10)
            let other = try preparation.choose(question(9, isWhole: true), of: answerer, Self.choice)
            #expect(throws: AnsweringError.self) { try preparation.restore(other) }
            var answers: [Answer] = []
            while batch.count > 0 { answers += try batch.step().map { try $0.result.get().complete() } }
            goesOn.open()
            isDone.wait()
            _ = batch.join(try #require(try result.withLock { try $0?.get() }))
            while batch.count > 0 { answers += try batch.step().map { try $0.result.get().complete() } }
            let expected = [
                try answerer.answer(short, choice: ContextChoice(), options: Self.options),
                try answerer.answer(question(7, isWhole: true), choice: Self.choice, options: Self.options),
            ]
            #expect(answers.count == 2 && zip(answers, expected).allSatisfy(same))
            #expect(preparation.shared.used == 0)
        }
    }

    /// A restoring stops between any two pieces of its work when nobody waits for it, and leaves nothing behind.
    @Test func restoringStops() throws {
        struct Gone: Error {}
        try withAnswerer { answerer in
            let preparation = AnswerPreparation()
            let chosen = try preparation.choose(question(7, isWhole: true), of: answerer, Self.choice)
            var calls = 0
            _ = try AnswerPreparation().restore(chosen) { calls += 1 }
            #expect(calls > 3)
            for last in 1...calls {
                var left = last
                #expect(throws: Gone.self) {
                    try preparation.restore(chosen) {
                        left -= 1
                        if left == 0 { throw Gone() }
                    }
                }
                #expect(preparation.shared.used == 0)
                #expect(preparation.find(chosen) == nil)
            }
            let restored = try preparation.restore(chosen)
            #expect(preparation.find(chosen)?.memory === restored.memory)
            #expect(throws: Gone.self) {
                try preparation.read(restored, options: Self.options) { throw Gone() }
            }
        }
    }

    /// Questions that are got ready on several threads at once, while others are being answered, get the answers that they
    /// get alone, in whichever order they come.
    @Test func answersDoNotDependOnWhatHappensBeside() throws {
        try withAnswerer { answerer in
            let questions = (0..<12).map { question($0 * 2, isWhole: $0 % 3 == 0) }
            func choice(_ number: Int) -> ContextChoice { number % 3 == 0 ? Self.choice : ContextChoice() }
            let preparation = AnswerPreparation(sharedBytes: 0)
            let ready = Mutex<[(Int, PreparedAnswer)]>([])
            let failures = Mutex<[any Error]>([])
            let next = Mutex(0)
            let arrived = Gate()
            for _ in 0..<3 {
                Thread.detachNewThread {
                    while true {
                        let number = next.withLock { next in
                            defer { next += 1 }
                            return next
                        }
                        guard number < questions.count else { return }
                        do {
                            let prepared = try preparation.prepare(
                                questions[number], of: answerer,
                                choice: number % 3 == 0 ? Self.choice : ContextChoice(), options: Self.options
                            )
                            ready.withLock { $0.append((number, prepared)) }
                        } catch {
                            failures.withLock { $0.append(error) }
                        }
                        arrived.open()
                    }
                }
            }
            let batch = AnswerBatch(answerer.loaded, context: answerer.context)
            var places: [Int: Int] = [:]
            var answers: [Int: Answer] = [:]
            while answers.count < questions.count, failures.withLock({ $0.isEmpty }) {
                if batch.count == 0 { arrived.wait() }
                for (number, prepared) in ready.withLock({ ready in
                    defer { ready = [] }
                    return ready
                }) {
                    places[batch.join(prepared)] = number
                }
                for item in batch.step() {
                    answers[try #require(places[item.number])] = try item.result.get().complete()
                }
            }
            #expect(failures.withLock { $0.map { "\($0)" } } == [])
            for (number, answer) in answers {
                let expected = try answerer.answer(
                    questions[number], choice: choice(number), options: Self.options)
                #expect(same(answer, expected), "question \(number)")
            }
        }
    }
}

/// Lets one thread wait for another.
private struct Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func open() { semaphore.signal() }

    func wait() { semaphore.wait() }
}
