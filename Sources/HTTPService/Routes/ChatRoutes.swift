import Answering
import CacheStorage
import Foundation
import Hummingbird

/// The part of the OpenAI interface that existing clients need: models and chat completions.
///
/// A collection is a model, `pharos/<collection>`; `documents` names some of its documents. The last user message is
/// the question; the messages before it are not read, because answers come from documents alone.
struct ChatRoutes: Sendable {
    let orders: OrderDesk
    let reading: StoreReading
    let requests: RequestReading
    /// Seconds since 1970 at which the service started.
    let started: Int

    private static let name = "pharos"

    private struct Model: Encodable {
        var id: String
        var object = "model"
        var created: Int
        var ownedBy = "pharos"

        private enum CodingKeys: String, CodingKey {
            case id, object, created
            case ownedBy = "owned_by"
        }
    }

    private struct Models: Encodable {
        var object = "list"
        var data: [Model]
    }

    var routes: [Route] {
        [
            .get("v1/models") { _, _ in try await models() },
            .get("v1/models/{model}") { _, context in try await model(context.part("model")) },
            .get("v1/models/{model}/{collection}") { _, context in
                try await model(context.part("model") + "/" + context.part("collection"))
            },
            .post("v1/chat/completions", complete),
        ]
    }

    private func models() async throws -> Response {
        try await reading.json { store in
            let names = try store.collections().map { "\(Self.name)/\($0)" }
            return Models(data: ([Self.name] + names).map { Model(id: $0, created: started) })
        }
    }

    private func model(_ id: String) async throws -> Response {
        try await reading.json { store in
            let name = try Self.collection(id)
            if let name, try !store.collections().contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
                throw Self.unknown(id)
            }
            return Model(id: id, created: started)
        }
    }

    /// The collection that a model's name stands for; nil for the one that is asked where none is named.
    private static func collection(_ model: String) throws -> String? {
        if model == name { return nil }
        guard model.hasPrefix(name + "/"), model.count > name.count + 1 else { throw unknown(model) }
        return String(model.dropFirst(name.count + 1))
    }

    private static func unknown(_ model: String) -> ServiceError {
        ServiceError.notFound(
            "there is no model \"\(model)\"; /v1/models lists them", code: "model_not_found",
            parameter: "model")
    }

    private func complete(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let body = try await requests.json(ChatRequest.self, request, context)
        var order: AnswerOrder
        do {
            order = try await orders.order(
                question: body.question, collection: try Self.collection(body.model),
                documents: body.documents)
        } catch let error as ServiceError where error.code == "collection-not-found" {
            throw Self.unknown(body.model)
        }
        order.maxTokens = orders.clamp(body.maxTokens)
        order.temperature = body.temperature
        order.topP = body.topP
        order.seed = body.seed
        let asked = order
        let heading = ChatHeading(
            id: "chatcmpl-\(UUID().uuidString.lowercased())", created: Int(Date().timeIntervalSince1970),
            model: body.model)
        guard body.stream else {
            return .json(
                ChatReply(try await orders.answer(asked, context), to: asked, heading: heading))
        }
        let opening = ChatChunk(heading, choices: [.init(delta: .init(role: "assistant", content: ""))])
        let isFirst = FirstTime()
        return try await orders.stream(asked, context) { event in
            let start = isFirst.take() ? EventStream.event(nil, opening) : ""
            return start + Self.text(event, asked, heading, includesUsage: body.includesUsage)
        }
    }

    private static func text(
        _ event: AnswerTicket.Event, _ order: AnswerOrder, _ heading: ChatHeading, includesUsage: Bool
    ) -> String {
        switch event {
        case .text(let text):
            return EventStream.event(nil, ChatChunk(heading, choices: [.init(delta: .init(content: text))]))
        case .failure(let error):
            return EventStream.event(nil, ErrorReply(error))
        case .answer(let answer):
            var last = ChatChunk(
                heading, choices: [.init(delta: .init(), finishReason: answer.finishReason(order))])
            last.citations = answer.citations
            var text = EventStream.event(nil, last)
            if includesUsage {
                var usage = ChatChunk(heading, choices: [])
                usage.usage = ChatUsage(answer)
                text += EventStream.event(nil, usage)
            }
            return text + "data: [DONE]\n\n"
        }
    }
}
