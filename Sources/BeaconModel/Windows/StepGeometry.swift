internal import Tensors

/// What an entry of the open window is.
public enum EntryKind: UInt8, Sendable, Hashable {
    case raw = 0
    case beacon = 1
}

/// Positions and visibility of one pass (reference §4 and §8).
///
/// Columns are the memory's sink and beacons, the open window's cached entries, then the pass's inputs.
struct StepGeometry {
    /// Position of each cached entry of the open window.
    var cachedPositions: [Int]
    /// Position of each input.
    var inputPositions: [Int]
    var mask: AttentionMask

    /// - Parameters:
    ///   - cached: kinds of the open window's entries that are already in memory.
    init(_ step: WindowStep, cached: [EntryKind], configuration: BeaconConfiguration) {
        let prefix = step.memoryBefore.sink + step.memoryBefore.beacon
        let entries = cached.count + step.inputCount
        var positions = Array(prefix..<prefix + entries)
        mask = .causal
        let ratio = step.ratio ?? 0
        if configuration.attention != .fullCoverage, ratio > 0 {
            var kinds = cached + [EntryKind](repeating: .raw, count: step.inputCount)
            for offset in step.beaconOffsets { kinds[cached.count + offset] = .beacon }
            switch configuration.placement {
            case .interleave:
                for index in positions.indices { positions[index] -= index / (ratio + 1) }
                mask = Self.interleavedMask(kinds, inputs: step.inputCount, prefix: prefix)
            case .append where !step.beaconOffsets.isEmpty:
                let window = AppendedWindow(
                    rawCount: entries - step.beaconOffsets.count, beacons: step.beaconOffsets.count,
                    ratio: ratio, prefix: prefix, cached: cached.count, configuration: configuration)
                for beacon in 0..<window.beacons {
                    positions[window.rawCount + beacon] = window.position(beacon)
                }
                mask = window.mask(inputs: step.inputCount)
            case .append:
                break
            }
        }
        cachedPositions = Array(positions[..<cached.count])
        inputPositions = Array(positions[cached.count...])
    }

    /// Interleaved step expansion: a window's beacons are hidden from everybody but themselves.
    ///
    /// The published code hides columns 0 and 1 instead, because it takes the flags for column numbers.
    private static func interleavedMask(_ kinds: [EntryKind], inputs: Int, prefix: Int) -> AttentionMask {
        let columns = prefix + kinds.count
        var bits = [Bool](repeating: false, count: inputs * columns)
        for row in 0..<inputs {
            let own = kinds.count - inputs + row
            for column in 0..<prefix { bits[row * columns + column] = true }
            for entry in 0...own where entry == own || kinds[entry] == .raw {
                bits[row * columns + prefix + entry] = true
            }
        }
        return .explicit(bits)
    }
}

/// Step expansion and segmentation of beacons that follow their window's raw tokens (v1, v2).
private struct AppendedWindow {
    var rawCount: Int
    var beacons: Int
    var ratio: Int
    var prefix: Int
    var cached: Int
    var configuration: BeaconConfiguration

    /// Raw entries of the window that beacon `index` sees.
    func unit(_ index: Int) -> Range<Int> {
        let end = (index + 1) * ratio
        return configuration.attention == .segmentation ? index * ratio..<end : 0..<end
    }

    func position(_ index: Int) -> Int {
        if configuration.attention == .segmentation {
            return ratio + prefix + cached + (configuration.attendPrevious ? index : 0)
        }
        return prefix + (index + 1) * ratio - 1 + (configuration.attendPrevious ? index + 1 : 1)
    }

    func mask(inputs: Int) -> AttentionMask {
        let columns = prefix + rawCount + beacons
        var bits = [Bool](repeating: false, count: inputs * columns)
        for row in 0..<inputs {
            let own = columns - inputs + row
            func show(_ range: Range<Int>) {
                for column in range { bits[row * columns + column] = true }
            }
            let beacon = own - prefix - rawCount
            guard beacon >= 0 else {
                show(0..<own + 1)
                continue
            }
            show(0..<prefix)
            let unit = unit(beacon)
            show(prefix + unit.lowerBound..<prefix + min(unit.upperBound, rawCount))
            show((configuration.attendPrevious ? own - beacon : own)..<own + 1)
        }
        return .explicit(bits)
    }
}

/// Positions and visibility of a planned pass over memory and inputs, for those who check or show plans.
public struct PlanGeometry: Sendable {
    /// Position of every memory column, then of every input.
    public var positions: [Int]
    private let inputs: Int
    private let mask: AttentionMask

    /// What each input sees, `[inputs, memory + inputs]`, row-major.
    public var visible: [Bool] {
        switch mask {
        case .explicit(let bits): return bits
        case .causal:
            let columns = positions.count
            return (0..<inputs).flatMap { row in
                (0..<columns).map { $0 <= columns - inputs + row }
            }
        }
    }

    /// - Parameter cached: kinds of the open window's entries before the pass.
    public init(_ step: WindowStep, cached: [EntryKind], configuration: BeaconConfiguration) {
        let geometry = StepGeometry(step, cached: cached, configuration: configuration)
        positions =
            Array(0..<step.memoryBefore.sink + step.memoryBefore.beacon) + geometry.cachedPositions
            + geometry.inputPositions
        inputs = step.inputCount
        mask = geometry.mask
    }

    /// What each input of a pass is.
    public static func kinds(_ step: WindowStep) -> [EntryKind] {
        var kinds = [EntryKind](repeating: .raw, count: step.inputCount)
        for offset in step.beaconOffsets { kinds[offset] = .beacon }
        return kinds
    }
}
