import Synchronization
public import Tensors

/// The activations that a sequence attends to: sink, beacons, then the open window's raw entries.
///
/// Keys are kept before RoPE, and beside them rotated to the position they were last used at. Sink and
/// beacons stand at their index, so each is rotated once after it was condensed and never again. What is shared
/// is therefore read in place by any number of sequences, each of which holds only its own question and answer, and
/// needs no keys before RoPE unless angles depend on a sequence's length.
public final class KeyValueMemory {
    struct Layer {
        /// Before RoPE, from entry `keyStart` on.
        var keys: HeadMatrix
        /// Rotated to `positions`; holds no entries behind those that were placed.
        var placed: HeadMatrix
        var values: HeadMatrix
    }

    public let kvHeads: Int
    public let headDim: Int
    private(set) var layers: [Layer]
    public private(set) var counts = MemoryCounts()
    /// Kinds of the open window's entries.
    public private(set) var openKinds: [EntryKind] = []
    /// What each entry stands for, as its owner numbers it; -1 = nothing in particular.
    public private(set) var origins: [Int32] = []
    /// Where each entry's placed key stands; -1 = nowhere yet.
    private var positions: [Int] = []
    /// The first entry whose key before RoPE is there. Those in front are placed, and stay where they are.
    private(set) var keyStart = 0

    /// - Parameter storage: how keys and values are held; f32 is exact.
    init(_ configuration: ModelConfiguration, storage: HeadStorage = .f32) {
        kvHeads = configuration.kvHeads
        headDim = configuration.headDim
        layers = (0..<configuration.layers).map { _ in
            func matrix() -> HeadMatrix {
                HeadMatrix(heads: configuration.kvHeads, headDim: configuration.headDim, storage: storage)
            }
            return Layer(keys: matrix(), placed: matrix(), values: matrix())
        }
    }

    /// Begins with shared entries, to be continued on its own.
    init(_ shared: SharedEntries) {
        kvHeads = shared.kvHeads
        headDim = shared.headDim
        counts = shared.counts
        openKinds = shared.openKinds
        origins = shared.origins
        positions = shared.positions
        keyStart = shared.keyStart
        layers = shared.layers.map { layer in
            func matrix(_ heads: SharedHeads) -> HeadMatrix {
                HeadMatrix(heads: heads.heads, headDim: heads.headDim, capacity: 1, storage: heads.storage)
            }
            return Layer(
                keys: matrix(layer.keys), placed: matrix(layer.placed), values: matrix(layer.values))
        }
        HeadMatrix.reserve(Self.sharersRoom, inEmpty: layers.flatMap { [$0.keys, $0.placed, $0.values] })
        for (layer, shared) in zip(layers, shared.layers) {
            layer.keys.begin(with: shared.keys)
            layer.placed.begin(with: shared.placed)
            layer.values.begin(with: shared.values)
        }
    }

    /// Entries that a memory has room for at first behind those that it shares.
    private static let sharersRoom = 64

    public var layerCount: Int { layers.count }

    /// Rotates every entry to where the open window's next pass expects it, and shares all of them.
    ///
    /// - Parameter keepsKeys: whether sinks and beacons will be rotated anew, as where scaling depends on the length that
    ///   a sequence has seen. Their keys before RoPE are given up otherwise.
    func share(table: RotaryTable, anew: Bool, keepsKeys: Bool, using context: ComputeContext)
        -> SharedEntries
    {
        let prefix = counts.sink + counts.beacon
        if keepsKeys || keyStart > 0 {
            place(openPositions: Array(prefix..<counts.total), table: table, anew: anew, using: context)
        }
        if !keepsKeys {
            for index in layers.indices {
                let open = layers[index].keys.suffix(from: prefix - keyStart)
                if keyStart == 0 { rotateInPlace(&layers[index], table, context) }
                layers[index].keys = open
            }
            positions = Array(0..<counts.total)
            keyStart = prefix
        }
        return SharedEntries(
            kvHeads: kvHeads, headDim: headDim,
            layers: layers.map {
                SharedEntries.Layer(
                    keys: $0.keys.share(), placed: $0.placed.share(), values: $0.values.share())
            }, counts: counts, openKinds: openKinds, origins: origins, positions: positions,
            keyStart: keyStart)
    }

    /// Turns a layer's keys into placed ones, each at its index, without memory for both.
    private func rotateInPlace(_ layer: inout Layer, _ table: RotaryTable, _ context: ComputeContext) {
        Operations.rotate(
            layer.keys, tokens: 0..<counts.total, positions: Array(0..<counts.total), table: table,
            into: layer.keys, at: 0, using: context)
        layer.placed = layer.keys
    }

    /// Bytes set aside for entries, used or not, shared ones included.
    public var byteCount: Int {
        layers.reduce(0) { $0 + $1.keys.byteCount + $1.placed.byteCount + $1.values.byteCount }
    }

    /// Bytes set aside for entries that are not shared.
    public var ownByteCount: Int {
        layers.reduce(0) { $0 + $1.keys.ownByteCount + $1.placed.ownByteCount + $1.values.ownByteCount }
    }

    /// Makes room for `entries` in total, so that what comes later moves nothing.
    ///
    /// - Parameter toBeShared: whether the entries will be shared before a pass runs: placed keys then take the room of
    ///   those before RoPE, or are made in one go.
    public func reserve(_ entries: Int, toBeShared: Bool = false, using context: ComputeContext) {
        guard counts.total > 0 else {
            return HeadMatrix.reserve(
                entries,
                inEmpty: layers.flatMap {
                    toBeShared ? [$0.keys, $0.values] : [$0.keys, $0.placed, $0.values]
                })
        }
        context.forEach(layers.count) { index in
            layers[index].keys.reserve(entries - keyStart)
            layers[index].placed.reserve(entries)
            layers[index].values.reserve(entries)
        }
    }

    /// Entries `range` of all layers, counted over sink, beacons and raw entries; not those that a sequence began with
    /// and reads where others do.
    public func block(_ range: Range<Int>) -> MemoryBlock {
        let keys = keyTokens(range)
        return MemoryBlock(
            layers: layers.count, entries: range.count, kvHeads: kvHeads, headDim: headDim,
            keys: layers.flatMap { $0.keys.values(keys) }, values: layers.flatMap { $0.values.values(range) }
        )
    }

    /// Where the keys before RoPE of entries `range` lie.
    private func keyTokens(_ range: Range<Int>) -> Range<Int> {
        precondition(range.lowerBound >= keyStart, "keys before RoPE are there from entry \(keyStart) on")
        return range.lowerBound - keyStart..<range.upperBound - keyStart
    }

    /// Appends restored entries behind the beacons; the open window must be empty.
    ///
    /// - Parameters:
    ///   - stored: entries in order; several are decoded at a time.
    ///   - origins: what the entries stand for, one number each.
    ///   - check: called between a few of `stored`; ends the restoring by throwing.
    /// - Throws: what decoding or `check` throws; the memory is of no use then.
    public func appendBeacons(
        _ stored: [StoredEntries], origins: [Int32], using context: ComputeContext,
        check: () throws -> Void = {}
    ) throws {
        precondition(counts.raw == 0, "beacons are restored before raw entries")
        let count = stored.reduce(0) { $0 + $1.count }
        precondition(origins.count == count)
        var starts: [Int] = []
        starts.reserveCapacity(stored.count)
        var end = grow(origins)
        for entries in stored {
            starts.append(end)
            end += entries.count
        }
        // A few at a time: whoever shares the cores gets at them in between.
        let stride = 4 * context.threads
        for piece in Swift.stride(from: 0, to: stored.count, by: stride) {
            try check()
            let failure = Mutex<(any Error)?>(nil)
            context.forEach(min(stride, stored.count - piece)) { offset in
                guard failure.withLock({ $0 == nil }) else { return }
                do {
                    try decode(stored[piece + offset], at: starts[piece + offset])
                } catch {
                    failure.withLock { $0 = $0 ?? error }
                }
            }
            if let error = failure.withLock({ $0 }) { throw error }
        }
        counts.beacon += count
    }

    private func decode(_ entries: StoredEntries, at base: Int) throws {
        try entries.forEachLayer { layer, first, keys, values in
            let start = base + first
            let range = start..<start + keys.count / (kvHeads * headDim)
            precondition(range.upperBound <= base + entries.count)
            layers[layer].keys.replace(keyTokens(range), values: keys)
            layers[layer].values.replace(range, values: values)
        }
    }

    /// Appends a block of restored entries behind the beacons; the open window must be empty.
    public func appendBeacons(_ block: MemoryBlock, origins: [Int32], using context: ComputeContext) {
        precondition(counts.raw == 0, "beacons are restored before raw entries")
        append(block, origins: origins, using: context)
        counts.beacon += origins.count
    }

    /// Puts restored sink entries in front; the memory must be empty.
    public func appendSink(_ block: MemoryBlock, using context: ComputeContext) {
        precondition(counts.total == 0, "the sink is restored first")
        append(block, origins: [Int32](repeating: -1, count: block.entries), using: context)
        counts.sink += block.entries
    }

    /// Appends restored entries of the open window.
    public func appendOpen(
        _ block: MemoryBlock, kinds: [EntryKind], origins: [Int32], using context: ComputeContext
    ) {
        precondition(kinds.count == block.entries)
        append(block, origins: origins, using: context)
        counts.raw += block.entries
        openKinds += kinds
    }

    private func append(_ block: MemoryBlock, origins: [Int32], using context: ComputeContext) {
        precondition(origins.count == block.entries)
        let start = grow(origins)
        fill(start..<start + block.entries, with: block, using: context)
    }

    /// Makes entries that are not placed yet and hold nothing.
    ///
    /// - Returns: the number of the first.
    private func grow(_ origins: [Int32]) -> Int {
        let start = counts.total
        for layer in layers {
            layer.keys.resize(to: start + origins.count - keyStart)
            layer.values.resize(to: start + origins.count)
        }
        self.origins += origins
        positions += [Int](repeating: -1, count: origins.count)
        return start
    }

    private func fill(_ range: Range<Int>, with block: MemoryBlock, using context: ComputeContext) {
        precondition(
            block.layers == layers.count && block.kvHeads == kvHeads && block.headDim == headDim
                && block.entries == range.count)
        let width = block.entries * kvHeads * headDim
        let keys = keyTokens(range)
        context.forEach(layers.count) { index in
            let rows = index * width..<(index + 1) * width
            layers[index].keys.replace(keys, values: block.keys[rows])
            layers[index].values.replace(range, values: block.values[rows])
        }
    }

    /// Rotates every entry that does not stand where the coming pass expects it.
    ///
    /// - Parameter openPositions: positions of the open window's entries; the others stand at their index.
    func place(openPositions: [Int], table: RotaryTable, anew: Bool, using context: ComputeContext) {
        precondition(openPositions.count == counts.raw)
        let prefix = counts.sink + counts.beacon
        holdPlaced()
        let wanted = Array(0..<prefix) + openPositions
        var index = 0
        while index < wanted.count {
            guard anew || positions[index] != wanted[index] else {
                index += 1
                continue
            }
            let start = index
            while index < wanted.count, anew || positions[index] != wanted[index] { index += 1 }
            let keys = keyTokens(start..<index)
            for layer in layers {
                Operations.rotate(
                    layer.keys, tokens: keys, positions: Array(wanted[start..<index]), table: table,
                    into: layer.placed, at: start, using: context)
            }
        }
        positions = wanted
    }

    /// Makes room for all entries among the placed ones.
    private func holdPlaced() {
        for layer in layers where layer.placed.count < counts.total {
            layer.placed.resize(to: counts.total)
        }
    }

    /// Makes room for the inputs of a pass behind everything else.
    func extend(by inputs: Int, positions inputPositions: [Int]) {
        precondition(inputPositions.count == inputs)
        for layer in layers {
            let count = layer.values.count + inputs
            layer.keys.resize(to: count - keyStart)
            layer.placed.resize(to: count)
            layer.values.resize(to: count)
        }
        positions += inputPositions
        origins += [Int32](repeating: -1, count: inputs)
    }

    /// Takes in a pass whose inputs were written behind everything else (reference §4, rule 5).
    ///
    /// The sink is what the first complete window begins with. The published code takes the beginning of
    /// every piece of that window instead, which matters only where it arrives in pieces.
    func finish(_ step: WindowStep, sinkSize: Int, origin: Int32) {
        var kinds = [EntryKind](repeating: .raw, count: step.inputCount)
        for offset in step.beaconOffsets { kinds[offset] = .beacon }
        for index in origins.count - step.inputCount..<origins.count { origins[index] = origin }
        openKinds += kinds
        counts.raw += step.inputCount
        switch step.ending {
        case .open:
            break
        case .becomeSink:
            counts.sink += counts.raw
            counts.raw = 0
            openKinds = []
        case .condense, .keepRaw:
            let start = counts.sink + counts.beacon
            let newSink = start == 0 ? min(sinkSize, counts.raw) : 0
            let kept =
                step.ending == .keepRaw
                ? Array(0..<min(step.nextWindowStart - step.windowStart, counts.raw))
                : openKinds.indices.filter { openKinds[$0] == .beacon }
            select((Array(0..<newSink) + kept).map { start + $0 }, from: start)
            counts.sink += newSink
            counts.beacon += kept.count
            counts.raw = 0
            openKinds = []
        }
    }

    /// Condenses the open window as it is: its beacons stay, and the raw tokens that no beacon covers yet.
    ///
    /// Not part of the paper: what a segment that ends before its last window is full leaves behind.
    public func condenseOpenWindow() {
        let rest = (openKinds.lastIndex(of: .beacon) ?? -1) + 1
        let kept =
            openKinds[..<rest].indices.filter { openKinds[$0] == .beacon } + Array(rest..<openKinds.count)
        let start = counts.sink + counts.beacon
        select(kept.map { start + $0 }, from: start)
        counts.beacon += kept.count
        counts.raw = 0
        openKinds = []
    }

    /// Overwrites entries `range` with `block`, so that what follows attends to what was stored.
    public func replace(_ range: Range<Int>, with block: MemoryBlock) {
        precondition(range.count == block.entries && range.upperBound <= counts.total)
        let width = block.entries * kvHeads * headDim
        let keys = keyTokens(range)
        for (index, layer) in layers.enumerated() {
            layer.keys.replace(keys, values: block.keys[index * width..<(index + 1) * width])
            layer.values.replace(range, values: block.values[index * width..<(index + 1) * width])
        }
        for index in range { positions[index] = -1 }
    }

    private func select(_ indices: [Int], from start: Int) {
        holdPlaced()
        for layer in layers {
            layer.keys.select(indices.map { $0 - keyStart }, from: start - keyStart)
            layer.placed.select(indices, from: start)
            layer.values.select(indices, from: start)
        }
        positions = Array(positions[..<start]) + indices.map { positions[$0] }
        origins = Array(origins[..<start]) + indices.map { origins[$0] }
    }
}
