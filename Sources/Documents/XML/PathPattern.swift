/// A path to elements or attributes that can be matched while a document streams by.
///
/// The subset of XPath: `a/b`, `/a/b`, `//a`, `a//b`, `.`, `*`, `p:local` with a declared prefix, `*:local`,
/// predicates `[@x]`, `[@x='y']`, `[@x!='y']`, and a last `@attribute`. A name without a prefix matches elements
/// that are written without one, in a default namespace or in none.
struct PathPattern: Sendable, Hashable {
    enum Test: Sendable, Hashable {
        case any
        /// As written, without a prefix.
        case plain(String)
        /// In whatever namespace.
        case local(String)
        case qualified(uri: String, local: String)
    }

    struct Predicate: Sendable, Hashable {
        var attribute: Test
        var value: String?
        var negated = false
    }

    struct Step: Sendable, Hashable {
        var test: Test
        var descends: Bool
        var predicates: [Predicate]
    }

    /// Starts at the document, not at the record.
    var isAbsolute: Bool
    var steps: [Step]
    var attribute: Test?
    let source: String

    /// Parses a path. Throws a ``DocumentFailure`` of code `definition` that shows where it stops making sense.
    init(_ source: String, namespaces: [String: String]) throws {
        var parser = PathPatternParser(source, namespaces: namespaces)
        (isAbsolute, steps, attribute) = try parser.parse()
        self.source = source
    }

    /// The same path, matching anywhere below where matching starts.
    var anywhere: PathPattern {
        var pattern = self
        if !isAbsolute, !pattern.steps.isEmpty { pattern.steps[0].descends = true }
        return pattern
    }

    /// The name, when the pattern is a plain element name and nothing else.
    var plainName: String? {
        guard steps.count == 1, attribute == nil, steps[0].predicates.isEmpty, !isAbsolute,
            case .plain(let name) = steps[0].test
        else { return nil }
        return name
    }
}

private struct PathPatternParser {
    private let source: String
    private var rest: Substring
    private let namespaces: [String: String]

    init(_ source: String, namespaces: [String: String]) {
        self.source = source
        rest = source[...]
        self.namespaces = namespaces
    }

    mutating func parse() throws -> (Bool, [PathPattern.Step], PathPattern.Test?) {
        var steps: [PathPattern.Step] = []
        var attribute: PathPattern.Test?
        var isAbsolute = false
        var descends = false
        if take(".//") || take("//") {
            descends = true
        } else if take("./") {
        } else if take("/") {
            isAbsolute = true
        }
        if rest == "." { return (false, [], nil) }
        while true {
            if take("@") {
                guard !descends else {
                    throw failure(
                        "“//” before “@” is not supported; write “a/@x” for a itself, “a//*/@x” for what is below it"
                    )
                }
                attribute = try test(isAttribute: true)
                break
            }
            let test = try test(isAttribute: false)
            var predicates: [PathPattern.Predicate] = []
            while take("[") { predicates.append(try predicate()) }
            steps.append(.init(test: test, descends: descends, predicates: predicates))
            if take("//") { descends = true } else if take("/") { descends = false } else { break }
        }
        guard rest.isEmpty else { throw failure("did not expect “\(rest)”") }
        guard steps.count <= 32 else { throw failure("has more than 32 steps") }
        return (isAbsolute, steps, attribute)
    }

    private mutating func predicate() throws -> PathPattern.Predicate {
        guard take("@") else { throw failure("a predicate must test an attribute, like [@type='x']") }
        let attribute = try test(isAttribute: true)
        if take("]") { return .init(attribute: attribute, value: nil) }
        let negated = take("!=")
        guard negated || take("="), let quote = rest.first, quote == "'" || quote == "\"",
            let end = rest.dropFirst().firstIndex(of: quote)
        else { throw failure("expected ='value' at “\(rest)”") }
        let value = String(rest[rest.index(after: rest.startIndex)..<end])
        rest = rest[rest.index(after: end)...]
        guard take("]") else { throw failure("expected ] at “\(rest)”") }
        return .init(attribute: attribute, value: value, negated: negated)
    }

    private mutating func test(isAttribute: Bool) throws -> PathPattern.Test {
        let first = try name()
        guard take(":") else { return first == "*" ? .any : .plain(first) }
        let local = try name()
        if first == "*" { return local == "*" ? .any : .local(local) }
        if first == "xml" { return .qualified(uri: "http://www.w3.org/XML/1998/namespace", local: local) }
        guard let uri = namespaces[first] else {
            throw failure(
                "the prefix “\(first)” is not declared; declare it under namespaces, or write *:\(local)")
        }
        return .qualified(uri: uri, local: local)
    }

    private mutating func name() throws -> String {
        let end = rest.firstIndex { "/[]@:='\"!() ".contains($0) } ?? rest.endIndex
        let name = String(rest[..<end])
        guard !name.isEmpty else { throw failure("expected a name at “\(rest)”") }
        rest = rest[end...]
        return name
    }

    private mutating func take(_ token: String) -> Bool {
        guard rest.hasPrefix(token) else { return false }
        rest = rest.dropFirst(token.count)
        return true
    }

    private func failure(_ message: String) -> DocumentFailure {
        DocumentFailure(.definition, "path “\(source)”: \(message)")
    }
}
