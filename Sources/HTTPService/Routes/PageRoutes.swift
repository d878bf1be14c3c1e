import Foundation
import HTTPTypes
import Hummingbird

/// The page for people and the description for programs, served from the program's resources.
struct PageRoutes: Sendable {
    private struct File: Sendable {
        var name: String
        var type: String
        var bytes: Data
    }

    private static let types = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
        "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
    ]

    /// Nothing but the page's own files may run, and nothing may be fetched but from this service.
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    private let files: [File]
    private let description: Data

    /// Reads the files once; they are served from memory.
    ///
    /// - Throws: ``ServiceError`` where the program was moved without its resources.
    init() throws {
        guard let root = Bundle.module.resourceURL else { throw Self.missing }
        do {
            description = try Data(contentsOf: root.appendingPathComponent("OpenAPI/openapi.json"))
            let page = root.appendingPathComponent("Page")
            files = try FileManager.default.contentsOfDirectory(atPath: page.path).sorted().compactMap {
                name in
                let kind = name.split(separator: ".").last.map(String.init) ?? ""
                guard let type = Self.types[kind] else { return nil }
                return File(
                    name: name, type: type, bytes: try Data(contentsOf: page.appendingPathComponent(name)))
            }
        } catch {
            throw Self.missing
        }
    }

    private static let missing = ServiceError(
        500, "resources",
        "the page's files are missing beside the program; keep it with its .resources folders")

    var routes: [Route] {
        let pages = files.map { file in
            Route.get(file.name == "index.html" ? "/" : "page/\(file.name)", isOpen: true) { _, _ in
                Response(
                    status: .ok,
                    headers: [
                        .contentType: file.type, .contentSecurityPolicy: Self.policy,
                        .cacheControl: "no-cache",
                    ], body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes)))
            }
        }
        return pages + [
            .get("openapi.json", isOpen: true) { _, _ in .json(bytes: description) },
            .get("favicon.ico", isOpen: true) { _, _ in Response(status: .noContent) },
        ]
    }
}
