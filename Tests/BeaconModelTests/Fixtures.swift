import Foundation
import Testing

@testable import BeaconModel

/// Reference values beside the tests.
enum Fixtures {
    static func url(_ path: String) throws -> URL {
        try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/\(path)")
    }

    static func decode<T: Decodable>(_ type: T.Type, _ path: String) throws -> T {
        try JSONDecoder().decode(type, from: Data(contentsOf: url(path)))
    }
}

/// The beacon keys in which a plan differs from window 1024, interleaved, full coverage, no sink.
struct PlanConfiguration: Decodable {
    var beacon_window: Int?
    var beacon_stride: Int?
    var beacon_ratio: [Int]?
    var beacon_ratio_mix: String?
    var beacon_sink_size: Int?
    var beacon_pos: BeaconPlacement?
    var beacon_attn: AttentionScheme?
    var beacon_parallel_window: Int?
    var max_position_embeddings: Int?

    var rope_scaling: Scaling?

    struct Scaling: Decodable {
        var factor: Double
    }

    var contextLength: Int { Int(Double(max_position_embeddings ?? 32768) * (rope_scaling?.factor ?? 1)) }

    func settings() throws -> BeaconConfiguration {
        try BeaconConfiguration(
            windowSize: beacon_window ?? 1024, ratios: beacon_ratio ?? [2, 4, 8, 16, 32],
            ratioRule: RatioRule(checkpoint: beacon_ratio_mix ?? "step-random"),
            placement: beacon_pos ?? .interleave, attention: beacon_attn ?? .fullCoverage,
            sinkSize: beacon_sink_size ?? 0)
    }
}
