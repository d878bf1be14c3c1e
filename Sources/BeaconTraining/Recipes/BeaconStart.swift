public import BeaconModel

/// The beacon settings that a checkpoint is trained with, as far as they are not its own.
///
/// An ordinary checkpoint says nothing of beacons; without settings there would be nothing to train but the beacon
/// token's embedding.
public struct BeaconStart: Sendable, Hashable {
    /// Raw tokens of a window.
    public var windowSize: Int?
    public var ratios: [Int]?
    /// Projections that beacons have of their own.
    public var projections: [BeaconProjection]?
    /// Activations of the first tokens that always stay.
    public var sinkSize: Int?

    public init() {}

    /// `config.json` with the settings in it: these, else its own, else those of the released checkpoints (reference §1).
    func settings(over json: [String: Any]) -> [String: Any] {
        var json = json
        let released: [String: Any] = [
            "beacon_window": 1024, "beacon_stride": 1024, "beacon_ratio": [2, 4, 8, 16, 32],
            "beacon_ratio_mix": "adapt-1024", "beacon_param": ["q", "k", "v"], "beacon_pos": "interleave",
            "beacon_attn": "full-coverage", "beacon_attend_prev": true, "beacon_sink_size": 0,
            "beacon_embed_init": "eos", "beacon_parallel_window": 1,
        ]
        json.merge(released) { own, _ in own }
        if let windowSize {
            json["beacon_window"] = windowSize
            json["beacon_stride"] = windowSize
        }
        if let ratios { json["beacon_ratio"] = ratios }
        if let projections { json["beacon_param"] = projections.map(\.rawValue) }
        if let sinkSize { json["beacon_sink_size"] = sinkSize }
        return json
    }
}
