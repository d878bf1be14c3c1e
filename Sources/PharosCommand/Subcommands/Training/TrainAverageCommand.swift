import ArgumentParser
import BeaconTraining
import Foundation
import SystemPackage

struct TrainAverageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "average",
        abstract: "Write the mean of checkpoints of one shape.",
        discussion: """
            Ends of several cycles of training often answer better together than each of them.

            Example: pharos train average models/first-end models/second-end --output models/mean
            """)

    @Argument(help: "Checkpoint directories.")
    var checkpoints: [String]

    @Option(help: "The directory of the mean.")
    var output: String

    @Flag(help: "Write F16, half the size: for a model to be used, not to be trained on.")
    var half = false

    func run() async throws {
        try CheckpointAverage(checkpoints.map { FilePath($0) }, halved: half).write(to: FilePath(output))
        try StandardStream.output.write("\(output): the mean of \(checkpoints.count) checkpoints\n")
    }
}
