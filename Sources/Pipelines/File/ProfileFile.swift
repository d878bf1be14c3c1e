public import Documents
import FileAccess
public import SystemPackage
import Yams

/// Format profiles in YAML files, as `pharos detect` prints them.
public enum ProfileFile {
    /// Whether a profile is named by the path of a file.
    public static func isPath(_ name: String) -> Bool { name.hasSuffix(".yaml") || name.hasSuffix(".yml") }

    /// The choice that a name or a path makes.
    ///
    /// - Throws: ``PipelinesError`` of code `badConfiguration` where the file holds no profile.
    public static func selection(_ name: String) throws -> ProfileSelection {
        guard isPath(name) else { return .named(name) }
        return .custom(try read(FilePath(name)))
    }

    /// Reads a profile.
    ///
    /// - Throws: ``PipelinesError`` of code `unreadableConfiguration` or `badConfiguration`.
    public static func read(_ path: FilePath) throws -> Profile {
        let bytes: [UInt8]
        do {
            bytes = try FileSystem.read(path, limit: PipelineFile.maximumBytes)
        } catch let error as FileAccessError {
            throw PipelinesError(
                .unreadableConfiguration, "cannot read the profile: \(error.message)",
                context: ["path": path.string])
        }
        let text = String(decoding: bytes, as: UTF8.self)
        // What could make the tree explode is refused before it is decoded.
        _ = try YAMLDocument.compose(text, file: path.string)
        do {
            let profile = try YAMLDecoder().decode(Profile.self, from: text)
            try profile.check()
            return profile
        } catch let error as DocumentFailure {
            throw PipelineFile.problem(path.string, nil, error.message)
        } catch let error as DecodingError {
            throw PipelineFile.problem(path.string, nil, describe(error))
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        func place(_ context: DecodingError.Context, _ last: String? = nil) -> String {
            (context.codingPath.map(\.stringValue) + [last].compactMap { $0 }).joined(separator: ".")
        }
        return switch error {
        case .keyNotFound(let key, let context): "missing key '\(place(context, key.stringValue))'"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(place(context)): a value of another kind is expected"
        case .dataCorrupted(let context): "\(place(context)): \(context.debugDescription)"
        @unknown default: "not a profile"
        }
    }
}
