internal import FileAccess
import Foundation
public import SystemPackage
public import Tokenization
internal import Zstandard

/// Labelled sequences read from JSON Lines: documents (`text`) or conversations (reference §13).
public struct TrainingCorpus: Sendable {
    /// How rows become sequences.
    public struct Options: Sendable, Hashable {
        /// Rows with fewer tokens are left out.
        public var shortest: Int
        /// Longer texts are cut, longer conversations left out.
        public var longest: Int
        /// How conversations are written; nil = files hold none.
        public var template: ChatTemplate?

        public init(shortest: Int = 1, longest: Int = .max, template: ChatTemplate? = nil) {
            self.shortest = shortest
            self.longest = longest
            self.template = template
        }
    }

    public private(set) var sequences: [LabelledTokens] = []
    /// Rows that were left out for their length.
    public private(set) var leftOut = 0

    /// Reads every row of `files`, one JSON object per line.
    ///
    /// - Throws: `TrainingError` naming file and line where a row is not as expected.
    public init(files: [FilePath], tokenizer: Tokenizer, options: Options) throws {
        for file in files {
            try JSONLines.forEach(file) { row, line in
                let context = ["path": file.string, "line": String(line)]
                if let text = row["text"] as? String {
                    add(text, tokenizer, options)
                } else if let turns = row["conversations"] as? [[String: Any]] {
                    guard let template = options.template else {
                        throw TrainingError(
                            .invalidData, "the row is a conversation; name a chat template in the recipe",
                            context: context)
                    }
                    try add(turns, template, tokenizer, options, context)
                } else {
                    throw TrainingError(
                        .invalidData, "the row has neither a string 'text' nor a list 'conversations'",
                        context: context)
                }
            }
        }
    }

    private mutating func add(_ text: String, _ tokenizer: Tokenizer, _ options: Options) {
        var ids = tokenizer.encode(text, addingSpecialTokens: true).ids
        guard ids.count >= options.shortest else {
            leftOut += 1
            return
        }
        if ids.count < options.longest {
            if let end = tokenizer.endOfTextID, ids.last != end { ids.append(end) }
        } else {
            ids = Array(ids.prefix(options.longest))
        }
        sequences.append(LabelledTokens(ids))
    }

    private mutating func add(
        _ turns: [[String: Any]], _ template: ChatTemplate, _ tokenizer: Tokenizer, _ options: Options,
        _ context: [String: String]
    ) throws {
        var system: String?
        var messages: [ChatMessage] = []
        for turn in turns {
            guard let role = turn["role"] as? String, let content = turn["content"] as? String else {
                throw TrainingError(.invalidData, "a turn needs 'role' and 'content'", context: context)
            }
            switch role {
            case "system" where messages.isEmpty && system == nil: system = content
            case "user": messages.append(ChatMessage(role: .user, content: content))
            case "assistant": messages.append(ChatMessage(role: .assistant, content: content))
            default:
                throw TrainingError(
                    .invalidData,
                    "found a turn of '\(role)'; expected user, assistant, or system once in front",
                    context: context)
            }
        }
        let labelled: LabeledConversation
        do {
            labelled = try template.encodeWithLabels(messages, system: system, tokenizer: tokenizer)
        } catch let error as TokenizationError {
            throw TrainingError(.invalidData, error.message, context: context)
        }
        guard labelled.ids.count >= options.shortest, labelled.ids.count <= options.longest else {
            leftOut += 1
            return
        }
        sequences.append(
            LabelledTokens(
                tokens: labelled.ids, weights: labelled.labels.map { $0 == ChatTemplate.ignoredLabel ? 0 : 1 }
            ))
    }
}

/// Rows of a JSON Lines file, which may be compressed with zstd.
enum JSONLines {
    /// Bytes of a file at most, decoded.
    private static let limit = 4 << 30

    static func forEach(_ path: FilePath, _ body: ([String: Any], Int) throws -> Void) throws {
        let bytes = try decoded(path)
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let isBlank = line.allSatisfy {
                [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")].contains($0)
            }
            if isBlank { continue }
            let object: Any
            do {
                object = try JSONSerialization.jsonObject(with: Data(line))
            } catch {
                throw TrainingError(
                    .invalidData, "the line is not valid JSON",
                    context: ["path": path.string, "line": String(index + 1)])
            }
            guard let row = object as? [String: Any] else {
                throw TrainingError(
                    .invalidData, "the line is not a JSON object",
                    context: ["path": path.string, "line": String(index + 1)])
            }
            try body(row, index + 1)
        }
    }

    private static func decoded(_ path: FilePath) throws -> [UInt8] {
        let bytes = try FileSystem.read(path, limit: limit)
        guard bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) else { return bytes }
        var result: [UInt8] = []
        do {
            let decoder = try ZstdStreamDecoder(limits: .init(outputByteCount: limit))
            for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
                try decoder.decode(Array(bytes[start..<min(start + (1 << 20), bytes.count)])) { result += $0 }
            }
            try decoder.finish()
        } catch let error as ZstandardError {
            throw TrainingError(.invalidData, error.description, context: ["path": path.string])
        }
        return result
    }
}
