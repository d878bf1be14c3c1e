import FileAccess
import GRDB
import Synchronization
import SystemPackage

extension CacheStore {
    /// Checks the store against itself.
    ///
    /// Every catalog row is read, every text and cache looked for, and every cache's header checked. With
    /// `readingData`, every byte is read as well: texts, frames and values against their digests, files against the
    /// digests in the catalog, the catalog against its own.
    ///
    /// - Parameter threads: how many caches are read at once.
    public func verify(readingData: Bool = false, threads: Int = 1) throws -> VerificationReport {
        var report = VerificationReport()
        report.findings += verifyCatalog(readingData: readingData)
        var documents: [StoredDocument] = []
        var caches: [String: StoredCache] = [:]
        do {
            documents = try self.documents()
            for cache in try self.caches() { caches[cache.identity.digest] = cache }
        } catch let error as CacheStorageError where error.code == .catalog {
            report.findings.append(StoreFinding(.damaged, paths.catalog, error.message))
        }
        report.documents = documents.count
        try verifyTexts(documents, readingData: readingData, threads: threads, into: &report)
        try verifyCaches(documents, caches, readingData: readingData, threads: threads, into: &report)
        report.findings.sort { $0.path.string.utf8.lexicographicallyPrecedes($1.path.string.utf8) }
        return report
    }

    private func verifyCatalog(readingData: Bool) -> [StoreFinding] {
        do {
            let check = readingData ? "integrity_check" : "quick_check"
            let complaints = try catalog.read { try String.fetchAll($0, sql: "PRAGMA \(check)(10)") }
            if complaints != ["ok"] {
                return [
                    StoreFinding(
                        .damaged, paths.catalog, complaints.joined(separator: "; ") + "; run 'pharos repair'")
                ]
            }
            if readingData {
                try CatalogSum(catalog: paths.catalog).verify()
                try catalog.read { try catalog.verifyPassages($0) }
            }
            return []
        } catch {
            return [
                StoreFinding(
                    .damaged, paths.catalog, "\((error as? CacheStorageError)?.message ?? "\(error)")")
            ]
        }
    }

    private func verifyTexts(
        _ documents: [StoredDocument], readingData: Bool, threads: Int, into report: inout VerificationReport
    ) throws {
        let results = Mutex<(findings: [StoreFinding], bytes: Int)>(([], 0))
        let slices = max(1, min(threads, documents.count))
        ParallelWork.perform(slices) { slice in
            for index in stride(from: slice, to: documents.count, by: slices) {
                let document = documents[index]
                let path = paths.text(document.textObject)
                do {
                    let bytes = try CacheStorageError.translating(path) { try FileSystem.byteCount(of: path) }
                    if readingData {
                        _ = try text(of: document)
                        guard try ContentDigest.hex(ofFile: path) == document.textFileDigest else {
                            throw CacheStorageError(
                                .damaged, "the file does not have the digest in the catalog", path: path)
                        }
                    }
                    results.withLock { $0.bytes += readingData ? bytes : 0 }
                } catch {
                    let finding = Self.finding(error, path, document: "\(document.collection)/\(document.id)")
                    results.withLock { $0.findings.append(finding) }
                }
            }
        }
        let (findings, bytes) = results.withLock { ($0.findings, $0.bytes) }
        report.findings += findings
        report.bytesRead += bytes
        let named = Set(documents.map { $0.textObject })
        for file in try list(paths.texts) {
            if let digest = paths.textDigest(of: file) {
                if !named.contains(digest) {
                    report.findings.append(StoreFinding(.orphan, file, "no document names it"))
                }
            } else {
                report.findings.append(stray(file))
            }
        }
    }

    private func verifyCaches(
        _ documents: [StoredDocument], _ known: [String: StoredCache], readingData: Bool, threads: Int,
        into report: inout VerificationReport
    ) throws {
        let files = try list(paths.objects)
        let results = Mutex<(findings: [StoreFinding], caches: Int, bytes: Int)>(([], 0, 0))
        let slices = max(1, min(threads, files.count))
        ParallelWork.perform(slices) { slice in
            for index in stride(from: slice, to: files.count, by: slices) {
                let file = files[index]
                guard let digest = paths.objectDigest(of: file) else {
                    results.withLock { $0.findings.append(stray(file)) }
                    continue
                }
                do {
                    let bytes = try verifyCache(
                        digest, known: known[digest], readingData: readingData,
                        threads: max(1, threads / slices))
                    results.withLock { ($0.caches, $0.bytes) = ($0.caches + 1, $0.bytes + bytes) }
                    if known[digest] == nil {
                        let remark = StoreFinding(.orphan, file, "the catalog does not know this cache")
                        results.withLock { $0.findings.append(remark) }
                    }
                } catch {
                    results.withLock { $0.findings.append(Self.finding(error, file, document: nil)) }
                }
            }
        }
        let (findings, caches, bytes) = results.withLock { ($0.findings, $0.caches, $0.bytes) }
        report.findings += findings
        report.caches = caches
        report.bytesRead += bytes
        let present = Set(files.compactMap { paths.objectDigest(of: $0) })
        for document in documents {
            for cache in document.caches where !present.contains(cache) {
                // A cache that is pruned leaves the catalog before its file goes.
                let isPruned = known[cache] == nil
                report.findings.append(
                    StoreFinding(
                        isPruned ? .pruned : .missing, paths.object(cache),
                        "the document's cache \(isPruned ? "was pruned" : "is not there"); "
                            + "'pharos run' computes it again",
                        document: "\(document.collection)/\(document.id)"))
            }
        }
    }

    /// Checks one cache; returns the bytes read.
    private func verifyCache(_ digest: String, known: StoredCache?, readingData: Bool, threads: Int) throws
        -> Int
    {
        let reader = try openCache(digest: digest)
        if let known, known.byteCount != reader.byteCount {
            throw CacheStorageError(
                .damaged, "the file has \(reader.byteCount) bytes; the catalog says \(known.byteCount)",
                path: reader.path)
        }
        guard readingData else { return 0 }
        try reader.verify(threads: threads)
        if let known, try ContentDigest.hex(ofFile: reader.path) != known.fileDigest {
            throw CacheStorageError(
                .damaged, "the file does not have the digest in the catalog", path: reader.path)
        }
        return reader.byteCount
    }

    func list(_ directory: FilePath) throws -> [FilePath] {
        try CacheStorageError.translating(directory) {
            try FileSystem.kind(of: directory) == nil ? [] : FileSystem.files(under: directory)
        }
    }

    private static func finding(_ error: any Error, _ path: FilePath, document: String?) -> StoreFinding {
        let error = error as? CacheStorageError ?? CacheStorageError(.inputOutput, "\(error)", path: path)
        let kind: StoreFinding.Kind =
            switch error.code {
            case .missing: .missing
            case .damaged where error.message.contains("not of its name"): .misplaced
            default: .damaged
            }
        return StoreFinding(kind, path, error.message, document: document)
    }

    private func stray(_ file: FilePath) -> StoreFinding {
        let name = file.lastComponent?.string ?? ""
        if AtomicFile.isPartialName(name) {
            return StoreFinding(.unfinished, file, "a partial file of a killed run")
        }
        if paths.journalDigest(of: file) != nil {
            return StoreFinding(.unfinished, file, "the finished windows of a cache that is not complete")
        }
        return StoreFinding(.foreign, file, "not one of the store's files")
    }
}
