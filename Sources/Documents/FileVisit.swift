import SystemPackage

/// One file on its way through containers, profile and reader.
struct FileVisit {
    let file: SourceFile
    let definition: SourceDefinition
    let limits: DocumentLimits
    /// The profile for every member; `nil`: each by what it is.
    let chosen: Profile?
    let summary: SummaryBox
    let wantsPositions: Bool
    let receiver: (DocumentResult, ReadPosition) throws -> Void
    /// Where an earlier reading of the file ended.
    let resume: ReadCheckpoint?
    private let budget: ContainerBudget
    private let members: PathGlob?
    private let known = KnownIDs()

    /// A member of an archive, or the file itself.
    private struct Member {
        /// Its name behind those of the archives that it is in; `nil`: the file.
        var name: String?
        /// See ``ReadCheckpoint/memberPlaces``.
        var places: [Int] = []

        func inner(_ name: String, _ place: Int) -> Member {
            Member(name: self.name.map { "\($0)/\(name)" } ?? name, places: places + [place])
        }
    }

    init(
        _ file: SourceFile, _ definition: SourceDefinition, _ limits: DocumentLimits, chosen: Profile?,
        summary: SummaryBox, wantsPositions: Bool, resume: ReadCheckpoint?,
        receiver: @escaping (DocumentResult, ReadPosition) throws -> Void
    ) {
        self.wantsPositions = wantsPositions
        // A checkpoint that does not say which of the members it is in is of no use.
        self.resume = resume.flatMap { $0.member != nil && $0.memberPlaces == nil ? nil : $0 }
        self.file = file
        self.definition = definition
        self.limits = limits
        self.chosen = chosen
        self.summary = summary
        self.receiver = receiver
        budget = ContainerBudget(limits)
        members = definition.members.map { PathGlob($0) }
    }

    /// Reads the file. Failures of it are handed over; only the receiver's errors are thrown.
    func read() throws {
        summary.value.files += 1
        try reporting(Member()) {
            if let problem = file.problem { throw problem }
            let source: any ByteSource =
                if let content = definition.content {
                    MemorySource(content)
                } else {
                    try FileByteSource(file.path)
                }
            try visit(source, Member(), nesting: 0)
        }
    }

    private func sink(_ member: Member, only: [String: [String]] = [:]) -> DocumentSink {
        let sink = DocumentSink(
            file: file.path.string, member: member.name,
            memberPlaces: member.name == nil ? nil : member.places,
            name: member.name.map { "\(file.name)!\($0)" } ?? file.name, definition: definition, only: only,
            limits: limits, summary: summary, known: known, wantsPositions: wantsPositions,
            receiver: receiver)
        if let resume, resume.member == member.name, resume.memberPlaces ?? [] == member.places {
            sink.resume = resume
        }
        return sink
    }

    private func reporting(_ member: Member, _ body: () throws -> Void) throws {
        do { try body() } catch let failure as DocumentFailure { try sink(member).failure(failure) }
    }

    /// Whether an earlier reading ended in a file or member.
    private func wasBegun(_ member: Member) -> Bool {
        resume.map { ($0.memberPlaces ?? []).starts(with: member.places) } ?? false
    }

    /// Whether an earlier reading ended behind a member.
    private func wasRead(_ member: Member) -> Bool {
        guard let last = resume?.memberPlaces else { return false }
        return member.places.lexicographicallyPrecedes(last.prefix(member.places.count))
    }

    /// Reads a file or member that was not begun in an earlier reading, and throws when nothing comes of it.
    ///
    /// - Parameter nothing: what is said then, and for what count of records without text.
    private func expecting(
        _ member: Member, _ sink: DocumentSink, _ body: () throws -> Void,
        orSay nothing: (_ empty: Int) -> String
    ) throws {
        let before = summary.value
        try body()
        let after = summary.value
        guard !wasBegun(member),
            before.documents == after.documents, before.deletions == after.deletions,
            before.failures == after.failures
        else { return }
        let leftOut = after.skipped - before.skipped
        guard leftOut > 0 else {
            throw DocumentFailure(.empty, nothing(after.empty - before.empty))
        }
        if sink.saysWhatIsLeftOut {
            try sink.skip(
                "its records, \(leftOut) of them, are left out by what the profile or the ids ask for")
        }
    }

    private func visit(_ source: any ByteSource, _ member: Member, nesting: Int) throws {
        var nesting = nesting
        let content = try Container.unwrap(source, limits: limits, budget: budget, nesting: &nesting)
        if let kind = try ArchiveKind(magic: content.peek(ArchiveKind.magicBytes)) {
            try Container.enter(&nesting, limits)
            let isBook =
                kind == .epub || chosen?.format == .epub
                || (chosen == nil && Detector.fileExtension(member.name ?? file.name) == "epub")
            let archive = try ArchiveReader(content, kind: kind, limits: limits, budget: budget)
            if isBook {
                try readBook(archive, member)
            } else {
                try readMembers(archive, member, nesting: nesting)
            }
            return
        }
        if member.name == nil, let pattern = definition.members {
            throw DocumentFailure(
                .container,
                "not an archive, and the members “\(pattern)” of the source are those of archives; choose files by its path"
            )
        }
        let profile =
            try chosen
            ?? definition.specialized(
                .named(Detector.detect(content, name: member.name ?? file.name).profile))
        guard profile.format != .epub else {
            throw DocumentFailure(.container, "not an EPUB: the file is no zip archive")
        }
        let sink = sink(member, only: profile.only)
        try expecting(member, sink) {
            try profile.reader().read(content, into: sink)
        } orSay: { empty in
            empty > 0
                ? "none of its records, \(empty) of them, has text (profile \(profile.name))"
                : "no \(profile.recordDescription) in this file (profile \(profile.name))"
        }
        summary.value.members += 1
    }

    private func readMembers(_ archive: ArchiveReader, _ member: Member, nesting: Int) throws {
        var count = 0
        var chosen = 0
        let sink = sink(member)
        sink.saysWhatIsLeftOut = false
        try expecting(member, sink) {
            try archive.forEachMember { name, inner in
                count += 1
                if let members {
                    guard members.matches(name) else { return }
                }
                chosen += 1
                let inside = member.inner(name, count)
                if wasRead(inside) { return }
                if members == nil, Self.isHousekeeping(name) {
                    try self.sink(inside).skip("it is a note of the system that packed the archive")
                    return
                }
                try reporting(inside) { try visit(inner, inside, nesting: nesting) }
            }
        } orSay: { _ in
            if count == 0 { return "the archive holds no file" }
            if chosen == 0, let pattern = definition.members {
                return "no member of the archive, \(count) of them, matches “\(pattern)”"
            }
            return "no member of the archive, \(chosen) of them, gives a document"
        }
    }

    /// Whether a member is what Finder or Explorer leave in archives.
    private static func isHousekeeping(_ name: String) -> Bool {
        let parts = name.split(separator: "/")
        guard let last = parts.last else { return false }
        return parts.contains("__MACOSX") || last.hasPrefix("._")
            || [".DS_Store", "Thumbs.db", "desktop.ini"].contains(last)
    }

    private func readBook(_ archive: ArchiveReader, _ member: Member) throws {
        let profile = chosen?.format == .epub ? chosen : nil
        let book = try EPUBBook(archive, limits: limits)
        var chosen = 0
        try expecting(member, sink(member)) {
            for (at, chapter) in book.chapters.enumerated() {
                if let members, !members.matches(chapter.name) { continue }
                chosen += 1
                let inside = member.inner(chapter.name, at + 1)
                if wasRead(inside) { continue }
                try reporting(inside) {
                    let sink = sink(inside)
                    sink.extraMetadata = book.metadata
                    sink.isPart = true
                    try (profile ?? definition.specialized(.epub)).bookReader()
                        .read(PeekableSource(MemorySource(chapter.bytes)), into: sink)
                }
            }
            for failure in book.failures { try sink(member).failure(failure) }
        } orSay: { _ in
            if chosen == 0, let pattern = definition.members {
                return "no chapter of the book, \(book.chapters.count) of them, matches “\(pattern)”"
            }
            return "none of the book's chapters, \(chosen) of them, has text"
        }
        summary.value.members += 1
    }
}
