/// Chooses the compression ratio of each window (reference §5).
///
/// One chooser serves one sequence after another; its random generator runs on from sequence to sequence,
/// as the reference's does. A chooser made anew for every sequence makes sequences independent.
public struct RatioChooser: Sendable {
    /// Whether ratio rules of training apply: at most one uncompressed window, and never the last.
    public enum Mode: Sendable { case inference, training }

    private let ratios: [Int]
    private let rule: RatioRule
    private let windowSize: Int
    private let contextLength: Double
    private let mode: Mode
    private var generator: NumPyGenerator
    private var held: Int?
    private var cycle: [Int] = []
    private var cyclePosition = 0
    private var usedZero = false

    /// - Parameters:
    ///   - contextLength: tokens the model can address, with RoPE scaling; what `adapt-N` fits into.
    ///   - seed: the reference's is 42.
    public init(
        _ configuration: BeaconConfiguration, contextLength: Double, mode: Mode = .inference,
        seed: UInt32 = 42
    ) {
        ratios = configuration.ratios
        rule = configuration.ratioRule
        windowSize = configuration.windowSize
        self.contextLength = contextLength
        self.mode = mode
        generator = NumPyGenerator(seed: seed)
    }

    /// Forgets the choices of the sequence before; the random generator runs on.
    public mutating func startSequence() {
        held = nil
        cycle = []
        cyclePosition = 0
        usedZero = false
    }

    /// The ratio of the window that starts at raw token `start`.
    ///
    /// - Parameters:
    ///   - firstCallLength: tokens of the sequence's first call, for `adapt-N`.
    ///   - total: tokens of the sequence so far.
    public mutating func choose(start: Int, firstCallLength: Int, total: Int) throws -> Int {
        if ratios.count == 1 { return ratios[0] }
        var candidates = ratios.filter { $0 <= windowSize && ($0 == 0 || windowSize % $0 == 0) }
        if mode == .training, usedZero || start + 2 * windowSize > total {
            candidates.removeAll { $0 == 0 }
        }
        guard !candidates.isEmpty else {
            throw ModelError(
                .badConfiguration, "none of the ratios \(ratios) divides the window of \(windowSize)")
        }
        let choice: Int
        switch rule {
        case .stepRandom:
            choice = candidates[generator.integer(below: candidates.count)]
        case .instanceRandom:
            choice = held ?? candidates[generator.integer(below: candidates.count)]
            held = choice
        case .sequence:
            if cycle.isEmpty { cycle = candidates }
            choice = cycle[cyclePosition % cycle.count]
            cyclePosition += 1
        case .adapt(let newTokens):
            choice =
                held
                ?? Self.smallest(
                    of: candidates, fitting: firstCallLength + newTokens, contextLength: contextLength,
                    windowSize: windowSize)
            held = choice
        }
        if choice == 0 { usedZero = true }
        return choice
    }

    /// The ratio with the smallest capacity that holds `need` tokens, the first on ties; else the largest ratio.
    private static func smallest(
        of ratios: [Int], fitting need: Int, contextLength: Double, windowSize: Int
    ) -> Int {
        func capacity(_ ratio: Int) -> Double {
            guard ratio > 0 else { return contextLength }
            return (contextLength - Double(windowSize)) * Double(ratio) + Double(windowSize)
        }
        var best: Int?
        for ratio in ratios where capacity(ratio) >= Double(need) {
            if best.map({ capacity(ratio) < capacity($0) }) ?? true { best = ratio }
        }
        return best ?? ratios.max() ?? 0
    }
}
