import Documents
import SystemPackage
import Yams

extension ValueKind where Value == CronExpression {
    /// A cron expression of five fields, or a macro such as `@daily`.
    static var cron: ValueKind {
        ValueKind(
            expected: "a cron expression such as \"0 2 * * *\" or @daily",
            schema: ["type": "string", "minLength": 1],
            read: { node, reader in
                guard let text = ValueKind<String>.text.read(node, &reader) else { return nil }
                do throws(PipelinesError) {
                    return try CronExpression(text)
                } catch {
                    reader.report("\(reader.location): \(error.message)", at: node.mark)
                    return nil
                }
            },
            text: { $0.text })
    }
}

extension ValueKind where Value == ModelSource {
    /// `bundled`, or a checkpoint directory.
    static var model: ValueKind {
        ValueKind(
            expected: "'bundled' or the path of a checkpoint directory",
            schema: ["type": "string", "minLength": 1, "maxLength": 4096],
            read: { node, reader in
                guard let text = ValueKind<String>.text.read(node, &reader) else { return nil }
                return text == "bundled"
                    ? .bundled : reader.resolve(text, at: node.mark).map { .directory($0) }
            },
            text: { model in
                switch model {
                case .bundled: "bundled"
                case .directory(let path): path.string
                }
            })
    }
}

extension ValueKind where Value == SegmentRule {
    /// `document`, or a number of windows.
    static var segment: ValueKind {
        .scalar(
            expected: "'document' or a number of windows such as '4 windows'",
            schema: ["type": "string", "pattern": "^(document|[1-9][0-9]* windows?)$"],
            parse: { SegmentRule($0) }, text: { $0.description })
    }
}

extension ValueKind where Value == CompressionRatio {
    /// A ratio, `adaptive`, or a list of ratios.
    static var ratio: ValueKind {
        let single = ValueKind<Int>.integer(CompressionRatio.allowed)
        let several = ValueKind<[Int]>.list(of: single, count: 1...64)
        let expected = "\(single.expected), 'adaptive', or a list of such integers"
        return ValueKind(
            expected: expected,
            schema: ["anyOf": [single.schema, ["const": "adaptive"], several.schema]],
            read: { node, reader in
                switch node {
                case .sequence: return several.read(node, &reader).map { .sequence($0) }
                case .scalar(let scalar) where scalar.string == "adaptive": return .adaptive
                case .scalar(let scalar) where !NodeReader.isNull(scalar):
                    guard scalar.style == .plain, let value = Int(scalar.string),
                        String(value) == scalar.string,
                        CompressionRatio.allowed.contains(value)
                    else { break }
                    return .fixed(value)
                case .scalar, .mapping, .alias: break
                }
                reader.reportExpected(expected, found: node)
                return nil
            },
            text: { $0.description })
    }
}

extension ValueKind where Value == String {
    /// The name of a format profile, or the path of a YAML file that holds one.
    static var profile: ValueKind {
        ValueKind(
            expected: "the name of a profile, such as generic-xml, or a YAML file that holds one",
            schema: ["type": "string", "minLength": 1],
            read: { node, reader in
                guard let name = ValueKind<String>.text.read(node, &reader) else { return nil }
                let known = Profile.builtIn.map(\.name).sorted()
                if known.contains(name) { return name }
                if ProfileFile.isPath(name) { return reader.resolve(name, at: node.mark)?.string }
                let hint = NearestName.of(name, among: known).map { "; did you mean '\($0)'?" } ?? ""
                reader.reportExpected(
                    "one of the profiles \(known.joined(separator: ", ")), or a path that ends in .yaml",
                    found: node, hint: hint)
                return nil
            },
            text: { $0 })
    }

    /// What stands before ids: a name, or nothing.
    static var prefix: ValueKind {
        .scalar(
            expected: "a text on one line",
            schema: ["type": "string", "maxLength": 256],
            parse: { $0.utf8.count > 256 || $0.hasControlCharacters ? nil : $0 },
            text: { $0.isEmpty ? "\"\"" : $0 })
    }
}

extension ValueKind where Value == FieldMapping {
    /// A path, a list of paths, or a mapping that says more.
    static var field: ValueKind {
        let paths = ValueKind<[String]>.oneOrMore(of: .text, atMost: 100)
        let table = PipelineKeys.field
        guard case .object(let members) = paths.schema, let choices = members.first,
            case .array(let kinds) = choices.value
        else { preconditionFailure("one or more is a choice of two") }
        return ValueKind(
            expected: "a path, a list of paths, or a mapping of paths, choose and transform",
            schema: ["anyOf": .array(kinds + [table.schema])],
            read: { node, reader in
                if case .mapping = node { return table.read(node, &reader) }
                return paths.read(node, &reader).map { FieldMapping($0) }
            },
            text: { paths.text($0.paths) })
    }
}
