import BeaconModel
import CacheStorage
import ContextCaching
import Synchronization

/// Restored memories of the pieces that were asked about last, each read in place by any number of questions.
///
/// A question adds its own entries to what is there and leaves it as it is. What questions are being answered from is
/// found again even where it is too large to be kept for later ones. May be used from several threads at once.
final class SharedMemories: Sendable {
    /// What questions are answered from: a memory that each continues on its own, and the texts to quote from.
    final class Restored: Sendable {
        let context: SharedContext
        /// The document of each part.
        let documents: [String]
        /// UTF-8 of the documents, for quotes.
        let texts: [String: [UInt8]]
        let settings: BeaconConfiguration
        /// What it takes up, in bytes, however many questions read it.
        let size: Int

        init(
            _ context: SharedContext, documents: [String], texts: [String: [UInt8]],
            settings: BeaconConfiguration
        ) {
            self.context = context
            self.documents = documents
            self.texts = texts
            self.settings = settings
            size = context.byteCount + texts.values.reduce(0) { $0 + $1.count }
        }
    }

    private struct Entry {
        var selection: [StoreAnswerer.Piece]
        var requirements: StoreAnswerer.Requirements
        weak var restored: Restored?
    }

    private struct State {
        var entries: [Entry] = []
        /// What is kept whether it is in use or not, the latest last.
        var kept: [Restored] = []
        /// Bytes of what is being restored.
        var reserved = 0

        var size: Int { kept.reduce(0) { $0 + $1.size } }

        var used: Int { entries.reduce(reserved) { $0 + ($1.restored?.size ?? 0) } }
    }

    /// Bytes that may be kept.
    let limit: Int
    /// Bytes that may be in use, kept or being restored.
    let most: Int
    private let state = Mutex(State())

    init(limit: Int, most: Int = .max) {
        self.limit = limit
        self.most = most
    }

    /// What is kept, in bytes.
    var size: Int { state.withLock { $0.size } }

    /// What is kept, in use or being restored, in bytes.
    var used: Int { state.withLock { $0.used } }

    /// The memory of `selection`, where it is at hand.
    func find(_ selection: [StoreAnswerer.Piece], _ requirements: StoreAnswerer.Requirements) -> Restored? {
        state.withLock { state in
            state.entries.removeAll { $0.restored == nil }
            let known = state.entries.first { $0.requirements == requirements && $0.selection == selection }
            guard let restored = known?.restored else { return nil }
            keep(restored, &state)
            return restored
        }
    }

    /// The memory of `selection`, restored unless it is at hand.
    ///
    /// - Parameter check: called every few entries; ends the restoring by throwing.
    func take(
        _ selection: [StoreAnswerer.Piece], _ answerer: StoreAnswerer, check: () throws -> Void = {}
    ) throws -> Restored {
        if let known = find(selection, answerer.requirements) { return known }
        let opened = try answerer.open(selection, check: check)
        let bytes = size(of: opened, selection, answerer.loaded.model)
        try state.withLock { try makeRoom(for: bytes, &$0) }
        do {
            let texts = try answerer.texts(selection, check: check)
            let memory = try ContextMemory(
                opened.parts, model: answerer.loaded.model, settings: opened.settings,
                context: answerer.context, toBeShared: true, check: check)
            let restored = Restored(
                memory.share(), documents: opened.parts.map(\.document), texts: texts,
                settings: opened.settings)
            state.withLock { state in
                state.reserved -= bytes
                state.entries.append(
                    Entry(selection: selection, requirements: answerer.requirements, restored: restored))
                keep(restored, &state)
            }
            return restored
        } catch {
            state.withLock { $0.reserved -= bytes }
            throw error
        }
    }

    /// Bytes that pieces take up at most as soon as they are restored.
    private func size(
        of opened: StoreAnswerer.Opened, _ selection: [StoreAnswerer.Piece], _ model: LanguageModel
    ) -> Int {
        let entries = opened.parts.reduce(opened.settings.sinkSize) { $0 + $1.entryCount }
        // An unfinished window's keys are there before RoPE too, and a few entries twice that are not read in place.
        let open = opened.parts.count == 1 ? opened.parts[0].tail?.kinds.count ?? 0 : 0
        var documents: Set<String> = []
        return selection.reduce((entries + open / 2 + 24) * model.sharedEntryBytes) { sum, piece in
            sum + (documents.insert(piece.document.id).inserted ? piece.document.textByteCount : 0)
        }
    }

    /// Sets `bytes` aside, letting go of what is kept until they fit beside what is in use.
    private func makeRoom(for bytes: Int, _ state: inout State) throws {
        guard bytes <= most else {
            throw AnsweringError(
                .tooLarge,
                "what is asked about takes up \(bytes) bytes of memory, and \(most) are allowed; ask about fewer "
                    + "documents, or about passages of them")
        }
        while state.used > most - bytes, !state.kept.isEmpty { state.kept.removeFirst() }
        let used = state.used
        guard used <= most - bytes else {
            throw AnsweringError(
                .busy,
                "what is asked about takes up \(bytes) bytes of memory, and others are being answered from \(used) of "
                    + "\(most); ask again in a while")
        }
        state.reserved += bytes
    }

    /// Keeps `restored` for later questions, and of the others what there is room for.
    private func keep(_ restored: Restored, _ state: inout State) {
        state.kept.removeAll { $0 === restored }
        guard restored.size <= limit else { return }
        state.kept.append(restored)
        while state.size > limit { state.kept.removeFirst() }
    }
}
