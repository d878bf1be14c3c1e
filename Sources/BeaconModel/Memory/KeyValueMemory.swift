import Synchronization
public import Tensors

/// The activations that a sequence attends to: sink, beacons, then the open window's raw entries.
///
/// Keys are kept before RoPE, and beside them rotated to the position they were last used at. Sink and
/// beacons stand at their index, so each is rotated once after it was condensed and never again. What is shared
/// is therefore read in place by any number of copies, each of which holds only its own question and answer.
public final class KeyValueMemory {
    struct Layer {
        /// Before RoPE.
        var keys: HeadMatrix
        /// Rotated to `positions`.
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

    private init(copying other: KeyValueMemory, using context: ComputeContext) {
        kvHeads = other.kvHeads
        headDim = other.headDim
        layers = other.layers.map { layer in
            Layer(
                keys: layer.keys.emptyCopy(), placed: layer.placed.emptyCopy(),
                values: layer.values.emptyCopy())
        }
        counts = other.counts
        openKinds = other.openKinds
        origins = other.origins
        positions = other.positions
        let shared = other.layers.first?.keys.sharedCount ?? 0
        HeadMatrix.reserve(
            shared > 0 ? counts.total - shared + Self.sharersRoom : other.capacity,
            inEmpty: layers.flatMap { [$0.keys, $0.placed, $0.values] })
        context.forEach(layers.count) { index in
            layers[index].keys.copy(from: other.layers[index].keys)
            layers[index].placed.copy(from: other.layers[index].placed)
            layers[index].values.copy(from: other.layers[index].values)
        }
    }

    /// Entries that a copy of shared memory has room for at first.
    private static let sharersRoom = 64

    /// The memory over again, to be continued on its own; what is shared is not copied.
    func copy(using context: ComputeContext) -> KeyValueMemory {
        KeyValueMemory(copying: self, using: context)
    }

    public var layerCount: Int { layers.count }

    /// Rotates every entry to where the open window's next pass expects it, and shares all of them with the copies that
    /// are made from now on.
    ///
    /// Where scaling depends on the length that a sequence has seen, copies rotate all keys anew and share the others.
    func share(table: RotaryTable, anew: Bool, using context: ComputeContext) {
        let prefix = counts.sink + counts.beacon
        place(openPositions: Array(prefix..<counts.total), table: table, anew: anew, using: context)
        context.forEach(layers.count) { index in
            layers[index].keys.share()
            layers[index].placed.share()
            layers[index].values.share()
        }
    }

    /// Bytes set aside for entries, used or not, shared ones included.
    public var byteCount: Int {
        layers.reduce(0) { $0 + $1.keys.byteCount + $1.placed.byteCount + $1.values.byteCount }
    }

    /// Bytes set aside for entries that are not shared.
    public var ownByteCount: Int {
        layers.reduce(0) { $0 + $1.keys.ownByteCount + $1.placed.ownByteCount + $1.values.ownByteCount }
    }

    /// Entries that there is room for.
    private var capacity: Int { layers.first?.keys.capacity ?? 0 }

    /// Makes room for `entries` in total, so that what comes later moves nothing.
    public func reserve(_ entries: Int, using context: ComputeContext) {
        guard counts.total > 0 else {
            return HeadMatrix.reserve(entries, inEmpty: layers.flatMap { [$0.keys, $0.placed, $0.values] })
        }
        context.forEach(layers.count) { index in
            layers[index].keys.reserve(entries)
            layers[index].placed.reserve(entries)
            layers[index].values.reserve(entries)
        }
    }

    /// Entries `range` of all layers, counted over sink, beacons and raw entries.
    public func block(_ range: Range<Int>) -> MemoryBlock {
        MemoryBlock(
            layers: layers.count, entries: range.count, kvHeads: kvHeads, headDim: headDim,
            keys: layers.flatMap { $0.keys.values(range) }, values: layers.flatMap { $0.values.values(range) }
        )
    }

    /// Appends restored entries behind the beacons; the open window must be empty.
    ///
    /// - Parameters:
    ///   - stored: entries in order; several are decoded at a time.
    ///   - origins: what the entries stand for, one number each.
    /// - Throws: what decoding throws; the memory is of no use then.
    public func appendBeacons(
        _ stored: [StoredEntries], origins: [Int32], using context: ComputeContext
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
        let failure = Mutex<(any Error)?>(nil)
        context.forEach(stored.count) { index in
            guard failure.withLock({ $0 == nil }) else { return }
            do {
                try stored[index].forEachLayer { layer, first, keys, values in
                    let start = starts[index] + first
                    let range = start..<start + keys.count / (kvHeads * headDim)
                    precondition(range.upperBound <= starts[index] + stored[index].count)
                    layers[layer].keys.replace(range, values: keys)
                    layers[layer].values.replace(range, values: values)
                }
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        counts.beacon += count
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
            layer.keys.resize(to: start + origins.count)
            layer.values.resize(to: start + origins.count)
            layer.placed.resize(to: start + origins.count)
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
        context.forEach(layers.count) { index in
            let rows = index * width..<(index + 1) * width
            layers[index].keys.replace(range, values: block.keys[rows])
            layers[index].values.replace(range, values: block.values[rows])
        }
    }

    /// Rotates every entry that does not stand where the coming pass expects it.
    ///
    /// - Parameter openPositions: positions of the open window's entries; the others stand at their index.
    func place(openPositions: [Int], table: RotaryTable, anew: Bool, using context: ComputeContext) {
        precondition(openPositions.count == counts.raw)
        let prefix = counts.sink + counts.beacon
        let wanted = Array(0..<prefix) + openPositions
        var index = 0
        while index < wanted.count {
            guard anew || positions[index] != wanted[index] else {
                index += 1
                continue
            }
            let start = index
            while index < wanted.count, anew || positions[index] != wanted[index] { index += 1 }
            for layer in layers {
                Operations.rotate(
                    layer.keys, tokens: start..<index, positions: Array(wanted[start..<index]), table: table,
                    into: layer.placed, using: context)
            }
        }
        positions = wanted
    }

    /// Makes room for the inputs of a pass behind everything else.
    func extend(by inputs: Int, positions inputPositions: [Int]) {
        precondition(inputPositions.count == inputs)
        for layer in layers {
            let count = layer.keys.count + inputs
            layer.keys.resize(to: count)
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
        for (index, layer) in layers.enumerated() {
            layer.keys.replace(range, values: block.keys[index * width..<(index + 1) * width])
            layer.values.replace(range, values: block.values[index * width..<(index + 1) * width])
        }
        for index in range { positions[index] = -1 }
    }

    private func select(_ indices: [Int], from start: Int) {
        for layer in layers {
            layer.keys.select(indices, from: start)
            layer.placed.select(indices, from: start)
            layer.values.select(indices, from: start)
        }
        positions = Array(positions[..<start]) + indices.map { positions[$0] }
        origins = Array(origins[..<start]) + indices.map { origins[$0] }
    }
}
