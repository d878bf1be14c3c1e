import Foundation
import SystemPackage

/// Inputs and expected plan of one case of reference values (`case.json`).
struct ConformanceCase: Decodable {
    /// `input_ids` of one row, or of a batch.
    enum Rows: Decodable {
        case one([Int32])
        case batch([[Int32]])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            do {
                self = .one(try container.decode([Int32].self))
            } catch {
                self = .batch(try container.decode([[Int32]].self))
            }
        }
    }

    struct Memory: Decodable {
        var sink: Int
        var beacon: Int
        var raw: Int
    }

    struct Call: Decodable {
        var input_ids: Rows
        var attention_mask: [[Int]]?
        var skip_first: Int?
        var skip_last: Int?
        var memory_after: Memory?
        var loss: Double?
    }

    /// One number, a list of them, or a list of lists (parallel windows, batches).
    enum Positions: Decodable {
        case upTo(Int)
        case list([Int])
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let count = try? container.decode(Int.self) {
                self = .upTo(count)
            } else if let list = try? container.decode([Int].self) {
                self = .list(list)
            } else {
                self = .other
            }
        }

        func matches(_ positions: [Int]) -> Bool {
            switch self {
            case .upTo(let count): positions == Array(0..<count)
            case .list(let list): positions == list
            case .other: true
            }
        }
    }

    struct Step: Decodable {
        var window_start: Int
        var raw_begin: Int
        var raw_end: Int
        var next_window_start: Int
        var windows_in_step: Int
        var full_window: Bool
        var memory_before: Memory
        var ratio: RatioValue?
        var kind: [Int]
        var positions: Positions?
        var position_ids: Positions?
        var mask: String
    }

    /// A ratio, or one per parallel window.
    enum RatioValue: Decodable {
        case one(Int)
        case many

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            do { self = .one(try container.decode(Int.self)) } catch { self = .many }
        }
    }

    var name: String
    var model: String?
    var calls: [Call]?
    var generated_ids: [Int32]?
    var steps: [Step]?
    var labels: [Int]?

    var isTraining: Bool { labels != nil || calls == nil }

    init(directory: FilePath) throws {
        let path = directory.appending("case.json")
        guard let data = FileManager.default.contents(atPath: path.string) else {
            throw EvaluationError(.badInput, "cannot read \(path)", context: ["path": path.string])
        }
        do {
            self = try JSONDecoder().decode(Self.self, from: data)
        } catch {
            throw EvaluationError(
                .badInput, "\(path) is not a case of reference values: \(error)", context: ["path": path.string])
        }
    }
}
