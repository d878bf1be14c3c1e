import Answering
import Foundation
import HTTPTypes
import Testing

@testable import HTTPService

@Suite struct AnswerTests {
    private static let words = "What is the access code of the Varnish gate?"
    private static let question = "\"question\":\"\(words)\""

    @Test func aQuestionIsAnsweredFromCaches() async throws {
        let service = try Library.shared.get().service()
        let expected = try Library.shared.get().answer(Self.words)
        try await service.test { client in
            let reply = try await client.ask(.post, "/v1/ask", json: "{\(Self.question)}")
            #expect(reply.status == 200)
            #expect(reply.object["answer"] as? String == expected.text)
            #expect(reply.object["context_tokens_computed"] as? Int == 0)
            #expect((reply.object["context_tokens_reused"] as? Int ?? 0) > 0)
            let citations = reply.object["citations"] as? [[String: Any]]
            #expect(citations?.map { $0["quote"] as? String } == expected.citations.map(\.quote))
            let looked = try #require(reply.object["looked_at"] as? [[String: Any]])
            let sum = looked.reduce(0) { $0 + ($1["attention"] as? Double ?? 0) }
            #expect(abs(sum - 1) < 0.01)
        }
    }

    /// A document that memory has no room for is refused, and the next question is answered.
    @Test func memoryIsBounded() async throws {
        let service = try Library.shared.get().service { $0.limits.memoryBytes = 1000 }
        try await service.test { client in
            for _ in 0..<2 {
                let reply = try await client.ask(.post, "/v1/ask", json: "{\(Self.question)}")
                #expect(reply.status == 413 && reply.errorCode == "too-large")
            }
        }
    }

    @Test func anAnswerComesAsEvents() async throws {
        let service = try Library.shared.get().service()
        let expected = try Library.shared.get().answer(Self.words).text
        try await service.test { client in
            let reply = try await client.ask(.post, "/v1/ask", json: "{\(Self.question),\"stream\":true}")
            #expect(reply.status == 200)
            #expect(reply.headers[.contentType] == "text/event-stream")
            let pieces = reply.text.split(separator: "\n").filter { $0.hasPrefix("data: {\"text\"") }
            let text = try pieces.map { line in
                try JSONDecoder().decode([String: String].self, from: Data(line.dropFirst(6).utf8))["text"]
                    ?? ""
            }.joined()
            #expect(text == expected)
            #expect(reply.text.contains("event: answer\ndata: {\"answer\":\"\(expected)\""))
        }
    }

    @Test func chatClientsAreAnswered() async throws {
        let service = try Library.shared.get().service()
        let direct = try Library.shared.get().answer(Self.words)
        let expected = direct.text
        // The small model may not end an answer by itself; the service must say which it was.
        let reason = direct.tokens.count < 64 ? "stop" : "length"
        let messages =
            #""messages":[{"role":"user","content":[{"type":"text","text":"\#(Self.words)"}]}]"#
        try await service.test { client in
            let reply = try await client.ask(
                .post, "/v1/chat/completions",
                json: #"{"model":"pharos/yard","documents":["yard/gates.txt"],\#(messages)}"#)
            #expect(reply.status == 200, "\(reply.text)")
            let choice = try #require((reply.object["choices"] as? [[String: Any]])?.first)
            let message = choice["message"] as? [String: Any]
            #expect(message?["content"] as? String == expected)
            #expect(choice["finish_reason"] as? String == reason)
            let usage = try #require(reply.object["usage"] as? [String: Any])
            let details = usage["prompt_tokens_details"] as? [String: Any]
            #expect((details?["cached_tokens"] as? Int ?? 0) > 0)
            let stream = try await client.ask(
                .post, "/v1/chat/completions",
                json:
                    #"{"model":"pharos","stream":true,"stream_options":{"include_usage":true},\#(messages)}"#)
            #expect(stream.text.hasPrefix(#"data: {"choices":[{"delta":{"content":"","role":"assistant"}"#))
            #expect(stream.text.contains(#""usage":{"completion_tokens""#))
            #expect(stream.text.hasSuffix("data: [DONE]\n\n"))
        }
    }

    @Test func whatCannotBeHonouredIsRefused() async throws {
        let service = try Library.shared.get().service()
        let message = #""messages":[{"role":"user","content":"Who?"}]"#
        try await service.test { client in
            for (path, body, status, code) in [
                ("ask", "{}", 400, "bad-request"), ("ask", "{", 400, "bad-request"),
                ("ask", #"{"question":" "}"#, 400, "bad-question"),
                ("ask", #"{"question":"x","colour":"red"}"#, 400, "bad-request"),
                ("ask", #"{"question":"x","max_tokens":0}"#, 400, "bad-request"),
                ("ask", #"{"question":"x","temperature":3}"#, 400, "bad-request"),
                ("ask", #"{"question":"x","collection":"none"}"#, 404, "collection-not-found"),
                ("ask", #"{"question":"x","documents":["none"]}"#, 404, "document-not-found"),
                ("ask", #"{"question":"zzz qqq"}"#, 404, "nothing-chosen"),
                ("chat/completions", #"{"model":"gpt-4",\#(message)}"#, 404, "model_not_found"),
                ("chat/completions", #"{"model":"pharos","n":2,\#(message)}"#, 400, "bad-request"),
                ("chat/completions", #"{"model":"pharos","stop":"x",\#(message)}"#, 400, "bad-request"),
                ("chat/completions", #"{"model":"pharos","messages":[]}"#, 400, "bad-request"),
            ] {
                let reply = try await client.ask(.post, "/v1/\(path)", json: body)
                #expect(reply.status == status, "\(body): \(reply.text)")
                #expect(reply.errorCode == code, "\(body): \(reply.text)")
            }
            let plain = try await client.ask(
                .post, "/v1/ask", json: "{}", headers: [.contentType: "text/plain"])
            #expect(plain.status == 415)
        }
    }

    /// Clients that ask at the same time are answered together, each as if it were alone.
    @Test func questionsAreAnsweredSideBySide() async throws {
        let library = try Library.shared.get()
        let service = try library.service {
            $0.limits.sideBySide = 3
            $0.limits.queue = 20
        }
        let words = [Self.words, "What is the Hobbin scale listed under?", "Who is the warden of the gate?"]
        let expected = try words.map { try library.answer($0).text }
        try await service.test { client in
            try await withThrowingTaskGroup(of: (Int, Reply).self) { group in
                for number in 0..<12 {
                    let stream = number % 2 == 0 ? ",\"stream\":true" : ""
                    let json = "{\"question\":\"\(words[number % 3])\"\(stream)}"
                    group.addTask { (number, try await client.ask(.post, "/v1/ask", json: json)) }
                }
                for try await (number, reply) in group {
                    #expect(reply.status == 200, "\(reply.text)")
                    #expect(reply.text.contains("\"answer\":\"\(expected[number % 3])\""), "\(reply.text)")
                }
            }
            let counts = try await client.ask(.get, "/metrics").text
            #expect(counts.contains("pharos_answers_total{result=\"done\"} 12"))
        }
    }

    @Test func tooManyQuestionsAreToldToComeBack() async throws {
        let service = try Library.shared.get().service {
            $0.limits.queue = 1
            $0.limits.sideBySide = 1
        }
        let statuses = try await service.test { client in
            try await withThrowingTaskGroup(of: Reply.self) { group in
                for _ in 0..<12 {
                    group.addTask { try await client.ask(.post, "/v1/ask", json: "{\(Self.question)}") }
                }
                return try await group.reduce(into: [Reply]()) { $0.append($1) }
            }
        }
        #expect(statuses.allSatisfy { $0.status == 200 || $0.status == 429 })
        #expect(statuses.contains { $0.status == 200 })
        let refused = try #require(statuses.first { $0.status == 429 })
        #expect(refused.errorCode == "busy")
        #expect(Int(refused.headers[.retryAfter] ?? "") ?? 0 >= 1)
    }
}
