import Foundation
import Testing

@testable import Pipelines

/// The table of keys drives parser, schema and documentation; these tests fail when one of them drifts.
@Suite struct PipelineSchemaTests {
    /// A value other than the default for every key that has no keys inside.
    static let samples: [String: String] = [
        "name": "other", "store": "elsewhere", "model": "models/qwen", "weights": "f32",
        "template": "mistral",
        "questions": "q.jsonl", "answers": "a.jsonl",
        "sources.path": "texts/*.txt", "sources.profile": "generic-xml", "sources.record": "//entry",
        "sources.fields": "{ title: head }", "sources.namespaces": "{ t: urn:x }", "sources.exclude": "note",
        "sources.encoding": "iso-8859-1", "sources.undecodable": "replace", "sources.malformed": "recover",
        "sources.split": "heading", "sources.id": "record", "sources.id-prefix": "harbour",
        "sources.duplicates": "first", "sources.empty": "remove",
        "compression.ratio": "8", "compression.fine": "2", "compression.segment": "3 windows",
        "compression.window": "256", "compression.values": "int4", "compression.zstd": "9",
        "context.choose": "document", "context.beacons": "64", "context.top": "2",
        "schedule.cron": "\"15 3 * * 1\"", "schedule.zone": "Asia/Tokyo", "schedule.missed": "skip",
        "schedule.overlap": "queue", "schedule.jitter": "10s", "schedule.timeout": "2h",
        "schedule.retries": "3",
        "schedule.retry-delay": "5s",
        "limits.document-bytes": "1MiB", "limits.file-bytes": "1GiB", "limits.entity-expansion": "3",
        "limits.depth": "9", "limits.decompression-ratio": "7",
        "limits.document-time": "3s", "limits.members": "3", "limits.member-bytes": "1MiB",
        "limits.nesting": "2",
        "retention.store-bytes": "1GB", "retention.free-space": "2GB", "retention.keep": "7d",
        "encryption.key-file": "keys/store.key",
    ]

    @Test func everyKeyOfTheTableReachesTheDefinition() throws {
        var names: Set<String> = []
        for key in PipelineSchema.keys {
            if key.children.isEmpty {
                names.insert(key.name)
                try check([:], key.name)
            }
            for child in key.children {
                names.insert("\(key.name).\(child.name)")
                try check(child.isRequired ? [:] : required(in: key), "\(key.name).\(child.name)")
            }
        }
        #expect(names == Set(Self.samples.keys))
    }

    private func required(in key: KeyDescription) -> [String: String] {
        key.name == "schedule" ? ["schedule.cron": "\"@daily\""] : [:]
    }

    /// Checks that a file with the sample value of `key` means something else than the file without.
    private func check(_ base: [String: String], _ key: String) throws {
        let extra = key == "answers" ? base.merging(["questions": "q0.jsonl"]) { $1 } : base
        let sample = try #require(Self.samples[key], "no sample for the key \(key)")
        let before = try definition(file(extra))
        let after = try definition(file(extra.merging([key: sample]) { $1 }))
        #expect(before != after, "\(key) has no effect")
    }

    private func file(_ values: [String: String]) -> String {
        let values = ["name": "n", "store": "s", "sources.path": "x"].merging(values) { $1 }
        var groups: [String: [String]] = [:]
        var text = ""
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            let parts = key.split(separator: ".")
            if parts.count == 1 {
                text += "\(key): \(value)\n"
            } else {
                groups[String(parts[0]), default: []].append("\(parts[1]): \(value)")
            }
        }
        for (group, lines) in groups.sorted(by: { $0.key < $1.key }) {
            text +=
                "\(group):\n  \(group == "sources" ? "- " : "")"
                + lines.joined(separator: group == "sources" ? "\n    " : "\n  ") + "\n"
        }
        return text
    }

    @Test func theSchemaNamesEveryKeyAndRefusesOthers() throws {
        let object = try JSONSerialization.jsonObject(with: Data(PipelineSchema.json.utf8))
        let schema = try #require(object as? [String: Any])
        #expect(schema["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
        try compare(schema, PipelineSchema.keys)
    }

    private func compare(_ schema: [String: Any], _ keys: [KeyDescription]) throws {
        #expect(schema["additionalProperties"] as? Bool == false)
        #expect(Set(schema["required"] as? [String] ?? []) == Set(keys.filter(\.isRequired).map(\.name)))
        let properties = try #require(schema["properties"] as? [String: [String: Any]])
        #expect(Set(properties.keys) == Set(keys.map(\.name)))
        for key in keys {
            let property = try #require(properties[key.name])
            #expect(property["description"] as? String == key.summary)
            if !key.children.isEmpty {
                try compare(property["items"] as? [String: Any] ?? property, key.children)
            }
        }
    }

    @Test func theDocumentationHoldsTheTable() throws {
        let article = URL(filePath: #filePath).appending(
            path: "../../../Sources/Pipelines/Pipelines.docc/PipelineFile.md")
        let text = try String(contentsOf: article.standardizedFileURL, encoding: .utf8)
        let parts = text.components(separatedBy: "<!-- keys -->\n")
        try #require(parts.count == 3, "the article marks the table with two lines <!-- keys -->")
        #expect(
            parts[1] == "\n" + PipelineSchema.markdown + "\n", "copy PipelineSchema.markdown into the article"
        )
    }
}
