import Foundation
import SystemPackage

/// A JSON object of a model directory, read key by key with types checked.
struct ConfigurationObject {
    private let values: [String: Any]
    private let path: String

    init(contentsOf path: FilePath) throws {
        guard let data = FileManager.default.contents(atPath: path.string) else {
            throw ModelError(.missingFile, "cannot read \(path)", context: ["path": path.string])
        }
        do {
            guard data.count <= 1 << 24,
                let values = try JSONSerialization.jsonObject(with: data) as? [String: Any]
            else {
                throw ModelError(.badConfiguration, "\(path) is not a JSON object of at most 16 MiB")
            }
            self.init(values, path: path.string)
        } catch let error as ModelError {
            throw error
        } catch {
            throw ModelError(.badConfiguration, "\(path) is not valid JSON", context: ["path": path.string])
        }
    }

    init(_ values: [String: Any], path: String) {
        self.values = values
        self.path = path
    }

    func error(_ message: String) -> ModelError {
        ModelError(.badConfiguration, message, context: ["path": path])
    }

    private func value(_ key: String) -> Any? {
        guard let value = values[key], !(value is NSNull) else { return nil }
        return value
    }

    private func required<T>(_ key: String, _ value: T?) throws -> T {
        guard let value else { throw error("\(key) is missing") }
        return value
    }

    func optionalString(_ key: String) throws -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value as? String else { throw error("\(key) is not a string") }
        return text
    }

    func string(_ key: String) throws -> String { try required(key, optionalString(key)) }

    func optionalNumber(_ key: String) throws -> Double? {
        guard let value = value(key) else { return nil }
        guard let number = value as? NSNumber, number.doubleValue.isFinite else {
            throw error("\(key) is not a number")
        }
        return number.doubleValue
    }

    func number(_ key: String) throws -> Double { try required(key, optionalNumber(key)) }

    func optionalInteger(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let number = try optionalNumber(key) else { return nil }
        guard let integer = Int(exactly: number), range.contains(integer) else {
            throw error(
                "\(key) is \(number); expected an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return integer
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int {
        try required(key, optionalInteger(key, in: range))
    }

    func optionalFlag(_ key: String) throws -> Bool? {
        guard let value = value(key) else { return nil }
        guard let flag = value as? Bool else { throw error("\(key) is not true or false") }
        return flag
    }

    /// One integer or a list of them.
    func optionalIntegers(_ key: String) throws -> [Int]? {
        guard let value = value(key) else { return nil }
        let numbers = (value as? [NSNumber]) ?? (value as? NSNumber).map { [$0] }
        let integers = numbers?.compactMap { Int(exactly: $0.doubleValue) }
        guard let integers, integers.count == numbers?.count,
            integers.allSatisfy({ $0 >= 0 && $0 <= 1 << 24 })
        else {
            throw error("\(key) is not a list of integers from 0 to 16777216")
        }
        return integers
    }

    func optionalStrings(_ key: String) throws -> [String]? {
        guard let value = value(key) else { return nil }
        guard let strings = value as? [String] else { throw error("\(key) is not a list of strings") }
        return strings
    }

    func optionalObject(_ key: String) throws -> ConfigurationObject? {
        guard let value = value(key) else { return nil }
        guard let object = value as? [String: Any] else { throw error("\(key) is not an object") }
        return ConfigurationObject(object, path: path)
    }

    func optionalStringMap(_ key: String) throws -> [String: String]? {
        guard let value = value(key) else { return nil }
        guard let map = value as? [String: String] else { throw error("\(key) is not a map of strings") }
        return map
    }
}
