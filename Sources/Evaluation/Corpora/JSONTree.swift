import Foundation
import SystemPackage

/// A JSON value whose layout is not known beforehand.
enum JSONTree: Decodable, Hashable {
    case null
    case flag(Bool)
    case number(Double)
    case string(String)
    case array([JSONTree])
    case object([String: JSONTree])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .flag(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONTree].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONTree].self))
        }
    }

    /// Reads one line of JSON Lines.
    ///
    /// - Returns: nil for an empty line.
    init?(line: [UInt8], path: FilePath, number: Int) throws {
        if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) { return nil }
        do {
            self = try JSONDecoder().decode(JSONTree.self, from: Data(line))
        } catch {
            throw EvaluationError(
                .badInput, "\(path):\(number): the line is not valid JSON",
                context: ["path": path.string, "line": "\(number)"])
        }
    }

    subscript(key: String) -> JSONTree? {
        if case .object(let fields) = self { fields[key] } else { nil }
    }

    /// The first of `keys` that is there and not null.
    func first(_ keys: [String]) -> JSONTree? {
        keys.lazy.compactMap { self[$0] }.first { $0 != .null }
    }

    /// A string, or a number as it is written.
    var text: String? {
        switch self {
        case .string(let text): text
        case .number(let value):
            value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
        case .flag(let value): value ? "yes" : "no"
        case .null, .array, .object: nil
        }
    }

    var items: [JSONTree]? {
        if case .array(let items) = self { items } else { nil }
    }

    var isTrue: Bool { self == .flag(true) }

    /// One text, a list of texts, or an object with such a list as `text`: the ways in which answers are written.
    var texts: [String] {
        switch self {
        case .array(let items): items.flatMap(\.texts)
        case .object: self["text"]?.texts ?? []
        case .null: []
        case .flag, .number, .string: text.map { [$0] } ?? []
        }
    }
}
