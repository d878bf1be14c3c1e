extension CacheIdentity {
    /// The version of the cache format that this module writes.
    public static let formatVersion = 1

    /// The identity of a cache made by a model with these settings.
    ///
    /// - Parameters:
    ///   - weights: digest of the base model's weights.
    ///   - beaconParameters: digest of the beacon projections and the beacon embedding.
    ///   - tokenizer: digest of the tokenizer.
    ///   - configuration: digest of the model configuration.
    ///   - weightFormat: number format of the matrix products, such as `f32`, `bf16` or `int8`.
    ///   - windowSize: raw tokens in a window.
    ///   - stride: raw tokens from one window to the next.
    ///   - placement: `interleave` or `append`.
    ///   - attention: the attention scheme.
    ///   - attendPrevious: whether beacons attend to those of earlier windows.
    ///   - sinkSize: attention sink tokens.
    ///   - ratios: the ratio schedule in a canonical spelling.
    ///   - segmentRule: how documents are cut into segments, in a canonical spelling.
    ///   - promptHead: digest of the text before the document.
    ///   - normaliser: version of the text normaliser.
    ///   - text: digest of the document's text.
    ///   - compressionLevel: the zstd level, since it changes the stored bytes.
    public init(
        weights: String, beaconParameters: String, tokenizer: String, configuration: String,
        weightFormat: String,
        windowSize: Int, stride: Int, placement: String, attention: String, attendPrevious: Bool,
        sinkSize: Int,
        ratios: String, segmentRule: String, promptHead: String, normaliser: String, text: String,
        keyEncoding: KeyValueEncoding, valueEncoding: KeyValueEncoding, compressionLevel: Int = 3
    ) {
        let pairs: [(String, String)] = [
            ("format", String(Self.formatVersion)),
            ("model.weights", weights),
            ("model.beacon", beaconParameters),
            ("model.tokenizer", tokenizer),
            ("model.configuration", configuration),
            ("compute.weights", weightFormat),
            ("window.size", String(windowSize)),
            ("window.stride", String(stride)),
            ("window.placement", placement),
            ("window.attention", attention),
            ("window.attend-previous", attendPrevious ? "true" : "false"),
            ("window.sink", String(sinkSize)),
            ("ratios", ratios),
            ("segments", segmentRule),
            ("prompt.head", promptHead),
            ("text.normaliser", normaliser),
            (Self.textField, text),
            ("encoding.keys", keyEncoding.rawValue),
            ("encoding.values", valueEncoding.rawValue),
            ("encoding.level", String(compressionLevel)),
        ]
        self.init(unchecked: pairs.map { Field(name: $0.0, value: $0.1) })
    }
}
