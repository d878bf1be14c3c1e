import Foundation

/// Writes made documents and questions as JSON Lines, for training elsewhere and for looking at them.
public enum QuestionDocumentWriter {
    /// One line: `{"id","text","questions":[{"question","answer","value_end"}]}`; `value_end` is a UTF-8 offset.
    public static func line(_ document: QuestionDocument, id: String) throws -> String {
        let questions = document.questions.map { item -> [String: Any] in
            var row: [String: Any] = ["question": item.question, "answer": item.answer]
            if let end = item.valueEnd { row["value_end"] = end }
            return row
        }
        let data = try JSONSerialization.data(
            withJSONObject: ["id": id, "text": document.text, "questions": questions],
            options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }

    /// One line of a SQuAD-like file per question: `{"context","question","answer"}` without offsets.
    public static func questionLines(_ document: QuestionDocument, id: String) throws -> [String] {
        try document.questions.enumerated().map { index, item in
            let data = try JSONSerialization.data(
                withJSONObject: [
                    "id": "\(id)-\(index)", "context": document.text, "question": item.question,
                    "answers": [item.answer],
                ], options: [.sortedKeys, .withoutEscapingSlashes])
            return String(decoding: data, as: UTF8.self)
        }
    }
}
