/// A set of up to 256 path steps.
typealias StepSet = SIMD4<UInt64>

/// Matches many path patterns at once against the elements of a stream, with one set of steps per open element.
///
/// Step `i` in an element's set means: a child may match step `i`. The step behind it is bit `i + 1`; no pattern
/// crosses the 64 bits of a lane.
struct PatternMatcher {
    private(set) var patterns: [PathPattern] = []
    private var steps: [PathPattern.Step?] = Array(repeating: nil, count: 256)
    private var patternOfLast: [Int] = Array(repeating: -1, count: 256)
    private var used = [0, 0, 0, 0]
    private var descending = StepSet()
    private var last = StepSet()
    private var guarded = StepSet()
    private var masks: [StepSet] = []
    /// The set of the element or document where matching starts.
    private(set) var start = StepSet()
    /// Patterns without steps: the starting element itself.
    private(set) var selfPatterns: [Int] = []

    var isEmpty: Bool { patterns.isEmpty }

    /// Adds a pattern and returns its number.
    mutating func add(_ pattern: PathPattern) throws -> Int {
        let number = patterns.count
        patterns.append(pattern)
        if pattern.steps.isEmpty {
            selfPatterns.append(number)
            return number
        }
        guard let lane = used.firstIndex(where: { $0 + pattern.steps.count <= 64 }) else {
            throw DocumentFailure(
                .definition, "too many paths in one profile (256 steps at most, plain names not counted)")
        }
        for (offset, step) in pattern.steps.enumerated() {
            let bit = used[lane] + offset
            steps[lane * 64 + bit] = step
            if step.descends { descending[lane] |= 1 << UInt64(bit) }
            if !step.predicates.isEmpty { guarded[lane] |= 1 << UInt64(bit) }
            if offset == 0 { start[lane] |= 1 << UInt64(bit) }
            if offset == pattern.steps.count - 1 {
                last[lane] |= 1 << UInt64(bit)
                patternOfLast[lane * 64 + bit] = number
            }
        }
        used[lane] += pattern.steps.count
        return number
    }

    /// Learns the names that the parser has met since the last call.
    mutating func learn(_ names: [ElementName]) {
        while masks.count < names.count {
            let name = names[masks.count]
            var mask = StepSet()
            for bit in 0..<256 {
                if let step = steps[bit], step.test.matches(name) { mask[bit / 64] |= 1 << UInt64(bit % 64) }
            }
            masks.append(mask)
        }
    }

    /// The set of a child element, and the patterns that end at it.
    func enter(
        _ name: UInt32, from active: StepSet, holds: (PathPattern.Predicate) -> Bool
    ) -> (next: StepSet, matched: StepSet) {
        var hit = active & masks[Int(name)]
        let checked = hit & guarded
        if checked != StepSet() {
            Self.forEachBit(checked) { bit in
                guard let step = steps[bit], !step.predicates.allSatisfy(holds) else { return }
                hit[bit / 64] &= ~(1 << UInt64(bit % 64))
            }
        }
        let next = (active & descending) | ((hit & ~last) &<< StepSet(repeating: 1))
        return (next, hit & last)
    }

    /// The numbers of the patterns in a set of last steps.
    func numbers(_ matched: StepSet) -> [Int] {
        var result: [Int] = []
        Self.forEachBit(matched) { result.append(patternOfLast[$0]) }
        return result
    }

    private static func forEachBit(_ set: StepSet, _ body: (Int) -> Void) {
        for lane in 0..<4 {
            var bits = set[lane]
            while bits != 0 {
                body(lane * 64 + bits.trailingZeroBitCount)
                bits &= bits - 1
            }
        }
    }
}

/// A name as the parser met it.
struct ElementName: Sendable, Hashable {
    var local: String
    var prefix: String?
    var uri: String?

    /// As it is written in the document.
    var written: String { prefix.map { "\($0):\(local)" } ?? local }
}

extension PathPattern.Test {
    func matches(_ name: ElementName) -> Bool {
        switch self {
        case .any: true
        case .plain(let local): name.prefix == nil && name.local == local
        case .local(let local): name.local == local
        case .qualified(let uri, let local): name.local == local && name.uri == uri
        }
    }
}
