import BeaconTraining
import Foundation
import SystemPackage
import Testing

struct TrainingConformanceTests {
    @Test(
        "Losses, gradients and optimizer steps equal the authors' implementation",
        arguments: ["train-append", "train-interleave", "train-llama-sink-masked-labels"], [nil, 1, 2])
    func matches(name: String, segmentsPerPass: Int?) throws {
        let report = try TrainingConformance.run(
            Fixtures.directory.appending(name), segmentsPerPass: segmentsPerPass)
        let worst = report.differences.sorted { $0.value > $1.value }.prefix(5)
        #expect(report.pass, "\(worst)")
        #expect(report.differences.count > 6)
    }
}

enum Fixtures {
    static var directory: FilePath {
        FilePath(URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures").path)
    }
}
