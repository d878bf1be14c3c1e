import Answering
import Hummingbird

/// `POST /v1/ask`: a question, answered at once or as server-sent events.
struct AskRoutes: Sendable {
    let orders: OrderDesk
    let requests: RequestReading

    private struct Piece: Encodable { var text: String }

    var routes: [Route] { [.post("v1/ask", ask)] }

    private func ask(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let body = try await requests.json(AskRequest.self, request, context)
        var order = try await orders.order(
            question: body.question, collection: body.collection, documents: body.documents)
        order.choice = body.choice
        order.maxTokens = orders.clamp(body.maxTokens)
        order.temperature = body.temperature
        order.topP = body.topP
        order.topK = body.topK
        order.seed = body.seed
        order.citations = body.citations
        let asked = order
        guard body.stream else {
            return .json(AskReply(try await orders.answer(asked, context), to: asked))
        }
        return try await orders.stream(asked, context) { event in
            switch event {
            case .text(let text): EventStream.event("text", Piece(text: text))
            case .answer(let answer): EventStream.event("answer", AskReply(answer, to: asked))
            case .failure(let error): EventStream.event("error", ErrorReply(error))
            }
        }
    }
}
