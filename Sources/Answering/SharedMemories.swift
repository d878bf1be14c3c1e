import BeaconModel
import ContextCaching

/// Restored memories of the pieces that were asked about last, each read in place by any number of questions.
///
/// A question adds its own entries to what is there and leaves it as it is. What questions are being answered from is
/// found again even where it is too large to be kept for later ones.
struct SharedMemories {
    /// What questions are answered from: a memory that each continues in a copy, and the texts to quote from.
    final class Restored {
        let memory: ContextMemory
        /// The document of each part.
        let documents: [String]
        /// UTF-8 of the documents, for quotes.
        let texts: [String: [UInt8]]
        let settings: BeaconConfiguration
        /// What it takes up, in bytes, however many questions read it.
        let size: Int

        init(
            memory: ContextMemory, documents: [String], texts: [String: [UInt8]],
            settings: BeaconConfiguration
        ) {
            self.memory = memory
            self.documents = documents
            self.texts = texts
            self.settings = settings
            size = memory.sequence.memory.byteCount + texts.values.reduce(0) { $0 + $1.count }
        }
    }

    private struct Entry {
        var selection: [StoreAnswerer.Piece]
        var requirements: StoreAnswerer.Requirements
        weak var restored: Restored?
    }

    /// Bytes that may be kept.
    let limit: Int
    /// Bytes that may be in use or kept.
    let most: Int
    private var entries: [Entry] = []
    /// What is kept whether it is in use or not, the latest last.
    private var kept: [Restored] = []

    init(limit: Int, most: Int = .max) {
        self.limit = limit
        self.most = most
    }

    /// What is kept, in bytes.
    var size: Int { kept.reduce(0) { $0 + $1.size } }

    /// What is kept or in use, in bytes.
    var used: Int { entries.reduce(0) { $0 + ($1.restored?.size ?? 0) } }

    /// The memory of `selection`, restored unless it is at hand.
    mutating func take(_ selection: [StoreAnswerer.Piece], _ answerer: StoreAnswerer) throws -> Restored {
        entries.removeAll { $0.restored == nil }
        let known = entries.first {
            $0.requirements == answerer.requirements && $0.selection == selection
        }
        let restored = try known?.restored ?? restore(selection, answerer)
        keep(restored)
        return restored
    }

    private mutating func restore(
        _ selection: [StoreAnswerer.Piece], _ answerer: StoreAnswerer
    ) throws -> Restored {
        let pieces = try answerer.restore(selection)
        let entries = pieces.parts.reduce(pieces.settings.sinkSize) { $0 + $1.entryCount }
        try makeRoom(
            for: entries * answerer.loaded.model.memoryEntryBytes
                + pieces.texts.values.reduce(0) { $0 + $1.count })
        let restored = Restored(
            memory: try ContextMemory(
                pieces.parts, model: answerer.loaded.model, settings: pieces.settings,
                context: answerer.context, isShared: true),
            documents: pieces.parts.map(\.document), texts: pieces.texts, settings: pieces.settings)
        self.entries.append(
            Entry(selection: selection, requirements: answerer.requirements, restored: restored))
        return restored
    }

    /// Lets go of what is kept until `bytes` more fit beside what is in use.
    private mutating func makeRoom(for bytes: Int) throws {
        guard bytes <= most else {
            throw AnsweringError(
                .tooLarge,
                "what is asked about takes up \(bytes) bytes of memory, and \(most) are allowed; ask about fewer "
                    + "documents, or about passages of them")
        }
        while used > most - bytes, !kept.isEmpty { kept.removeFirst() }
        guard used <= most - bytes else {
            throw AnsweringError(
                .busy,
                "what is asked about takes up \(bytes) bytes of memory, and others are being answered from \(used) of "
                    + "\(most); ask again in a while")
        }
    }

    /// Keeps `restored` for later questions, and of the others what there is room for.
    private mutating func keep(_ restored: Restored) {
        kept.removeAll { $0 === restored }
        guard restored.size <= limit else { return }
        kept.append(restored)
        while size > limit { kept.removeFirst() }
    }
}
