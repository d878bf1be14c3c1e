import Evaluation
import Foundation
import SystemPackage
import Testing

@Suite struct QuestionTests {
    /// Writes `text` into a file of its own for the time of `body`.
    private func withFile<Result>(_ name: String, _ text: String, _ body: (FilePath) throws -> Result) throws
        -> Result
    {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        return try body(FilePath(file.path))
    }

    @Test func simpleLinesAreRead() throws {
        let text = """
            {"id": "q1", "document": "Red boats.", "question": "Which colour?", "answer": "red"}

            {"text": "Blue boats.", "questions": [{"question": "Which?", "answers": ["blue", "azure"]}, {"question": "How many?", "answerable": false}]}
            """
        let items = try withFile("a.jsonl", text) { try QuestionSet.read($0) }
        #expect(items.map(\.id) == ["q1", "3/1", "3/2"])
        #expect(items.map(\.answers) == [["red"], ["blue", "azure"], []])
        #expect(items[1].documentID == items[2].documentID && items[2].document == "Blue boats.")
        #expect(!items[2].isAnswerable)
    }

    @Test func squadIsRead() throws {
        let text = """
            {"version": "v2", "data": [{"title": "Boats", "paragraphs": [{"context": "Red boats.", "qas": [
              {"id": "a", "question": "Which colour?", "answers": [{"text": "red", "answer_start": 0}, {"text": "Red", "answer_start": 0}]},
              {"id": "b", "question": "How many?", "answers": [], "is_impossible": true}]}]}]}
            """
        let items = try withFile("squad.json", text) { try QuestionSet.read($0) }
        #expect(items.map(\.id) == ["a", "b"] && items.map(\.answers) == [["red", "Red"], []])
        #expect(items[0].documentID == "Boats/1")
        let row =
            #"{"id": "a", "title": "T", "context": "Red.", "question": "Q?", "answers": {"text": ["red"], "answer_start": [0]}}"#
        #expect(try withFile("squad.jsonl", row) { try QuestionSet.read($0) }.map(\.answers) == [["red"]])
    }

    @Test func longBenchIsRead() throws {
        let row = """
            {"input": "Which type?", "context": "Q: a\\nType: Human", "answers": ["Human"], "all_classes": ["Human", "Place"], "length": 3, "dataset": "trec", "language": "en", "_id": "x"}
            """
        let item = try #require(try withFile("trec.jsonl", row) { try QuestionSet.read($0) }.first)
        #expect(item.id == "x" && item.task == .trec && item.classes == ["Human", "Place"])
    }

    @Test(arguments: [
        ("{\"question\": \"Q?\"}", "document"), ("{\"document\": \"D\"}", "question"),
        ("{\"document\": ", "JSON"), ("", "no questions"),
    ])
    func mistakesAreNamedByLine(text: String, expected: String) throws {
        let error = #expect(throws: EvaluationError.self) {
            try withFile(
                "bad.jsonl",
                "{\"document\":\"D\",\"question\":\"Q\",\"answer\":\"A\"}\n".prefix(text.isEmpty ? 0 : 99)
                    + text
            ) {
                try QuestionSet.read($0)
            }
        }
        #expect(error?.message.contains(expected) == true)
        if !text.isEmpty { #expect(error?.message.contains(":2") == true) }
    }

    @Test func answersAreScoredByModeAndLength() async throws {
        let items = [
            QuestionItem(
                id: "1", documentID: "a", document: "The boat is red.", question: "Colour?", answers: ["red"]),
            QuestionItem(
                id: "2", documentID: "b", document: String(repeating: "The buoy is dark green. ", count: 9),
                question: "Buoy?", answers: ["dark green"]),
            QuestionItem(
                id: "3", documentID: "a", document: "The boat is red.", question: "Size?", answers: []),
        ]
        let source = ReadingAnswerSource(answers: ["Colour?": "red", "Buoy?": "green"]) { request, _ in
            request.mode == .ratio(8) && request.id == "a"
        }
        let settings = QuestionAnswering.Settings(modes: [.full, .ratio(4), .ratio(8)])
        let evaluation = QuestionAnswering(settings: settings, source: source) { $0.utf8.count }
        let report = try await evaluation.run(items, windowSize: 32)
        #expect(report.outcomes.count == 9)
        let third = 1.0 / 3
        let exact: [Double] = report.means.map(\.exactMatch)
        #expect(exact == [2 * third, 2 * third, third])
        #expect(report.means.map(\.rightRefusals) == [1, 1, 1])
        #expect(report.means.map(\.falseRefusals) == [0, 0, 0.5])
        #expect(abs(report.outcomes[1].f1 - 2 * third) < 1e-12)
        #expect(report.meansByLength.map(\.questions) == [2, 2, 2, 1, 1, 1])
        #expect(report.figures.map(\.name) == ["qa-ratio", "qa-length"])
        let decoded = try JSONDecoder().decode(QuestionAnsweringReport.self, from: Data(report.json().utf8))
        #expect(try decoded.json() == report.json())
    }

    @Test func corporaAreReadLineByLine() throws {
        let lines = "{\"id\": \"a\", \"title\": \"T\", \"text\": \"One.\"}\n{\"text\": \"Two.\"}\n"
        var texts: [CorpusText] = []
        try withFile("c.jsonl", lines) { path in
            try CorpusText.read(path) {
                texts.append($0)
                return true
            }
        }
        #expect(texts.map(\.id) == ["a", "2"] && texts.map(\.title) == ["T", nil])
        #expect(try withFile("c.jsonl", lines) { try CorpusText.joined($0, bytes: 100) } == "One.\n\nTwo.")
        #expect(
            try withFile("c.txt", "Plain.\nText.") { try CorpusText.joined($0, bytes: 100) }
                == "Plain.\nText.")
        #expect(throws: EvaluationError.self) {
            try withFile("c.jsonl", "{\"title\": 3}") { try CorpusText.read($0) { _ in true } }
        }
    }

    @Test func tasksArePutInTheBenchmarksWords() throws {
        let file =
            #"{"trec": "{{Types}}\n{context}\n{input} {input}", "lcc": "{context}{cotext}", "qasper": "}"}"#
        let prompts = try withFile("p.json", file) { try LongBenchPrompts(contentsOf: $0) }
        func item(_ task: LongBenchTask?) -> QuestionItem {
            QuestionItem(
                id: "1", documentID: "1", document: "Q {input}", question: "Who?", answers: ["I"], task: task)
        }
        #expect(try prompts.prompt(for: item(.trec)) == "{Types}\nQ {input}\nWho? Who?")
        let mistakes: [(LongBenchTask?, String)] = [
            (.lcc, "'cotext'"), (.qasper, "brace"), (.samsum, "no template"), (nil, "no task"),
        ]
        for (task, expected) in mistakes {
            let error = #expect(throws: EvaluationError.self) { try prompts.prompt(for: item(task)) }
            #expect(error?.message.contains(expected) == true)
        }
        let error = #expect(throws: EvaluationError.self) {
            try withFile("p.json", "[]") { try LongBenchPrompts(contentsOf: $0) }
        }
        #expect(error?.message.contains("dataset2prompt.json") == true)
    }

    @Test func longPromptsLoseTheirMiddle() throws {
        let tokenizer = try CharacterTokenizer.make()
        let text = "The keeper slept until noon."
        #expect(LongBenchPrompts.shortened(text, tokenizer, longest: 10) == "The k" + "noon.")
        #expect(LongBenchPrompts.shortened(text, tokenizer) == text)
    }

    /// Few-shot prompts stand alone; others have the checkpoint's template around them.
    @Test func promptsReachTheSourceWhole() async throws {
        let items = [LongBenchTask.trec, .qasper].map {
            QuestionItem(
                id: $0.rawValue, documentID: $0.rawValue, document: "Red.", question: "Q?", answers: ["red"],
                task: $0)
        }
        struct Echo: AnswerSource {
            let name = "echo", usesOwnLayout = false
            func answers(to request: AnswerRequest) async throws -> [String] {
                [(request.firstTurn ?? "") + (request.isWholePrompt ? " alone" : " within")]
            }
        }
        let settings = QuestionAnswering.Settings(modes: [.full])
        let report = try await QuestionAnswering(
            settings: settings, source: Echo(), prompt: { "<\($0.id)>" }, measure: { $0.utf8.count }
        ).run(items, windowSize: 32)
        #expect(report.outcomes.map(\.output) == ["<trec> alone", "<qasper> within"])
        #expect(report.categories.map(\.category) == [.oneDocument, .fewShot, nil])
    }
}
