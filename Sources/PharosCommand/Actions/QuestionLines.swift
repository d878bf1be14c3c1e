import Answering
import FileAccess
import Foundation
import SystemPackage

/// Questions as JSON lines: `question`, and if wanted `id`, `documents`, `answer`, `document`.
enum QuestionLines {
    static func read(_ path: FilePath) throws -> [Question] {
        guard let data = FileManager.default.contents(atPath: path.string) else {
            throw CommandError(.badInput, "cannot read the questions in \(path)")
        }
        return try parse(data, name: path.string)
    }

    static func parse(_ data: Data, name: String) throws -> [Question] {
        var questions: [Question] = []
        let decoder = JSONDecoder()
        for (number, line) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            do {
                questions.append(try decoder.decode(Question.self, from: Data(line)))
            } catch {
                throw CommandError(
                    .badInput, "\(name):\(number + 1):1: not a question",
                    hint: "each line is an object such as {\"question\":\"When does the gate open?\"}")
            }
        }
        return questions
    }
}
