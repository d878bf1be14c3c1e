import Documents
import Foundation

/// Reads the documents that a command names on its line, failures told on standard error.
enum DocumentInput {
    /// Calls `body` with each document of `paths`; throws the command's status if some failed.
    static func forEach(_ paths: [String], body: (Document) throws -> Void) throws {
        var failures = 0
        for path in try SourcePaths.checked(paths) {
            try DocumentSourceReader(SourceDefinition(path: path)).forEachDocument { result in
                switch result {
                case .document(let document): try body(document)
                case .deletion: break
                case .failure(let failure):
                    failures += 1
                    try StandardStream.error.write("pharos: \(failure)\n")
                }
            }
        }
        if failures > 0 { throw FinishedWithStatus(.someDocumentsFailed) }
    }
}
