import Foundation

/// Picks the next token from logits: greedily, or at random among the likeliest.
public struct Sampler: Sendable {
    /// 0 = greedy.
    public var temperature: Float
    /// Tokens to choose among; 0 = all.
    public var topK: Int
    /// Smallest set of tokens whose probabilities reach this sum; 1 = all.
    public var topP: Float
    private var generator: SplitMix64

    /// - Parameter seed: equal seeds and logits give equal tokens.
    public init(temperature: Float = 0, topK: Int = 0, topP: Float = 1, seed: UInt64 = 0) {
        self.temperature = max(0, temperature)
        self.topK = max(0, topK)
        self.topP = min(max(0, topP), 1)
        generator = SplitMix64(seed: seed)
    }

    /// The chosen token; of equal logits the lowest id wins.
    public mutating func next(_ logits: [Float]) -> Int32 {
        guard temperature > 0 else { return Self.greedy(logits) }
        var order = logits.indices.sorted { (logits[$0], $1) > (logits[$1], $0) }
        if topK > 0 { order = Array(order.prefix(topK)) }
        guard let best = order.first else { return 0 }
        let weights = order.map { exp(Double(logits[$0] - logits[best]) / Double(temperature)) }
        let total = weights.reduce(0, +)
        var kept = weights.count
        var sum = 0.0
        for (index, weight) in weights.enumerated() {
            sum += weight
            if sum >= Double(topP) * total {
                kept = index + 1
                break
            }
        }
        let mass = weights[..<kept].reduce(0, +)
        var target = generator.unit() * mass
        for index in 0..<kept {
            target -= weights[index]
            if target < 0 { return Int32(order[index]) }
        }
        return Int32(order[kept - 1])
    }

    /// The token with the largest logit.
    public static func greedy(_ logits: [Float]) -> Int32 {
        var best = 0
        for index in logits.indices where logits[index] > logits[best] { best = index }
        return Int32(best)
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): a small generator whose whole state is its seed.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    /// A uniform number in `0..<1`.
    public mutating func unit() -> Double { Double(next() >> 11) / Double(1 << 53) }
}
