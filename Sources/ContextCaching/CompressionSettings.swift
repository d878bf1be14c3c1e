public import BeaconModel

/// How a collection's documents are compressed.
public struct CompressionSettings: Sendable, Hashable {
    /// Raw tokens that one beacon condenses.
    public enum Ratio: Sendable, Hashable {
        case fixed(Int)
        /// The next of the list for each window, cyclically.
        case sequence([Int])
        /// By the checkpoint's own rule, such as `adapt-1024`.
        case adaptive
    }

    /// What begins with a fresh memory.
    public enum Segmentation: Sendable, Hashable {
        /// The document is one segment, as in the reference; its unfinished last window stays raw.
        case document
        /// Segments of at most so many windows, cut at the end of a paragraph, line or sentence. Each one's
        /// last window is condensed as it is.
        case windows(Int)
    }

    public var ratio: Ratio
    public var segmentation: Segmentation
    /// Raw tokens of a window; the model's own unless given.
    public var windowSize: Int?

    public init(ratio: Ratio = .adaptive, segmentation: Segmentation = .document, windowSize: Int? = nil) {
        self.ratio = ratio
        self.segmentation = segmentation
        self.windowSize = windowSize
    }

    /// The model's beacon settings with this collection's choices put in.
    ///
    /// - Throws: `ModelError` where ratio and window contradict each other.
    public func settings(for model: ModelConfiguration) throws -> BeaconConfiguration {
        var settings = model.beacon
        if let windowSize { settings.windowSize = windowSize }
        switch ratio {
        case .adaptive: break
        case .fixed(let ratio): settings.ratios = [ratio]
        case .sequence(let ratios):
            settings.ratios = ratios
            settings.ratioRule = .sequence
        }
        for ratio in settings.ratios where self.ratio != .adaptive {
            guard ratio >= 0, ratio <= settings.windowSize, ratio == 0 || settings.windowSize % ratio == 0
            else {
                throw ModelError(
                    .badRequest,
                    "ratio \(ratio) does not divide the window of \(settings.windowSize) tokens")
            }
        }
        if case .windows(let count) = segmentation, count < 1 {
            throw ModelError(.badRequest, "a segment needs at least one window, got \(count)")
        }
        try settings.validate()
        return settings
    }
}
