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
    private let passing: Passing

    /// Members before the one where an earlier reading ended have been read.
    private final class Passing {
        var member: String?
        init(_ member: String?) { self.member = member }
    }

    init(
        _ file: SourceFile, _ definition: SourceDefinition, _ limits: DocumentLimits, chosen: Profile?,
        summary: SummaryBox, wantsPositions: Bool, resume: ReadCheckpoint?,
        receiver: @escaping (DocumentResult, ReadPosition) throws -> Void
    ) {
        self.wantsPositions = wantsPositions
        self.resume = resume
        self.file = file
        self.definition = definition
        self.limits = limits
        self.chosen = chosen
        self.summary = summary
        self.receiver = receiver
        budget = ContainerBudget(limits)
        passing = Passing(resume?.member)
        members = definition.members.map { PathGlob($0) }
    }

    /// Reads the file. Failures of it are handed over; only the receiver's errors are thrown.
    func read() throws {
        summary.value.files += 1
        try reporting(member: nil) {
            if let problem = file.problem { throw problem }
            try visit(FileByteSource(file.path), member: nil, nesting: 0)
        }
    }

    private func sink(_ member: String?, only: [String: [String]] = [:]) -> DocumentSink {
        let sink = DocumentSink(
            file: file.path.string, member: member,
            name: member.map { "\(file.name)!\($0)" } ?? file.name, definition: definition, only: only,
            limits: limits, summary: summary, wantsPositions: wantsPositions, receiver: receiver)
        if let resume, resume.member == member { sink.resume = resume }
        return sink
    }

    private func reporting(member: String?, _ body: () throws -> Void) throws {
        do { try body() } catch let failure as DocumentFailure { try sink(member).failure(failure) }
    }

    private func visit(_ source: any ByteSource, member: String?, nesting: Int) throws {
        var nesting = nesting
        let content = try Container.unwrap(source, limits: limits, budget: budget, nesting: &nesting)
        if let kind = try ArchiveKind(magic: content.peek(ArchiveKind.magicBytes)) {
            try Container.enter(&nesting, limits)
            let isBook =
                kind == .epub || chosen?.format == .epub
                || (chosen == nil && Detector.fileExtension(member ?? file.name) == "epub")
            let archive = try ArchiveReader(content, kind: kind, limits: limits, budget: budget)
            if isBook {
                try readBook(archive, member: member)
            } else {
                try archive.forEachMember { name, inner in
                    if let members, !members.matches(name) { return }
                    let label = member.map { "\($0)/\(name)" } ?? name
                    if let last = passing.member {
                        guard last == label || last.hasPrefix(label + "/") else { return }
                        if last == label { passing.member = nil }
                    }
                    try reporting(member: label) { try visit(inner, member: label, nesting: nesting) }
                }
            }
            return
        }
        let profile =
            try chosen
            ?? definition.specialized(.named(Detector.detect(content, name: member ?? file.name).profile))
        guard profile.format != .epub else {
            throw DocumentFailure(.container, "not an EPUB: the file is no zip archive")
        }
        try profile.reader().read(content, into: sink(member, only: profile.only))
        summary.value.members += 1
    }

    private func readBook(_ archive: ArchiveReader, member: String?) throws {
        let profile = chosen?.format == .epub ? chosen : nil
        let book = try EPUBBook(archive, limits: limits)
        for chapter in book.chapters {
            let label = member.map { "\($0)/\(chapter.name)" } ?? chapter.name
            try reporting(member: label) {
                let sink = sink(label)
                sink.extraMetadata = book.metadata
                try (profile ?? definition.specialized(.epub)).bookReader()
                    .read(PeekableSource(MemorySource(chapter.bytes)), into: sink)
            }
        }
        for failure in book.failures { try sink(member).failure(failure) }
        summary.value.members += 1
    }
}
