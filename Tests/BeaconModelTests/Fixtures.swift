import Foundation
import Testing

@testable import BeaconModel

/// Reference values beside the tests.
enum Fixtures {
    static func url(_ path: String) throws -> URL {
        try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/\(path)")
    }

    static func decode<T: Decodable>(_ type: T.Type, _ path: String) throws -> T {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(contentsOf: url(path)))
    }
}

/// The beacon keys in which a plan differs from window 1024, interleaved, full coverage, no sink.
struct PlanConfiguration: Decodable {
    var beaconWindow: Int?
    var beaconStride: Int?
    var beaconRatio: [Int]?
    var beaconRatioMix: String?
    var beaconSinkSize: Int?
    var beaconPos: BeaconPlacement?
    var beaconAttn: AttentionScheme?
    var beaconParallelWindow: Int?
    var maxPositionEmbeddings: Int?

    var ropeScaling: Scaling?

    struct Scaling: Decodable {
        var factor: Double
    }

    var contextLength: Double { Double(maxPositionEmbeddings ?? 32768) * (ropeScaling?.factor ?? 1) }

    func settings() throws -> BeaconConfiguration {
        try BeaconConfiguration(
            windowSize: beaconWindow ?? 1024, ratios: beaconRatio ?? [2, 4, 8, 16, 32],
            ratioRule: RatioRule(checkpoint: beaconRatioMix ?? "step-random"),
            placement: beaconPos ?? .interleave, attention: beaconAttn ?? .fullCoverage,
            sinkSize: beaconSinkSize ?? 0)
    }
}
