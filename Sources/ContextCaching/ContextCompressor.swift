import BeaconModel
public import CacheStorage
public import Tensors
import Tokenization

/// Runs the model over a planned document and hands each window's beacons to a cache writer.
///
/// What a later window attends to is what was stored, with the encoding's rounding in it. So a cache comes out
/// the same whether it was computed in one go, continued after a kill, or extended from an older version of its
/// document.
public struct ContextCompressor: Sendable {
    public let recipe: ContextRecipe
    public let context: ComputeContext

    public init(_ recipe: ContextRecipe, context: ComputeContext) {
        self.recipe = recipe
        self.context = context
    }

    /// Fills `writer` with every item it does not have yet.
    ///
    /// - Parameter progress: told of the tokens of each pass that ran; may throw to stop between windows.
    public func compress(
        _ document: DocumentTokens, _ plan: ChunkPlan, into writer: ContextCacheWriter,
        progress: (Int) throws -> Void = { _ in }
    ) throws {
        for number in plan.segments.indices {
            try SegmentCompressor(
                recipe: recipe, context: context, document: document, plan: plan, number: number,
                writer: writer
            ).run(progress)
        }
    }
}

/// Compresses one segment of a document.
private struct SegmentCompressor {
    let recipe: ContextRecipe
    let context: ComputeContext
    let document: DocumentTokens
    let plan: ChunkPlan
    let number: Int
    let writer: ContextCacheWriter

    private var segment: ChunkPlan.Segment { plan.segments[number] }

    private var items: [CacheItem] {
        let stored = writer.layout.segments[number]
        return (stored.sinkEntries > 0 ? [.sink(segment: number)] : [])
            + segment.windows.map { .window($0) } + (stored.raw.isEmpty ? [] : [.raw(segment: number)])
    }

    func run(_ progress: (Int) throws -> Void) throws {
        let before = writer.layout.segments[..<number].reduce(0) {
            $0 + ($1.sinkEntries > 0 ? 1 : 0) + $1.windows.count + ($1.raw.isEmpty ? 0 : 1)
        }
        let present = min(max(writer.itemCount - before, 0), items.count)
        guard present < items.count else { return }
        let sequence = BeaconSequence(recipe.loaded.model, settings: recipe.settings, context: context)
        let restored = try restore(items[..<present], into: sequence.memory)
        var window = segment.windows.lowerBound + restored
        let tokens = document.head + document.encoding.ids[segment.interval.tokens]
        try sequence.feed(Array(tokens), logits: .none, restoredPasses: restored) { step in
            if step.closesWindow {
                if window == segment.windows.lowerBound { try storeSink(sequence.memory) }
                try store(
                    sequence.memory, last: plan.windows[window].entries.count, as: .window(window))
                window += 1
            }
            try progress(step.raw.count)
        }
        if !segment.tail.isEmpty {
            try store(sequence.memory, last: segment.tail.count, as: .raw(segment: number))
        } else if window < segment.windows.upperBound {
            sequence.memory.condenseOpenWindow()
            try store(sequence.memory, last: plan.windows[window].entries.count, as: .window(window))
        }
    }

    /// Puts items that are already written back into the memory.
    ///
    /// - Returns: how many windows were restored.
    private func restore(_ present: ArraySlice<CacheItem>, into memory: KeyValueMemory) throws -> Int {
        var windows = 0
        if present.contains(where: { if case .window = $0 { true } else { false } }),
            let owner = sinkOwner
        {
            memory.appendSink(MemoryBlock(try writer.block(.sink(segment: owner))), using: context)
        }
        for item in present {
            guard case .window = item else { continue }
            let block = MemoryBlock(try writer.block(item))
            memory.appendBeacons(
                block, origins: [Int32](repeating: -1, count: block.entries), using: context)
            windows += 1
        }
        return windows
    }

    /// The segment whose stored sink this one has too.
    private var sinkOwner: Int? {
        writer.layout.segments[...number].lastIndex { $0.sinkEntries > 0 }
    }

    private func storeSink(_ memory: KeyValueMemory) throws {
        let count = memory.counts.sink
        guard count > 0, let owner = sinkOwner else { return }
        let item = CacheItem.sink(segment: owner)
        let stored =
            owner == number
            ? try writer.append(memory.block(0..<count).stored, for: item) : try writer.block(item)
        memory.replace(0..<count, with: MemoryBlock(stored))
    }

    private func store(_ memory: KeyValueMemory, last count: Int, as item: CacheItem) throws {
        let total = memory.counts.total
        let range = total - count..<total
        let stored = try writer.append(memory.block(range).stored, for: item)
        memory.replace(range, with: MemoryBlock(stored))
    }
}
