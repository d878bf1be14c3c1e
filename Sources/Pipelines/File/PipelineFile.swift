import Foundation
public import SystemPackage
import Yams

/// Reads pipeline files.
///
/// A file is not trusted: it is at most ``maximumBytes`` long and ``maximumDepth`` deep, and may hold neither
/// YAML anchors and aliases, which multiply, nor tags, nor a second document.
public enum PipelineFile {
    /// The most bytes of a pipeline file.
    public static let maximumBytes = 256 << 10
    /// The deepest nesting of a pipeline file; the deepest that has a meaning is 6.
    public static let maximumDepth = 16

    /// Reads the file at `path`.
    ///
    /// - Parameter environment: The process environment; `HOME` is what `~` stands for.
    /// - Throws: ``PipelinesError`` of code `unreadableConfiguration` when there is no such file, and
    ///   `badConfiguration` with every problem of the file at once otherwise.
    public static func read(_ path: FilePath, environment: [String: String]) throws(PipelinesError)
        -> PipelineDefinition
    {
        let context = ["path": path.string]
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(filePath: path.string))
            data = try handle.read(upToCount: maximumBytes + 1) ?? Data()
        } catch {
            throw PipelinesError(
                .unreadableConfiguration, "cannot read the pipeline file \(path): \(reason(error))",
                context: context)
        }
        guard data.count <= maximumBytes else {
            throw problem(path.string, nil, "the file is larger than \(ByteSize(bytes: maximumBytes))")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw problem(path.string, nil, "the file is not UTF-8 text; save it as UTF-8")
        }
        return try parse(
            text, file: path.string, base: path.removingLastComponent(),
            home: environment["HOME"].flatMap { $0.isEmpty ? nil : FilePath($0) })
    }

    /// Reads the text of a pipeline file.
    ///
    /// - Parameters:
    ///   - file: The name that problems carry.
    ///   - base: The directory against which relative paths are resolved.
    ///   - home: What `~` stands for.
    /// - Throws: ``PipelinesError`` of code `badConfiguration` with every problem of the text at once.
    public static func parse(
        _ text: String, file: String, base: FilePath, home: FilePath?
    ) throws(PipelinesError) -> PipelineDefinition {
        var reader = NodeReader(file: file, base: base, home: home)
        let root = try YAMLDocument.compose(text, file: file)
        let definition = PipelineKeys.pipeline.read(root, &reader)
        if let definition { DefinitionRules.check(definition, &reader) }
        guard let definition, reader.problems.isEmpty else {
            throw PipelinesError(file: file, problems: reader.problems)
        }
        return definition
    }

    static func problem(_ file: String, _ mark: Mark?, _ message: String) -> PipelinesError {
        problem(file, (mark?.line ?? 1, mark?.column ?? 1), message)
    }

    static func problem(_ file: String, _ place: (line: Int, column: Int), _ message: String)
        -> PipelinesError
    {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        return PipelinesError(
            file: file,
            problems: [
                PipelineProblem(file: file, line: place.line, column: place.column, message: line)
            ])
    }

    private static func reason(_ error: any Error) -> String {
        let error = error as NSError
        let underlying = error.userInfo[NSUnderlyingErrorKey] as? NSError
        let code = underlying?.domain == NSPOSIXErrorDomain ? underlying?.code : nil
        return code.map { Errno(rawValue: CInt($0)).description } ?? error.localizedDescription
    }
}
