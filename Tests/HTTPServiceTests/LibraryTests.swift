import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import Testing

@testable import HTTPService

@Suite struct LibraryTests {
    @Test func theStoreCanBeRead() async throws {
        let service = try Library.shared.get().service()
        try await service.test { client in
            let store = try await client.ask(.get, "/v1/store")
            #expect(store.object["documents"] as? Int == 2)
            let first = try await client.ask(.get, "/v1/collections/yard/documents?limit=1")
            let ids = (first.object["documents"] as? [[String: Any]])?.map { $0["id"] as? String }
            #expect(ids == ["yard/gates.txt"])
            let next = try #require(first.object["next"] as? String)
            let encoded = next.replacing("/", with: "%2F")
            let second = try await client.ask(.get, "/v1/collections/yard/documents?limit=1&after=\(encoded)")
            #expect(second.text.contains("scales.txt") && second.text.contains(#""next":null"#))
            let path = "/v1/collections/yard/documents/\(encoded)"
            #expect(try await client.ask(.get, path).text.contains("model.weights"))
            #expect(try await client.ask(.get, path + "/text").text.hasPrefix("The access code"))
            let intervals = try await client.ask(.get, path + "/intervals?limit=2")
            #expect((intervals.object["intervals"] as? [Any])?.count == 2)
            let hits = try await client.ask(.get, "/v1/search?q=Hobbin")
            #expect((hits.object["hits"] as? [Any])?.count == 1)
            #expect(try await client.ask(.get, "/v1/search?q=Hobbin&limit=x").status == 400)
            let caches = try await client.ask(.get, "/v1/caches")
            #expect((caches.object["caches"] as? [Any])?.count == 2)
            let page = try await client.ask(.get, "/v1/caches?limit=1")
            let end = try #require(page.object["next"] as? String)
            let rest = try await client.ask(.get, "/v1/caches?limit=1&after=\(end)")
            #expect((rest.object["caches"] as? [Any])?.count == 1 && rest.text.contains(#""next":null"#))
            let none = try await client.ask(.get, "/v1/collections/none/documents")
            #expect(none.errorCode == "collection-not-found")
            let collections = try await client.ask(.get, "/v1/collections")
            #expect(collections.text.contains(#""documents":2"#))
            #expect(try await client.ask(.get, "/v1/caches/none").errorCode == "cache-not-found")
            #expect(try await client.ask(.get, "/v1/runs").status == 200)
            #expect(try await client.ask(.get, "/v1/runs/none").errorCode == "run-not-found")
            #expect(try await client.ask(.get, "/metrics").text.contains("pharos_documents 2"))
        }
    }

    @Test func plusesOfAQueryAreSpacesUnlessEncoded() throws {
        func value(_ query: String) throws -> String? {
            try Request(
                head: HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/?" + query),
                body: RequestBody(buffer: ByteBuffer())
            ).query("q")
        }
        #expect(try value("q=C%2B%2B+and+C&limit=1") == "C++ and C")
        #expect(try value("a=1&q=x=y") == "x=y")
        #expect(try value("q") == "" && value("q=") == "" && value("p=1") == nil && value("") == nil)
        #expect(throws: ServiceError.self) { try value("q=%ff") }
        #expect(throws: ServiceError.self) { try value("q=1&q=2") }
    }

    /// Remembers what it is given.
    private final class Notes: DocumentIntake {
        let names = Mutex<[String]>([])

        func add(
            _ upload: Upload, progress: @escaping @Sendable (UploadProgress) -> Void,
            shouldStop: @escaping @Sendable () -> Bool
        ) throws {
            names.withLock { $0.append("\(upload.collection)/\(upload.name)") }
            var state = UploadProgress()
            state.documents = 1
            progress(state)
            if upload.name == "bad.txt" { throw ServiceError(422, "document-encoding", "no text") }
        }

        func accept(_ upload: Upload, bytes: [UInt8]) throws {}

        func accepted() throws -> [Upload] { [] }

        func remove(_ document: String, from collection: String) throws -> Bool { document == "known" }
    }

    @Test func uploadsAreTakenInTheBackground() async throws {
        let notes = Notes()
        let service = try Library.shared.get().service(intake: notes) { $0.limits.uploadBytes = 100 }
        try await service.test { client in
            let path = "/v1/collections/yard/documents"
            for (name, state) in [("a.txt", "done"), ("bad.txt", "failed")] {
                let reply = try await client.ask(.post, path + "?name=\(name)", body: Array("text".utf8))
                #expect(reply.status == 202)
                let place = try #require(reply.headers[.location])
                let events = try await client.ask(.get, place + "/events")
                #expect(events.text.contains(#""state":"\#(state)""#), "\(events.text)")
                #expect(try await client.ask(.get, place).object["state"] as? String == state)
            }
            for name in ["..", ".hidden", "a%2Fb", "*", "", "%00"] {
                let reply = try await client.ask(.post, path + "?name=\(name)", body: [0x61])
                #expect(reply.status == 400, "\(name)")
            }
            let large = try await client.ask(
                .post, path + "?name=a", body: [UInt8](repeating: 0x61, count: 101))
            #expect(large.status == 413)
            #expect(try await client.ask(.post, path + "?name=a").status == 400)
            for envelope: HTTPFields in [
                [.contentType: "multipart/form-data; boundary=x"], [.contentEncoding: "gzip"],
            ] {
                let wrapped = try await client.ask(
                    .post, path + "?name=a.txt", body: [0x61], headers: envelope)
                #expect(wrapped.status == 415)
            }
            #expect(try await client.ask(.delete, path + "/known").status == 204)
            #expect(try await client.ask(.delete, path + "/unknown").status == 404)
        }
        #expect(notes.names.withLock { $0 } == ["yard/a.txt", "yard/bad.txt"])
    }

    @Test func aServiceThatOnlyReadsRefusesToWrite() async throws {
        let service = try Library.shared.get().service()
        try await service.test { client in
            let path = "/v1/collections/yard/documents"
            let added = try await client.ask(.post, path + "?name=a.txt", body: [0x61])
            let removed = try await client.ask(.delete, path + "/gates.txt")
            #expect(added.status == 403)
            #expect(removed.status == 403)
        }
    }
}
