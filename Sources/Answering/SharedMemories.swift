import BeaconModel
import ContextCaching

/// Restored memories of the pieces that were asked about last, each to be continued by any number of questions.
///
/// Reading, checking and decoding caches takes longer than copying what came out of them.
struct SharedMemories {
    /// What a question is answered from: a memory of its own, and the texts to quote from.
    struct Restored {
        var memory: ContextMemory
        /// The document of each part.
        var documents: [String]
        /// UTF-8 of the documents, for quotes.
        var texts: [String: [UInt8]]
        var settings: BeaconConfiguration

        /// What is kept for it, in bytes.
        var size: Int { memory.sequence.memory.byteCount + texts.values.reduce(0) { $0 + $1.count } }
    }

    private struct Entry {
        var selection: [StoreAnswerer.Piece]
        var requirements: StoreAnswerer.Requirements
        var restored: Restored
    }

    /// Bytes that may be kept.
    let limit: Int
    /// The latest last.
    private var entries: [Entry] = []

    init(limit: Int) { self.limit = limit }

    /// A memory of `selection` for one question.
    mutating func take(_ selection: [StoreAnswerer.Piece], _ answerer: StoreAnswerer) throws -> Restored {
        let known = entries.firstIndex {
            $0.requirements == answerer.requirements && $0.selection == selection
        }
        if let known {
            let entry = entries.remove(at: known)
            entries.append(entry)
            var restored = entry.restored
            restored.memory = restored.memory.copy()
            return restored
        }
        let pieces = try answerer.restore(selection)
        let restored = Restored(
            memory: try ContextMemory(
                pieces.parts, model: answerer.loaded.model, settings: pieces.settings,
                context: answerer.context),
            documents: pieces.parts.map(\.document), texts: pieces.texts, settings: pieces.settings)
        guard restored.size <= limit else { return restored }
        var kept = restored
        kept.memory = restored.memory.copy()
        entries.append(
            Entry(selection: selection, requirements: answerer.requirements, restored: kept))
        while entries.reduce(0, { $0 + $1.restored.size }) > limit { entries.removeFirst() }
        return restored
    }
}
