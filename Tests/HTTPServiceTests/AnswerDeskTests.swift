import Answering
import Foundation
import Synchronization
import Testing

@testable import HTTPService

/// Newcomers do not hold up those who are being answered.
@Suite struct AnswerDeskTests {
    /// A question about all of a document; what it is answered from has to be restored.
    private func order(_ document: String, _ words: String, _ tokens: Int = 64) -> AnswerOrder {
        var order = AnswerOrder(
            collection: "yard", question: Question(words, documents: ["yard/\(document).txt"]),
            choice: ContextChoice(unit: .document))
        order.maxTokens = tokens
        return order
    }

    private func result(_ ticket: AnswerTicket) async throws -> Answer {
        for await event in ticket.events {
            switch event {
            case .text: continue
            case .answer(let answer): return answer
            case .failure(let error): throw error
            }
        }
        throw ServiceError.stopping
    }

    /// Nothing is restored until `open` is called.
    private struct Barrier: Sendable {
        private let semaphore = DispatchSemaphore(value: 0)

        init(_ desk: AnswerDesk) {
            let semaphore = semaphore
            let isTaken = desk.preparation.restoring.add { semaphore.wait() }
            #expect(isTaken)
        }

        func open() { semaphore.signal() }
    }

    /// While what one question needs is being restored, others come, are answered and go; one that nobody waits for any
    /// more is not restored; a desk that closes still answers what it has taken on.
    @Test func aRestoringHoldsUpNobody() async throws {
        let library = try Library.shared.get()
        let desk = try library.desk()
        let gate = "Who is the warden of the Varnish gate?"
        let expected = try library.answer(order("gates", gate))
        let first = try await result(desk.take(order("gates", gate)))
        #expect(first.text == expected.text && first.tokens == expected.tokens)
        let barrier = Barrier(desk)
        let scale = order("scales", "What is the Hobbin scale listed under?")
        let cold = try desk.take(scale)
        let unwanted = try desk.take(scale)
        for _ in 0..<3 {
            let answer = try await result(desk.take(order("gates", gate)))
            #expect(answer.text == expected.text && answer.citations == expected.citations)
        }
        #expect(desk.lengths.working == 2)
        unwanted.cancel()
        desk.close()
        barrier.open()
        let late = try await result(cold)
        #expect(late.tokens == (try library.answer(scale)).tokens)
        do {
            _ = try await result(unwanted)
            Issue.record("an answer that nobody waited for")
        } catch let error as ServiceError {
            #expect(error.code == "cancelled")
        }
        #expect(throws: ServiceError.self) { try desk.take(scale) }
    }

    /// A cache that cannot be restored fails those who ask about its document.
    @Test func aFailureIsOfItsOwn() async throws {
        let library = try Library()
        let desk = try library.desk()
        let barrier = Barrier(desk)
        let broken = try desk.take(order("gates", "Who is the warden?"))
        let sound = try desk.take(order("scales", "What is the warranty?"))
        try library.removeCache(of: "yard/gates.txt")
        barrier.open()
        await #expect(throws: ServiceError.self) { try await result(broken) }
        let expected = try library.answer(order("scales", "What is the warranty?"))
        #expect(try await result(sound).tokens == expected.tokens)
        #expect(desk.lengths == (0, 0))
        desk.close()
    }
}
