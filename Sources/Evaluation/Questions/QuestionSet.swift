import Foundation
public import SystemPackage

/// Reads files of documents, questions and answers in the layouts that are about.
///
/// - JSON Lines with `document`, `question` and `answer` or `answers` per line, or with `document` and a list
///   `questions` of such objects; `context`, `text` and `passage` also name the document.
/// - LongBench: JSON Lines with `context`, `input`, `answers`, `all_classes`, `dataset`.
/// - SQuAD: one JSON object with `data`, `paragraphs` and `qas`, or JSON Lines with `context`, `question` and
///   `answers` of the form `{"text": […]}`.
///
/// No answer, an empty list, `is_impossible` or `answerable: false` mark questions that the document does not answer.
public enum QuestionSet {
    private static let documentKeys = ["document", "context", "text", "passage"]
    private static let questionKeys = ["question", "input", "query"]
    private static let answerKeys = ["answers", "answer", "outputs", "output"]

    /// - Parameter limit: questions taken at most.
    /// - Throws: `EvaluationError` with file and line for what is none of these layouts.
    public static func read(_ path: FilePath, limit: Int = .max) throws -> [QuestionItem] {
        var items: [QuestionItem] = []
        let name = path.lastComponent?.string ?? path.string
        if !name.contains(".jsonl"), !name.contains(".ndjson"), let tree = try whole(path) {
            let rows = tree.items ?? [tree]
            for (index, row) in rows.enumerated() where items.count < limit {
                items += try self.items(row, place: "\(path): entry \(index + 1)", number: index + 1)
            }
        } else {
            try LineReader(path: path).readLines { number, line in
                if let row = try JSONTree(line: line, path: path, number: number) {
                    items += try self.items(row, place: "\(path):\(number)", number: number)
                }
                return items.count < limit
            }
        }
        guard !items.isEmpty else {
            throw EvaluationError(
                .badInput, "\(path) holds no questions; expected JSON Lines, SQuAD or LongBench",
                context: ["path": path.string])
        }
        if items.allSatisfy({ $0.document.wholeMatch(of: /\S+\.[A-Za-z0-9]{1,8}/) != nil }) {
            throw EvaluationError(
                .badInput,
                "the documents in \(path) are names, such as '\(items[0].document.prefix(40))'; give their texts",
                context: ["path": path.string])
        }
        return Array(items.prefix(limit))
    }

    /// The file as one JSON value; nil where it is not one, as JSON Lines under another name are not.
    private static func whole(_ path: FilePath) throws -> JSONTree? {
        let bytes = try LineReader(path: path).bytes(limit: 1 << 28)
        do {
            return try JSONDecoder().decode(JSONTree.self, from: Data(bytes))
        } catch {
            return nil
        }
    }

    private static func items(_ row: JSONTree, place: String, number: Int) throws -> [QuestionItem] {
        if let articles = row["data"]?.items {
            return try articles.enumerated().flatMap { article in
                try items(
                    article.element, place: "\(place), article \(article.offset + 1)",
                    number: article.offset + 1)
            }
        }
        if let paragraphs = row["paragraphs"]?.items {
            let title = row["title"]?.text ?? "\(number)"
            return try paragraphs.enumerated().flatMap { paragraph in
                try questions(
                    paragraph.element, list: paragraph.element["qas"]?.items ?? [],
                    documentID: "\(title)/\(paragraph.offset + 1)", place: place)
            }
        }
        let id = row.first(["document_id", "id", "_id"])?.text ?? "\(number)"
        if let list = row.first(["questions", "qas"])?.items {
            return try questions(row, list: list, documentID: id, place: place)
        }
        return try questions(row, list: [row], documentID: id, place: place)
    }

    private static func questions(
        _ row: JSONTree, list: [JSONTree], documentID: String, place: String
    ) throws -> [QuestionItem] {
        guard let document = row.first(documentKeys)?.text else {
            throw EvaluationError(
                .badInput, "\(place): no document; expected one of \(documentKeys.joined(separator: ", "))")
        }
        let task = row["dataset"]?.text.flatMap(LongBenchTask.init(rawValue:))
        return try list.enumerated().map { index, entry in
            guard let question = entry.first(questionKeys)?.text else {
                throw EvaluationError(
                    .badInput,
                    "\(place): no question; expected one of \(questionKeys.joined(separator: ", "))")
            }
            let isImpossible = entry["is_impossible"]?.isTrue == true || entry["answerable"] == .flag(false)
            return QuestionItem(
                id: entry.first(["id", "_id", "question_id"])?.text ?? "\(documentID)/\(index + 1)",
                documentID: documentID, document: document, question: question,
                answers: isImpossible ? [] : entry.first(answerKeys)?.texts ?? [],
                classes: row["all_classes"]?.texts ?? [], task: task)
        }
    }
}
