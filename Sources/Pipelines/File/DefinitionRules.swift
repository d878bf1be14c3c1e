import Documents
import SystemPackage

/// Checks that hold between keys of a pipeline file rather than for one of them.
enum DefinitionRules {
    /// Reports every combination of values that makes no sense, at the place of the value to change.
    static func check(_ definition: PipelineDefinition, _ reader: inout NodeReader) {
        if let fine = definition.compression.fine, case .fixed(let ratio) = definition.compression.ratio,
            fine >= ratio
        {
            reader.report(
                "compression.fine: expected a ratio below compression.ratio (\(ratio)), found '\(fine)'",
                at: reader.marks["compression.fine"])
        }
        if let window = definition.compression.window {
            for ratio in definition.compression.ratio.values where window % ratio != 0 {
                reader.report(
                    "compression.window: expected a multiple of the ratio \(ratio), found '\(window)'",
                    at: reader.marks["compression.window"])
            }
        }
        if let profile = definition.sources.firstIndex(where: { !$0.record.isEmpty && $0.split != nil }) {
            reader.report(
                "sources[\(profile)].split: divides plain text, but the source has XML records; drop one of the two",
                at: reader.marks["sources[\(profile)].split"])
        }
        if let answers = definition.answers {
            if definition.questions == nil {
                reader.report(
                    "answers: found a file for answers without 'questions'; name the questions or drop this key",
                    at: reader.marks["answers"])
            }
            if answers == definition.questions {
                reader.report("answers: names the same file as 'questions'", at: reader.marks["answers"])
            }
            if let taken = taken(by: answers, definition, reader) {
                reader.report("answers: would write over \(taken)", at: reader.marks["answers"])
            }
        }
        var firstUse: [SourceEntry: Int] = [:]
        for (index, source) in definition.sources.enumerated() {
            if let first = firstUse[source] {
                reader.report(
                    "sources[\(index)]: the same as sources[\(first)]; drop one of them",
                    at: reader.marks["sources[\(index)]"])
            } else {
                firstUse[source] = index
            }
        }
    }

    /// What a file for answers must not be.
    private static func taken(
        by answers: FilePath, _ definition: PipelineDefinition, _ reader: NodeReader
    ) -> String? {
        let path = answers.lexicallyNormalized()
        if let name = FilePath(reader.file).lastComponent,
            path == reader.base.appending(name).lexicallyNormalized()
        {
            return "the pipeline file"
        }
        if path.starts(with: definition.store.lexicallyNormalized()) { return "a file of the store" }
        let isSource = definition.sources.contains { source in
            let glob = PathGlob(source.path)
            var rest = path
            guard rest.removePrefix(glob.root.lexicallyNormalized()) else { return false }
            return !glob.isPattern || glob.matches(rest.string)
        }
        return isSource ? "a file of the sources" : nil
    }
}
