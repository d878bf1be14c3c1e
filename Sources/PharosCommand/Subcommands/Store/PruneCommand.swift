import ArgumentParser
import CacheStorage
import Foundation
import Pipelines
import SystemPackage

struct PruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove caches that nobody needs, or that break a budget.",
        discussion: """
            Rules over single caches come first; where count or bytes are still too many, caches that no document \
            names go next, then those least recently used. Pinned caches stay. The next run computes again what a \
            document lost.

            Example: pharos prune --superseded --max-bytes 2GiB --dry-run --store Samples/store
            """)

    @OptionGroup var store: StoreOptions

    @Flag(help: "Caches that the catalog does not know.")
    var orphans = false

    @Flag(help: "Caches that no document names any more.")
    var superseded = false

    @Flag(help: "The finished windows of caches that were never completed.")
    var unfinished = false

    @Option(help: "Caches written longer ago than this, such as 30d.")
    var olderThan: DurationArgument?

    @Option(help: "Caches not used for this long, such as 12h.")
    var unusedFor: DurationArgument?

    @Option(help: "Keep at most so many caches.")
    var keep: Int?

    @Option(help: "Keep at most so many bytes, such as 500MB or 2GiB.")
    var maxBytes: SizeArgument?

    @Flag(help: "Say what would be removed, without removing it.")
    var dryRun = false

    @Flag(help: "Print one JSON object per removed file, then a summary.")
    var json = false

    private struct Line: Encodable {
        var cache: String
        var path: String
        var bytes: Int
        var reason: String
        var lastUse: Int
        var documents: [String]

        private enum CodingKeys: String, CodingKey {
            case cache, path, bytes, reason, documents
            case lastUse = "last_use"
        }
    }

    private struct Summary: Encodable {
        var removed: Int
        var freedBytes: Int
        var keptCaches: Int
        var keptBytes: Int
        var pinned: [String]
        var dryRun: Bool

        private enum CodingKeys: String, CodingKey {
            case removed, pinned
            case freedBytes = "freed_bytes"
            case keptCaches = "kept_caches"
            case keptBytes = "kept_bytes"
            case dryRun = "dry_run"
        }
    }

    func validate() throws {
        guard keep ?? 0 >= 0 else { throw ValidationError("--keep is \(keep ?? 0); give 0 or more") }
        guard policy(now: 0) != PrunePolicy() else {
            throw ValidationError(
                "nothing says what to remove; give --orphans, --superseded, --unfinished, --older-than, --unused-for, "
                    + "--keep or --max-bytes")
        }
    }

    func policy(now: Int) -> PrunePolicy {
        PrunePolicy(
            orphans: orphans, superseded: superseded, journals: unfinished,
            writtenBefore: olderThan.map { now - $0.seconds },
            unusedSince: unusedFor.map { now - $0.seconds },
            maximumCount: keep, maximumByteCount: maxBytes?.bytes)
    }

    func run() async throws {
        let store = try self.store.open(dryRun ? .reading : .writing(command: "prune"))
        let plan = try store.prunePlan(policy(now: Int(Date().timeIntervalSince1970)))
        if !dryRun { try store.prune(plan) }
        if json {
            let output = JSONLines(StandardStream.output)
            for removal in plan.removals {
                try output.write(
                    "removal",
                    Line(
                        cache: removal.digest, path: removal.path.string, bytes: removal.byteCount,
                        reason: removal.reason.rawValue, lastUse: removal.lastUse,
                        documents: removal.documents))
            }
            return try output.write(
                "summary",
                Summary(
                    removed: plan.removals.count, freedBytes: plan.freedBytes, keptCaches: plan.keptCaches,
                    keptBytes: plan.keptBytes, pinned: plan.pinned, dryRun: dryRun))
        }
        if !plan.removals.isEmpty {
            var table = TextTable([
                .init("cache"), .init("reason"), .init("stored", .right), .init("last use"),
                .init("documents"),
            ])
            for removal in plan.removals {
                table.add([
                    String(removal.digest.prefix(12)), removal.reason.rawValue,
                    HumanFormat.bytes(removal.byteCount),
                    UnixTime(removal.lastUse).description, removal.documents.joined(separator: ", "),
                ])
            }
            try StandardStream.output.write(table.text + "\n")
        }
        try StandardStream.output.write(
            "\(dryRun ? "would remove" : "removed") \(plan.removals.count) files of \(HumanFormat.bytes(plan.freedBytes)); "
                + "\(plan.keptCaches) caches of \(HumanFormat.bytes(plan.keptBytes)) stay\n")
        if !plan.pinned.isEmpty {
            try StandardStream.output.write("\(plan.pinned.count) caches stay because they are pinned\n")
        }
    }
}
