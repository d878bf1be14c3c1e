/// Where a window's beacon tokens stand (`beacon_pos`).
public enum BeaconPlacement: String, Sendable, Hashable, Codable {
    /// A beacon follows every `ratio`-th raw token (v3).
    case interleave
    /// All beacons follow the raw tokens of their window (v1, v2).
    case append
}

/// What a beacon sees of its own window (`beacon_attn`).
public enum AttentionScheme: String, Sendable, Hashable, Codable {
    /// Everything before it.
    case fullCoverage = "full-coverage"
    /// The unit it ends and all units before.
    case stepExpansion = "step-expansion"
    /// Its own unit alone.
    case segmentation
}

/// A projection that may have beacon weights of its own (a letter of `beacon_param`).
public enum BeaconProjection: String, Sendable, Hashable, Codable, CaseIterable {
    case q, k, v, o
}

/// The beacon settings of a checkpoint (reference §1).
public struct BeaconConfiguration: Sendable, Hashable {
    /// Raw tokens of a window; window and stride are equal.
    public var windowSize: Int
    /// Raw tokens that a window may hold once a question is read (`beacon_question_window`), at least `windowSize`.
    ///
    /// The paper closes the window at `windowSize` wherever that falls, in the middle of a question too. A small model
    /// that was trained on whole questions answers much better when it sees them so.
    public var questionWindow: Int {
        get { max(windowSize, longerWindow ?? 0) }
        set { longerWindow = newValue }
    }
    private var longerWindow: Int?
    /// Candidate ratios; 0 keeps raw activations.
    public var ratios: [Int]
    public var ratioRule: RatioRule
    public var projections: Set<BeaconProjection>
    public var placement: BeaconPlacement
    public var attention: AttentionScheme
    /// Whether a beacon sees the earlier beacons of its window; matters outside full coverage only.
    public var attendPrevious: Bool
    /// Activations of the first tokens that always stay in front.
    public var sinkSize: Int
    /// Whether a missing beacon embedding copies the end-of-text row; otherwise the begin-of-text row.
    public var embeddingFromEndOfText: Bool

    public init(
        windowSize: Int = 1024, ratios: [Int] = [2, 4, 8, 16, 32], ratioRule: RatioRule = .stepRandom,
        projections: Set<BeaconProjection> = [], placement: BeaconPlacement = .interleave,
        attention: AttentionScheme = .fullCoverage, attendPrevious: Bool = true, sinkSize: Int = 0,
        embeddingFromEndOfText: Bool = true, questionWindow: Int? = nil
    ) throws {
        self.windowSize = windowSize
        longerWindow = questionWindow
        self.ratios = ratios
        self.ratioRule = ratioRule
        self.projections = projections
        self.placement = placement
        self.attention = attention
        self.attendPrevious = attendPrevious
        self.sinkSize = sinkSize
        self.embeddingFromEndOfText = embeddingFromEndOfText
        try validate()
    }

    /// Throws where the settings contradict each other.
    public func validate() throws {
        func refuse(_ message: String) -> ModelError { ModelError(.badConfiguration, message) }
        guard windowSize > 0, windowSize <= 1 << 24 else {
            throw refuse("beacon_window is \(windowSize); expected 1 to 16777216")
        }
        guard questionWindow > 0, questionWindow <= 1 << 24 else {
            throw refuse("beacon_question_window is \(questionWindow); expected 1 to 16777216")
        }
        guard !ratios.isEmpty, ratios.allSatisfy({ $0 >= 0 && $0 <= 1 << 24 }) else {
            throw refuse("beacon_ratio is \(ratios); expected one or more integers from 0")
        }
        guard sinkSize >= 0, sinkSize <= windowSize else {
            throw refuse("beacon_sink_size is \(sinkSize); expected 0 to the window size \(windowSize)")
        }
        if placement == .interleave {
            guard attention != .segmentation else {
                throw refuse("beacon_attn segmentation needs beacon_pos append")
            }
            guard attention == .fullCoverage || !attendPrevious else {
                throw refuse("interleaved beacons with step-expansion need beacon_attend_prev false")
            }
        }
    }
}
