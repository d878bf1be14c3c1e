import Foundation
import SystemPackage

/// Inputs and expected plan of one case of reference values (`case.json`).
struct ConformanceCase: Decodable {
    /// `inputIds` of one row, or of a batch.
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

    /// What holds after a call.
    struct State: Decodable {
        var sink: Int
        var beacon: Int
        var raw: Int
        var windowStart: Int
        var rawEnd: Int
        var interleaveRemainder: Int
        var ratioOfOpenWindow: Int?
    }

    struct Call: Decodable {
        var inputIds: Rows
        var attentionMask: [[Int]]?
        var skipFirst: Int?
        var skipLast: Int?
        var memoryAfter: State?
        /// Raw tokens of the call's last window.
        var returnedLogitsLastN: Int?
        var loss: Double?
        var batchLoss: [Double]?
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
            case .upTo(let count): positions.count == count && positions == Array(positions.indices)
            case .list(let list): positions == list
            case .other: true
            }
        }
    }

    struct Step: Decodable {
        var call: Int
        var windowStart: Int
        var rawBegin: Int
        var rawEnd: Int
        var nextWindowStart: Int
        var windowsInStep: Int
        var fullWindow: Bool
        var memoryBefore: Memory
        var interleaveRemainderBefore: Int
        var interleaveRemainderAfter: Int
        var ratio: OneOrMany?
        var beaconSize: OneOrMany
        var inputIds: Rows
        var kind: [Int]
        var positions: Positions?
        var positionIds: Positions?
        var mask: String
    }

    /// A ratio or a number of beacons, or one per parallel window.
    enum OneOrMany: Decodable {
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
    var generatedIds: [Int32]?
    var memoryFinal: State?
    var steps: [Step]?
    var labels: [Int]?

    var isTraining: Bool { labels != nil || calls == nil }

    init(directory: FilePath) throws {
        let path = directory.appending("case.json")
        guard let data = FileManager.default.contents(atPath: path.string) else {
            throw EvaluationError(.badInput, "cannot read \(path)", context: ["path": path.string])
        }
        do {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            self = try decoder.decode(Self.self, from: data)
        } catch {
            throw EvaluationError(
                .badInput, "\(path) is not a case of reference values: \(error)",
                context: ["path": path.string])
        }
    }
}
