import Foundation
public import SystemPackage
public import Tokenization

/// The templates in which LongBench's tasks are put, from the file `dataset2prompt.json` of that benchmark.
///
/// A template says where the document and the question go by `{context}` and `{input}`; `{{` and `}}` are braces. Prompts
/// of more than ``longest`` tokens lose their middle, as published (reference §14).
public struct LongBenchPrompts: Sendable {
    /// Tokens of a prompt that are kept, half of them from each end.
    public static let longest = 31500

    private let templates: [String: String]
    private let path: FilePath

    /// - Throws: `EvaluationError` for a file that is not an object of texts.
    public init(contentsOf path: FilePath) throws {
        self.path = path
        let bytes = try LineReader(path: path).bytes(limit: 1 << 24)
        guard let templates = try? JSONDecoder().decode([String: String].self, from: Data(bytes)) else {
            throw EvaluationError(
                .badInput,
                "\(path) is not a JSON object of templates by task, such as LongBench's dataset2prompt.json",
                context: ["path": path.string])
        }
        self.templates = templates
    }

    /// The prompt for one question.
    ///
    /// - Throws: `EvaluationError` for a question of no task, a task without a template, and a template that asks for
    ///   something else.
    public func prompt(for item: QuestionItem) throws -> String {
        guard let task = item.task else {
            throw EvaluationError(
                .badInput,
                "question \(item.id) is of no task of LongBench; templates are chosen by its 'dataset'")
        }
        guard let template = templates[task.rawValue] else {
            throw EvaluationError(
                .badInput, "\(path) has no template for '\(task.rawValue)'", context: ["path": path.string])
        }
        return try fill(template, ["context": item.document, "input": item.question], task)
    }

    /// `prompt`, or its first and its last half of ``longest`` tokens.
    public static func shortened(_ prompt: String, _ tokenizer: Tokenizer, longest: Int = longest) -> String {
        let tokens = tokenizer.encode(prompt, addingSpecialTokens: true).ids
        guard tokens.count > longest else { return prompt }
        let half = longest / 2
        return tokenizer.decode(Array(tokens.prefix(half)), skippingSpecialTokens: true)
            + tokenizer.decode(Array(tokens.suffix(half)), skippingSpecialTokens: true)
    }

    /// Fills fields by the rules of Python's `str.format`.
    private func fill(_ template: String, _ fields: [String: String], _ task: LongBenchTask) throws -> String
    {
        func mistake(_ what: String) -> EvaluationError {
            EvaluationError(
                .badInput, "\(path): the template of '\(task.rawValue)' \(what)",
                context: ["path": path.string])
        }
        var result = ""
        var rest = Substring(template)
        while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            result += rest[..<brace]
            let next = rest.index(after: brace)
            if next < rest.endIndex, rest[next] == rest[brace] {
                result.append(rest[brace])
                rest = rest[rest.index(after: next)...]
                continue
            }
            guard rest[brace] == "{", let end = rest[next...].firstIndex(of: "}") else {
                throw mistake("has a brace that belongs to nothing")
            }
            guard let value = fields[String(rest[next..<end])] else {
                throw mistake("asks for '\(rest[next..<end])'; expected {context} and {input}")
            }
            result += value
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}
