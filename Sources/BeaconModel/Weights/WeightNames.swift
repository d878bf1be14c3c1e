/// Where a checkpoint keeps its tensors: the only place that spells their names.
public enum WeightNames {
    public static let embedding = "model.embed_tokens.weight"
    public static let beaconEmbedding = "model.beacon_embed_tokens.weight"
    public static let finalNorm = "model.norm.weight"
    public static let head = "lm_head.weight"

    public static func inputNorm(_ layer: Int) -> String { "model.layers.\(layer).input_layernorm.weight" }

    public static func attentionNorm(_ layer: Int) -> String {
        "model.layers.\(layer).post_attention_layernorm.weight"
    }

    /// `self_attn.q_proj` or `self_attn.beacon_q_proj`, without `.weight` or `.bias`.
    public static func projection(_ projection: BeaconProjection, layer: Int, beacon: Bool = false) -> String
    {
        "model.layers.\(layer).self_attn.\(beacon ? "beacon_" : "")\(projection.rawValue)_proj"
    }

    public static func gate(_ layer: Int) -> String { "model.layers.\(layer).mlp.gate_proj" }
    public static func up(_ layer: Int) -> String { "model.layers.\(layer).mlp.up_proj" }
    public static func down(_ layer: Int) -> String { "model.layers.\(layer).mlp.down_proj" }

    /// Whether a tensor is a beacon parameter, which is what trains in the plug-in.
    public static func isBeacon(_ name: String) -> Bool { name.contains("beacon") }
}
