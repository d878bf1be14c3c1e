import Answering
import CacheStorage
import Hummingbird

/// Checks what is asked before it takes up a place in the queue, and carries answers to clients.
struct OrderDesk: Sendable {
    let desk: AnswerDesk
    let reading: StoreReading
    let connections: OpenConnections
    let settings: ServiceSettings

    /// A question about documents that are there.
    func order(question: String, collection: String?, documents: [String]?) async throws -> AnswerOrder {
        let limit = settings.limits.questionCharacters
        guard Self.isVisible(question) else {
            throw ServiceError(400, "bad-question", "the question is empty", parameter: "question")
        }
        guard question.unicodeScalars.count <= limit else {
            throw ServiceError(
                400, "bad-question", "the question is longer than \(limit) characters", parameter: "question")
        }
        let chosen = collection ?? settings.collection
        let name = try await reading.read { store in
            let names = try store.collections()
            let name: String
            if let chosen {
                name = chosen
            } else if names.count == 1 {
                name = names[0]
            } else {
                throw ServiceError.notFound(
                    names.isEmpty
                        ? "the store holds no documents" : "the store has several collections; name one",
                    code: "collection-not-found", parameter: "collection")
            }
            guard names.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else {
                throw ServiceError.notFound(
                    "the store has no such collection", code: "collection-not-found",
                    parameter: "collection")
            }
            for document in documents ?? [] where try store.findDocument(document, in: name) == nil {
                throw ServiceError.notFound(
                    "the collection has no document \"\(document)\"", code: "document-not-found",
                    parameter: "documents")
            }
            return name
        }
        return AnswerOrder(collection: name, question: Question(question, documents: documents))
    }

    /// Whether a text holds more than white space and controls; the set is that of the interface's description.
    static func isVisible(_ text: String) -> Bool {
        text.unicodeScalars.contains { scalar in
            switch scalar.value {
            case 0x00...0x20, 0x7f...0xa0, 0x1680, 0x2000...0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000:
                false
            default: true
            }
        }
    }

    /// The longest answer that a request may have.
    func clamp(_ tokens: Int) -> Int { min(tokens, settings.limits.answerTokens) }

    /// The whole answer; stops where the client goes away.
    func answer(_ order: AnswerOrder, _ context: ServiceContext) async throws -> Answer {
        let ticket = try desk.take(order)
        let watch = connections.watch(context.channel) { ticket.cancel() }
        defer { connections.forget(watch, of: context.channel) }
        for await event in ticket.events {
            switch event {
            case .text: continue
            case .answer(let answer): return answer
            case .failure(let error): throw error
            }
        }
        throw ServiceError.stopping
    }

    /// The answer piece by piece. Trouble before the first piece is thrown, so that it gets its own status.
    func stream(
        _ order: AnswerOrder, _ context: ServiceContext,
        _ text: @escaping @Sendable (AnswerTicket.Event) -> String
    ) async throws -> Response {
        let ticket = try desk.take(order)
        let watch = connections.watch(context.channel) { ticket.cancel() }
        var events = ticket.events.makeAsyncIterator()
        let first = await events.next()
        if case .failure(let error)? = first {
            connections.forget(watch, of: context.channel)
            throw error
        }
        let channel = context.channel
        return EventStream.response { send in
            defer {
                ticket.cancel()
                connections.forget(watch, of: channel)
            }
            if let first { try await send(text(first)) }
            for await event in ticket.events { try await send(text(event)) }
        }
    }
}
