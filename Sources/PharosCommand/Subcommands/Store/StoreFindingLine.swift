import CacheStorage
import SystemPackage

/// A finding of `verify` or `repair` as it is printed.
struct StoreFindingLine: Encodable {
    var kind: String
    var path: String
    var message: String
    var document: String?
    var defect: Bool

    init(_ finding: StoreFinding) {
        kind = finding.kind.rawValue
        path = finding.path.string
        message = finding.message
        document = finding.document
        defect = finding.kind.isDefect
    }

    var text: String { "\(kind): \(path): \(message)\(document.map { " (\($0))" } ?? "")\n" }
}
