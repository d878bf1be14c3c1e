import BeaconModel
import CacheStorage
import ContextCaching
import Tensors

extension StoreAnswerer {
    /// A document, or passages of one in the order in which they are to be laid.
    struct Piece: Equatable {
        var document: StoredDocument
        /// `nil` = all of it.
        var passages: [Passage]?
        /// Windows that the search hit and that are laid from the document's finer copy.
        var promoted: Set<Int> = []
    }

    /// Pieces as they come out of their caches, their windows still to be decoded.
    struct Opened {
        var parts: [ContextPart] = []
        var settings: BeaconConfiguration
    }

    /// Opens and checks pieces, in their order.
    ///
    /// - Parameter check: called before each piece; ends it by throwing.
    func open(_ selection: [Piece], check: () throws -> Void = {}) throws -> Opened {
        var result = Opened(settings: loaded.model.configuration.beacon)
        let caches = OpenedCaches(self)
        for piece in selection {
            try check()
            result.settings = try caches.coarse(piece.document).recipe.settings
            result.parts += try restore(piece, caches)
        }
        return result
    }

    /// UTF-8 of the pieces' documents, for quotes, by document id.
    ///
    /// - Parameter check: called before each document; ends it by throwing.
    func texts(_ selection: [Piece], check: () throws -> Void = {}) throws -> [String: [UInt8]] {
        var result: [String: [UInt8]] = [:]
        for piece in selection where result[piece.document.id] == nil {
            try check()
            result[piece.document.id] = Array(try store.text(of: piece.document).utf8)
        }
        return result
    }

    /// How many hits of a search within one document may be promoted.
    private static let promotedHits = 16

    /// The pieces to answer from, the best last: what stands next to the question is seen best.
    ///
    /// Coarse entries are chosen first; then, best hit first, windows are promoted to the finer copy of their document
    /// while the budget of entries lasts (paper v2, appendix D).
    func choose(_ question: Question, _ choice: ContextChoice) throws -> [Piece] {
        let caches = OpenedCaches(self)
        let names = question.documents.flatMap { $0.isEmpty ? nil : $0 }
        // A document named twice is laid once.
        var seen: Set<String> = []
        let named = try names?.filter { seen.insert($0).inserted }.map {
            try store.document($0, in: collection)
        }
        if choice.unit == .document, let named {
            return try promoting(named.map { Piece(document: $0) }, question, choice, caches)
        }
        let hits = try search(
            question, documents: named?.map(\.id), limit: max(min(choice.top, 1 << 20) * 8, 16))
        if choice.unit == .document, let best = hits.first {
            let document = try store.document(best.document, in: collection)
            return try promoting([Piece(document: document)], question, choice, caches)
        }
        var pieces: [Piece] = []
        var budget = choice.beacons
        /// Whether there is room for more.
        func take(_ passage: Passage, of document: StoredDocument) throws -> Bool {
            guard pieces.count < choice.top else { return false }
            let size = try caches.coarse(document).entryCount(passage)
            guard size <= budget || pieces.isEmpty else { return true }
            budget -= size
            pieces.append(Piece(document: document, passages: [passage]))
            return true
        }
        for hit in hits {
            guard try take(hit.passage, of: store.document(hit.document, in: collection)) else { break }
        }
        if hits.isEmpty {
            // Named documents are answered from their beginnings where the search finds nothing in them.
            for document in named ?? [] {
                for passage in try store.passages(of: document) {
                    guard try take(passage, of: document) else { break }
                }
            }
            pieces.reverse()
        }
        guard !pieces.isEmpty else {
            throw AnsweringError(
                .nothingChosen, "no document of '\(collection)' has any of the question's words",
                context: ["collection": collection])
        }
        for index in pieces.indices {
            for passage in pieces[index].passages ?? [] {
                try promote(passage.windows, in: &pieces[index], &budget, caches)
            }
        }
        return pieces.reversed()
    }

    private func search(_ question: Question, documents: [String]?, limit: Int) throws -> [SearchHit] {
        try store.search(
            SearchQuery.words(question.question), collections: [collection], documents: documents,
            limit: limit)
    }

    /// Whole documents, with the windows that the search hits promoted.
    private func promoting(
        _ pieces: [Piece], _ question: Question, _ choice: ContextChoice, _ caches: OpenedCaches
    ) throws -> [Piece] {
        var pieces = pieces
        guard pieces.contains(where: { !$0.document.companions.isEmpty }) else { return pieces }
        var budget = try pieces.reduce(choice.beacons) { try $0 - caches.coarse($1.document).entryCount }
        let hits = try search(
            question, documents: pieces.map(\.document.id), limit: Self.promotedHits * pieces.count)
        for hit in hits {
            for index in pieces.indices where pieces[index].document.id == hit.document {
                try promote(hit.passage.windows, in: &pieces[index], &budget, caches)
            }
        }
        return pieces
    }

    /// Promotes windows of a piece where its document has a finer copy and the budget has room for the difference.
    private func promote(
        _ windows: Range<Int>, in piece: inout Piece, _ budget: inout Int, _ caches: OpenedCaches
    ) throws {
        guard let fine = try caches.fine(piece.document) else { return }
        let coarse = try caches.coarse(piece.document)
        for window in windows where !piece.promoted.contains(window) {
            let more = fine.entryCount(window..<window + 1) - coarse.entryCount(window..<window + 1)
            guard more <= budget else { return }
            budget -= more
            piece.promoted.insert(window)
        }
    }

    /// The parts of a memory that a piece stands for.
    func restore(_ piece: Piece, _ caches: OpenedCaches) throws -> [ContextPart] {
        let coarse = try caches.coarse(piece.document)
        let fine = piece.promoted.isEmpty ? nil : try caches.fine(piece.document)
        let id = piece.document.id
        let source = PieceSource(
            id: id, coarse: coarse, fine: fine, promoted: piece.promoted)
        guard let passages = piece.passages else {
            return fine == nil
                ? try ContextRestorer(coarse.recipe).document(id, coarse.reader)
                : try coarse.layout.segments.indices.map { try source.segment($0) }
        }
        return try passages.map { passage -> ContextPart in
            guard coarse.layout.segments.indices.contains(passage.segment) else {
                throw CacheStorageError(
                    .damaged,
                    "a passage of \"\(id)\" names a segment that its cache lacks; run 'pharos repair'")
            }
            let windows = source.windows(ofSegment: passage.segment)
            if passage.windows == windows { return try source.segment(passage.segment) }
            if passage.windows.isEmpty { return try source.tail(ofSegment: passage.segment) }
            return try source.windows(passage.windows)
        }
    }
}

/// Restores segments and windows of a document from its cache, promoted windows from the finer copy.
private struct PieceSource {
    let id: String
    let coarse: OpenedCaches.Opened
    let fine: OpenedCaches.Opened?
    let promoted: Set<Int>

    func windows(ofSegment number: Int) -> Range<Int> {
        let segments = coarse.layout.segments
        let first = segments[..<number].reduce(0) { $0 + $1.windows.count }
        return first..<first + segments[number].windows.count
    }

    func segment(_ number: Int) throws -> ContextPart {
        let restorer = ContextRestorer(coarse.recipe)
        let range = windows(ofSegment: number)
        guard fine != nil, range.contains(where: { promoted.contains($0) }) else {
            return try restorer.segments(id, coarse.reader, coarse.layout, [number])[0]
        }
        var part = try windows(range)
        let whole = try restorer.rest(coarse.reader, coarse.layout, number)
        part.tail = whole.tail
        part.tokens = whole.tokens
        return part
    }

    /// The unfinished last window of a segment alone.
    func tail(ofSegment number: Int) throws -> ContextPart {
        let end = windows(ofSegment: number).upperBound
        var part = try windows(end..<end)
        part.tail = try ContextRestorer(coarse.recipe).rest(coarse.reader, coarse.layout, number).tail
        part.tokens = part.tail?.kinds.count { $0 == .raw } ?? 0
        return part
    }

    /// Consecutive windows of one segment, joined from both copies.
    func windows(_ range: Range<Int>) throws -> ContextPart {
        var parts: [ContextPart] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let isPromoted = fine != nil && promoted.contains(start)
            var end = start + 1
            while end < range.upperBound, (fine != nil && promoted.contains(end)) == isPromoted { end += 1 }
            let source = isPromoted ? fine ?? coarse : coarse
            parts.append(
                try ContextRestorer(source.recipe).windows(
                    id, source.reader, source.layout, start..<end))
            start = end
        }
        guard var joined = parts.first else {
            return try ContextRestorer(coarse.recipe).windows(
                id, coarse.reader, coarse.layout, range)
        }
        for part in parts.dropFirst() { joined.append(part) }
        return joined
    }
}
