import CArchive
import Glibc

/// libarchive over a byte source: the members of a tar or zip file, in their order, each read as it comes by.
///
/// Nothing is written anywhere and no name is ever opened: names of members are labels.
final class ArchiveReader {
    private let archive: OpaquePointer
    private let source: any ByteSource
    private let limits: DocumentLimits
    private let budget: ContainerBudget
    private var chunk: [UInt8] = []
    private var held: UnsafeMutableRawPointer?
    private var failure: DocumentFailure?
    private var members = 0
    private let locale = newlocale(1 << LC_CTYPE, "C.UTF-8", nil)

    init(_ source: any ByteSource, kind: ArchiveKind, limits: DocumentLimits, budget: ContainerBudget) throws
    {
        guard let archive = archive_read_new() else {
            throw DocumentFailure(.container, "libarchive cannot start: out of memory")
        }
        self.archive = archive
        self.source = source
        self.limits = limits
        self.budget = budget
        archive_read_support_filter_none(archive)
        switch kind {
        case .tar: archive_read_support_format_tar(archive)
        case .zip, .epub: archive_read_support_format_zip_streamable(archive)
        }
        let status = archive_read_open(
            archive, Unmanaged.passUnretained(self).toOpaque(), nil,
            { _, context, buffer in
                guard let context else { return -1 }
                return Unmanaged<ArchiveReader>.fromOpaque(context).takeUnretainedValue().supply(buffer)
            }, nil)
        guard status == ARCHIVE_OK else { throw error() }
    }

    deinit {
        archive_read_free(archive)
        held?.deallocate()
        if let locale { freelocale(locale) }
    }

    /// Gives libarchive the next chunk; it stays where it is until the one after it.
    private func supply(_ buffer: UnsafeMutablePointer<UnsafeRawPointer?>?) -> Int {
        do {
            guard let chunk = try source.read() else { return 0 }
            held?.deallocate()
            let memory = UnsafeMutableRawPointer.allocate(byteCount: chunk.count, alignment: 1)
            chunk.withUnsafeBytes { memory.copyMemory(from: $0.baseAddress!, byteCount: chunk.count) }
            held = memory
            buffer?.pointee = UnsafeRawPointer(memory)
            return chunk.count
        } catch let failure as DocumentFailure {
            self.failure = failure
            return -1
        } catch {
            self.failure = DocumentFailure(.unreadable, "\(error)")
            return -1
        }
    }

    private func error() -> DocumentFailure {
        if let failure { return failure }
        let message = archive_error_string(archive).map { String(cString: $0) } ?? "unknown error"
        return DocumentFailure(.container, "the archive is damaged: \(message)")
    }

    /// Hands over each member that is a file. A failure that `body` throws has been dealt with by it.
    func forEachMember(_ body: (_ name: String, _ source: any ByteSource) throws -> Void) throws {
        while true {
            var entry: OpaquePointer?
            let (status, name) = inUTF8 {
                let status = archive_read_next_header(archive, &entry)
                members += 1
                return (status, entry.flatMap(Self.name) ?? "member-\(members)")
            }
            if status == ARCHIVE_EOF { return }
            guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let entry else { throw error() }
            try budget.addMember()
            // Links, devices and folders have no content of their own.
            guard archive_entry_filetype(entry) == Self.regularFile, archive_entry_hardlink(entry) == nil
            else { continue }
            if archive_entry_is_encrypted(entry) != 0 {
                try body(name, FailingSource(DocumentFailure(.container, "the member is encrypted")))
                continue
            }
            try body(name, MemberSource(self, before: Int(archive_filter_bytes(archive, -1))))
        }
    }

    /// AE_IFREG, which is a macro that Swift does not see.
    private static let regularFile: mode_t = 0o100000

    /// libarchive gives names in the encoding of the thread's locale, and none at all where that has no such letters.
    private func inUTF8<Result>(_ body: () -> Result) -> Result {
        let before = uselocale(locale)
        defer { uselocale(before) }
        return body()
    }

    /// The member's name with nothing in it that could be mistaken for more than a name.
    private static func name(_ entry: OpaquePointer) -> String? {
        let raw = archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry)
        guard let raw else { return nil }
        return String(
            String.UnicodeScalarView(
                String(cString: raw).unicodeScalars.map {
                    $0.value < 0x20 || $0.value == 0x7F ? "\u{FFFD}" : $0
                }))
    }

    /// The content of the member at hand.
    private final class MemberSource: ByteSource {
        private let reader: ArchiveReader
        private let before: Int
        private var count = 0

        init(_ reader: ArchiveReader, before: Int) {
            self.reader = reader
            self.before = before
        }

        func read() throws -> [UInt8]? {
            var status = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: chunkBytes) { buffer, used in
                status = archive_read_data(reader.archive, buffer.baseAddress, buffer.count)
                used = max(status, 0)
            }
            guard status >= 0 else { throw reader.error() }
            count += chunk.count
            try reader.budget.spend(chunk.count)
            if count > reader.limits.memberBytes {
                throw DocumentFailure(
                    .limit, "a member of more than \(reader.limits.memberBytes) bytes (limit member-bytes)")
            }
            let packed = Int(archive_filter_bytes(reader.archive, -1)) - before
            if count > 1 << 20, count / reader.limits.compressionRatio > packed + chunkBytes {
                throw DocumentFailure(
                    .limit,
                    "unpacks to more than \(reader.limits.compressionRatio) times its size (limit compression-ratio)"
                )
            }
            return chunk.isEmpty ? nil : chunk
        }
    }
}

/// A source that cannot be read.
final class FailingSource: ByteSource {
    private let failure: DocumentFailure
    init(_ failure: DocumentFailure) { self.failure = failure }
    func read() throws -> [UInt8]? { throw failure }
}
