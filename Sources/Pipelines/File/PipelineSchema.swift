/// The JSON Schema and the documentation of pipeline files, both made from the one table of keys.
public enum PipelineSchema {
    /// The JSON Schema (draft 2020-12) of pipeline files, for editors; ends with a newline.
    public static var json: String {
        let head: SchemaValue = [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Pharos pipeline",
        ]
        guard case .object(let members) = PipelineKeys.pipeline.schema else { return head.json() }
        return head.adding(members.map { ($0.key, $0.value) }).json() + "\n"
    }

    /// Every key of a pipeline file, with those inside it.
    public static var keys: [KeyDescription] { PipelineKeys.pipeline.keys.map(\.description) }

    /// The keys as Markdown tables, one per mapping, for the documentation; ends with a newline.
    public static var markdown: String {
        var sections: [String] = []
        func add(_ title: String, _ keys: [KeyDescription]) {
            let rows = keys.map { key in
                let value = key.expected.replacing("|", with: "\\|")
                let fallback = key.isRequired ? "required" : key.defaultText.map { "`\($0)`" } ?? "—"
                let allowed = key.children.isEmpty ? value : "see below"
                return "| `\(key.name)` | \(key.summary) | \(allowed) | \(fallback) |\n"
            }
            sections.append(
                "### \(title)\n\n| key | what it settles | value | default |\n|---|---|---|---|\n"
                    + rows.joined())
            for key in keys where !key.children.isEmpty { add("`\(key.name)`", key.children) }
        }
        add("The top of the file", keys)
        return sections.joined(separator: "\n")
    }
}
