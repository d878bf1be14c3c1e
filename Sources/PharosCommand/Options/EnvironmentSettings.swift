import ArgumentParser
import Pipelines

/// Settles an option: a flag wins over an environment variable, that over the pipeline file, that over the default.
struct EnvironmentSettings: Sendable {
    private let values: [String: String]

    /// Creates the settings of a process with this environment.
    init(_ environment: [String: String]) {
        values = environment
    }

    /// The value of a variable, read as its flag would be; nil when it is unset or empty.
    /// - Throws: ``PipelinesError`` of code `usage` that names the variable and what it holds.
    func value<Value: ExpressibleByArgument>(
        _ variable: EnvironmentVariable, as type: Value.Type = Value.self
    ) throws(PipelinesError) -> Value? {
        guard let text = values[variable.rawValue], !text.isEmpty else { return nil }
        if let value = Value(argument: text) { return value }
        let known = Value.allValueStrings
        let expected = known.isEmpty ? variable.summary : known.joined(separator: ", ")
        throw PipelinesError(
            .usage,
            "the environment variable \(variable.rawValue) holds '\(text.prefix(80))', expected \(expected)",
            context: ["variable": variable.rawValue])
    }

    /// Whether a variable is set to `1`, `true`, `yes` or `on`; nil when it is unset or empty.
    /// - Throws: ``PipelinesError`` of code `usage` when it holds anything but those, `0`, `false`, `no` and `off`.
    func flag(_ variable: EnvironmentVariable) throws(PipelinesError) -> Bool? {
        switch values[variable.rawValue]?.lowercased() {
        case nil, "": return nil
        case "1", "true", "yes", "on": return true
        case "0", "false", "no", "off": return false
        case let text?:
            throw PipelinesError(
                .usage,
                "the environment variable \(variable.rawValue) holds '\(text.prefix(80))', expected 1 or 0",
                context: ["variable": variable.rawValue])
        }
    }

    /// Returns the first of the flag, the variable, the pipeline file's value and the default that is there.
    func resolve<Value: ExpressibleByArgument>(
        flag: Value?, _ variable: EnvironmentVariable, file: Value? = nil, default standard: Value
    ) throws(PipelinesError) -> Value {
        if let flag { return flag }
        return try value(variable) ?? file ?? standard
    }

    /// Returns the first of the flag, the variable and the pipeline file's value that is there, or nil.
    func resolve<Value: ExpressibleByArgument>(
        flag: Value?, _ variable: EnvironmentVariable, file: Value? = nil
    ) throws(PipelinesError) -> Value? {
        if let flag { return flag }
        return try value(variable) ?? file
    }

    /// The first of the flag, the variable, the pipeline file's value and the default that is there, if it lies in a range.
    /// - Throws: ``PipelinesError`` of code `usage` that names the flag, the number and the range.
    func resolve<Value: ExpressibleByArgument & Comparable>(
        flag: Value?, _ variable: EnvironmentVariable, file: Value? = nil, default standard: Value,
        within range: ClosedRange<Value>
    ) throws(PipelinesError) -> Value {
        let value = try resolve(flag: flag, variable, file: file, default: standard)
        guard range.contains(value) else {
            throw PipelinesError(
                .usage,
                "\(variable.flag) is \(value); give \(range.lowerBound) to \(range.upperBound)",
                context: ["variable": variable.rawValue])
        }
        return value
    }

    /// Warnings about variables named `PHAROS_…` that mean nothing, most likely mistyped, in alphabetical order.
    var unknownVariables: [String] {
        let known = EnvironmentVariable.allCases.map(\.rawValue)
        return values.keys.filter { $0.hasPrefix("PHAROS_") && !known.contains($0) }.sorted().map { name in
            let hint = NearestName.of(name, among: known).map { "; did you mean '\($0)'?" } ?? ""
            return "unknown environment variable '\(name.prefix(80))'\(hint)"
        }
    }
}
