import ArgumentParser
import Documents
import SystemPackage
import Yams

struct DetectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect",
        abstract: "Say which profile fits a file, and print it as YAML to edit.",
        discussion: "Example: pharos detect Samples/bulletins.xml > profile.yaml")

    @Argument(help: "The file to look at.")
    var file: String

    @Flag(help: "Print one JSON object: profile, reason, confidence.")
    var json = false

    func run() async throws {
        let detection = try Detector.detect(FilePath(file))
        if json { return try JSONLines(StandardStream.output).write("detection", detection) }
        let profile = try Profile.named(detection.profile)
        let encoder = YAMLEncoder()
        encoder.options.sortKeys = true
        try StandardStream.output.write(
            "# \(detection.profile): \(detection.reason)\n" + encoder.encode(profile))
    }
}
