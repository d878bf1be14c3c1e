import Foundation
import HTTPService
import SystemPackage
import Testing

@testable import PharosCommand

@Suite struct EmitOptionsTests {
    @Test func programsAreNamedFromTheRootOn() throws {
        #expect(try EmitOptions.absolute("/opt/pharos", in: "/data") == "/opt/pharos")
        #expect(try EmitOptions.absolute("./bin/../pharos", in: "/data") == "/data/pharos")
        #expect(try EmitOptions.absolute("sh", in: "/data").hasSuffix("/sh"))
        #expect(throws: CommandError.self) { try EmitOptions.absolute("no-such-program", in: "/data") }
    }

    /// A service that other machines reach says what they may call it.
    @Test func theAnnouncementSaysTheNames() {
        var settings = ServiceSettings(version: "test")
        settings.token = "secret"
        func text(_ showsToken: Bool = true) -> String {
            ServeCommand.announcement(settings, port: 8321, path: "/store", showsToken: showsToken)
        }
        #expect(text() == "pharos: serving /store at http://127.0.0.1:8321/#token=secret\n")
        settings.host = "0.0.0.0"
        settings.hostNames = ["docs.example", "harbour"]
        #expect(
            text(false)
                == "pharos: serving /store at http://harbour:8321/\n"
                + "pharos: it answers to addresses and to docs.example, harbour; other names need --allow-host\n"
        )
        settings.host = "::1"
        #expect(text(false) == "pharos: serving /store at http://[::1]:8321/\n")
    }
}
