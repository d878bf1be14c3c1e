import HTTPTypes
import Testing

@testable import HTTPService

@Suite struct AccessTests {
    @Test func tokensAreComparedWhole() {
        let token = Array("0123456789abcdef".utf8)
        #expect(AccessRules.areEqual(token, token))
        #expect(!AccessRules.areEqual([], token))
        #expect(!AccessRules.areEqual(Array(token.dropLast()), token))
        #expect(!AccessRules.areEqual(token + [0x30], token))
        #expect(!AccessRules.areEqual(token + token, token))
    }

    @Test func methodsThatAreNotKnownShareALabel() {
        let metrics = ServiceMetrics()
        for method in ["GET", "PROPFIND", "REPORT"] {
            metrics.noteRequest(method: method, route: "/", status: 405, seconds: 0)
        }
        let lines = metrics.text(gauges: []).split(separator: "\n").filter { $0.contains("method=") }
        let expected = [("GET", 1), ("other", 2)].map { method, count in
            #"pharos_http_requests_total{method="\#(method)",route="/",status="405"} \#(count)"#
        }
        #expect(lines.map(String.init) == expected)
    }

    @Test func nothingButThePageAndHealthIsOpen() async throws {
        let service = try Library.shared.get().service()
        try await service.test { client in
            for path in ["/healthz", "/readyz", "/", "/openapi.json"] {
                #expect(try await client.ask(.get, path, token: nil).status == 200, "\(path)")
            }
            for token in [nil, "", "0123456789abcdeX", "0123456789abcde"] {
                for path in ["/v1/store", "/v1/models", "/metrics", "/v1/uploads"] {
                    let reply = try await client.ask(.get, path, token: token)
                    #expect(reply.status == 401, "\(path)")
                    #expect(reply.headers[.wwwAuthenticate] == "Bearer")
                }
                let asked = try await client.ask(.post, "/v1/ask", json: "{}", token: token)
                #expect(asked.status == 401)
            }
        }
    }

    @Test func pagesOfOtherSitesMayNotAsk() async throws {
        let service = try Library.shared.get().service { $0.token = nil }
        try await service.test { client in
            let own = try await client.ask(.get, "/v1/store", headers: [.origin: "http://localhost"])
            #expect(own.status == 200)
            // Another port, name or scheme is another site, if of the same machine.
            for origin in [
                "http://evil.example", "null", "http://localhost.evil.example:80", "http://localhost:3000",
                "http://127.0.0.1", "https://localhost",
            ] {
                let reply = try await client.ask(.get, "/v1/store", headers: [.origin: origin])
                #expect(reply.status == 403, "\(origin)")
            }
        }
        let rules = AccessRules(ServiceSettings(version: "test"))
        for (host, isKnown) in [
            ("127.0.0.1:8321", true), ("localhost", true), ("[::1]:80", true), ("LOCALHOST:1", true),
            ("evil.example", false), ("127.0.0.1.evil.example", false), ("", false), ("[::2]", false),
        ] {
            let request = request(host)
            if isKnown {
                try rules.requireHost(request)
            } else {
                #expect(throws: ServiceError.self) { try rules.requireHost(request) }
            }
        }
    }

    @Test func pagesBehindAProxyComeUnderItsName() throws {
        var settings = ServiceSettings(version: "test")
        settings.host = "0.0.0.0"
        settings.hostNames = ["docs.example"]
        let rules = AccessRules(settings)
        func isKnown(_ host: String, _ origin: String) -> Bool {
            do {
                try rules.requireHost(request(host, origin: origin))
                return true
            } catch {
                return false
            }
        }
        #expect(isKnown("docs.example", "https://docs.example"))
        #expect(isKnown("docs.example:8321", "http://docs.example:8321"))
        #expect(isKnown("192.168.0.7:8321", "http://192.168.0.7:8321"))
        #expect(isKnown("[fe80::1]:8321", "http://[fe80::1]:8321"))
        #expect(!isKnown("docs.example:8321", "http://docs.example"))
        #expect(!isKnown("192.168.0.7:8321", "https://192.168.0.7:8321"))
        #expect(!isKnown("192.168.0.7.example:8321", "http://192.168.0.7.example:8321"))
        #expect(!isKnown("docs.example", "ftp://docs.example"))
    }

    @Test func answersToHeadHaveNoBodyWhateverTheyAre() async throws {
        let service = try Library.shared.get().service()
        try await service.test { client in
            for (path, status) in [("/healthz", 200), ("/v1/caches/none", 404), ("/v1/ask", 405)] {
                let reply = try await client.ask(.head, path)
                #expect(reply.status == status && reply.text.isEmpty, "\(path)")
                #expect(reply.headers[.contentLength].map { $0 != "0" } == true)
            }
            #expect(try await client.ask(.head, "/v1/store", token: nil).text.isEmpty)
            let strange = try await client.ask(.get, "/healthz", headers: [.expect: "200-ok"])
            #expect(strange.status == 417)
        }
    }

    @Test func strangePathsAndMethodsAreAnsweredAsSuch() async throws {
        let service = try Library.shared.get().service()
        try await service.test { client in
            for path in [
                "/v1/collections/../../etc/passwd", "/page/..%2f..%2fetc%2fpasswd", "/nothing", "//",
                "/v1/collections/yard/documents/..%2F..%2Fetc%2Fpasswd", "/page/%00",
            ] {
                let reply = try await client.ask(.get, path)
                #expect(reply.status == 404 || path == "//" && reply.status == 200, "\(path) \(reply.text)")
            }
            let bad = try await client.ask(.get, "/v1/collections/%ff")
            #expect(bad.status == 400)
            let method = try await client.ask(.put, "/v1/ask")
            #expect(method.status == 405)
            #expect(method.headers[.allow] == "POST")
            let page = try await client.ask(.get, "/")
            #expect(page.headers[.contentSecurityPolicy]?.contains("script-src 'self'") == true)
        }
    }
}
