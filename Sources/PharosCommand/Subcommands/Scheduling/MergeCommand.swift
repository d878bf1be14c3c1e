import ArgumentParser
import CacheStorage
import Foundation
import Pipelines
import SystemPackage

struct MergeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Join the shards of a pipeline into its store.",
        discussion: """
            Every file of every shard is compared with its digest first; missing, duplicate, foreign and tampered \
            shards are named, and then nothing is joined. The store becomes the one that a single run would have \
            made, and merging again changes nothing. Shards that a later run has overtaken are refused. Exits \
            with 1 if shards are missing, 13 if they are not what was written, 65 if the store is newer, 3 if \
            some documents failed or a source was empty.

            Example: pharos merge Pipelines/samples.yaml --expect 4
            """)

    @Argument(help: "The pipeline file.")
    var pipeline: String

    @Option(help: "How many shards there must be.")
    var expect: Int

    @Flag(help: "Remove the shards once they are joined.")
    var clear = false

    @Flag(help: "Join shards that are older than what the store has, which then gives way.")
    var replaceNewer = false

    @OptionGroup var encryption: KeyOptions

    @Flag(help: "Print the summary as a JSON object.")
    var json = false

    func run() async throws {
        let definition = try PipelineFile.read(
            FilePath(pipeline), environment: ProcessInfo.processInfo.environment)
        let stop = StopSignal()
        let key = try encryption.key(file: definition.encryption.keyFile)
        let merge = try ShardMerge(definition.store, expected: expect, key: key)
        let command = "merge \(pipeline)"
        let store = try CacheStore.create(
            definition.store, createdBy: "pharos \(Pharos.version)", command: command, key: key)
        if !replaceNewer { try merge.requireNewest(in: store) }
        let history = try RunHistory(
            store: store, collection: merge.collection, definition: try merge.job.digest, command: command)
        let report: ShardMerge.Report
        do {
            for failure in merge.failures(ofRun: history.id) { try store.recordFailure(failure) }
            report = try merge.perform(into: store) { stop.isRaised }
            try history.finish(report.failures == 0 ? "done" : "done with failures", report.counts)
        } catch is CancellationError {
            try history.finish("stopped", [:])
            try StandardStream.error.write("pharos: stopped; run the same command again to continue\n")
            throw FinishedWithStatus(stop.status)
        } catch {
            try history.finish("failed", [:])
            throw error
        }
        if clear { _ = try ShardMerge.clear(definition.store) }
        if json {
            try JSONLines(StandardStream.output).write("summary", report)
        } else {
            try StandardStream.output.write(
                "joined \(report.shards) shards: \(report.documents) documents, \(report.published) published, "
                    + "\(report.removed) removed, \(report.failures) failures\n")
        }
        if report.kept > 0 {
            try StandardStream.error.write(
                "pharos: a source was empty or could not be read: \(report.kept) documents that no shard met "
                    + "are kept\n"
            )
        }
        if report.failures > 0 || report.kept > 0 { throw FinishedWithStatus(.someDocumentsFailed) }
    }
}

extension ShardMerge.Report {
    /// The counts for the store's history.
    fileprivate var counts: [String: Int] {
        ["documents": documents, "published": published, "removed": removed, "failures": failures]
    }
}
