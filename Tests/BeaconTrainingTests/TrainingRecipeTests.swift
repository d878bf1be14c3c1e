import FileAccess
import Foundation
import SystemPackage
import Testing
import Tokenization
import Zstandard

@testable import BeaconTraining

struct TrainingRecipeTests {
    private static let yaml = """
        name: test
        model: {start: wired, tokenizer: tok/tokenizer.json, shape: {hidden: 128, heads: 2, kv_heads: 1, window: 32}}
        train: everything
        seed: 4
        windows_per_pass: 2
        batch: {tokens: 512, group: 256}
        optimizer: {beta2: 0.98, weight_decay: 0.05}
        documents: {names: training, unusual_names: 0.2}
        data: {texts: [a.jsonl], sequences: [b.jsonl], template: qwen, longest: 4096}
        stages:
          - name: one
            steps: 10
            rate: 1e-3
            warm_up: 5
            until: {batch: 1, loss: 0.4}
            mix:
              - {batch: questions, share: 2, windows: [1, 4], ratios: [2, 4], fresh: 0.5}
              - {batch: repetition, share: 1, windows: [1, 1], ratios: [2]}
        """

    @Test("A recipe is read as written")
    func reads() throws {
        let recipe = try TrainingRecipe(yaml: Self.yaml, relativeTo: "/recipes")
        #expect(recipe.tokenizer == "/recipes/tok/tokenizer.json")
        #expect(recipe.data.texts == ["/recipes/a.jsonl"])
        #expect(recipe.data.corpus.template == .qwen)
        #expect(recipe.segmentsPerPass == 2 && recipe.seed == 4 && recipe.batchTokens == 512)
        #expect(recipe.optimizer.beta2 == 0.98)
        let stage = recipe.stages[0]
        #expect(stage.gate == .init(label: "repetition 1 x2", loss: 0.4))
        #expect(stage.mix[0].windows == 1...4 && stage.mix[0].freshShare == 0.5)
        guard case .wired(let model) = recipe.start else {
            Issue.record("expected a wired start")
            return
        }
        #expect(model.windowSize == 32 && model.kvHeads == 1)
    }

    @Test(
        "The recipes that come with the program are valid",
        arguments: ["bundled", "second-edition", "third-edition", "fourth-edition", "beacon"])
    func shipped(name: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let recipe = try TrainingRecipe(
            contentsOf: FilePath(root.appending(path: "Pipelines/train-\(name).yaml").path))
        #expect(!recipe.name.isEmpty && recipe.stages.allSatisfy { $0.steps > 0 })
    }

    @Test(
        "What a recipe does not know it refuses, with the place",
        arguments: [
            ("train: everything", "train: all", "train"),
            ("seed: 4", "sede: 4", "sede"),
            ("steps: 10", "steps: 0", "stages[0].steps"),
            ("windows: [1, 4]", "windows: [4, 1]", "stages[0].mix[0]"),
            ("rate: 1e-3", "rate: fast", "stages[0].rate"),
            ("beta2: 0.98", "beta2: 1", "optimizer.beta2"),
            ("beta2: 0.98", "epsilon: 0", "optimizer.epsilon"),
            ("batch: questions", "batch: riddles", "stages[0].mix[0].batch"),
            ("heads: 2, kv_heads: 1", "heads: 3, kv_heads: 2", "model.shape"),
        ])
    func refuses(found: String, replacement: String, place: String) throws {
        #expect {
            try TrainingRecipe(yaml: Self.yaml.replacing(found, with: replacement), relativeTo: "/")
        } throws: { error in
            "\(error)".contains(place)
        }
    }

    @Test("An ordinary checkpoint gets beacon settings: the recipe's, its own, the released ones")
    func beaconSettings() throws {
        let recipe = try TrainingRecipe(
            yaml: Self.yaml.replacing(
                "kv_heads: 1, window: 32}}",
                with: "kv_heads: 1, window: 32}, beacon: {window: 64, projections: [k, v]}}"),
            relativeTo: "/")
        let start = try #require(recipe.beacon)
        let settings = start.settings(over: ["model_type": "qwen2", "beacon_sink_size": 1])
        #expect(settings["beacon_window"] as? Int == 64 && settings["beacon_stride"] as? Int == 64)
        #expect(settings["beacon_param"] as? [String] == ["k", "v"])
        #expect(settings["beacon_sink_size"] as? Int == 1 && settings["model_type"] as? String == "qwen2")
        #expect(settings["beacon_ratio"] as? [Int] == [2, 4, 8, 16, 32])
    }

    @Test("A model is made from nothing by a recipe, and taken up again")
    func session() throws {
        let directory = try TemporaryDirectory()
        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(filePath: directory.path.appending(name).string))
        }
        try write("tokenizer.json", Self.tokenizer)
        try write("a.jsonl", "{\"text\":\"The river rose in April. People came to look at it.\"}\n")
        try write(
            "b.jsonl",
            (0..<8).map {
                "{\"text\":\"Row \($0) tells of the river that rose in April and fell in June again.\"}"
            }
            .joined(separator: "\n"))
        try write(
            "recipe.yaml",
            """
            model: {start: wired, tokenizer: tokenizer.json, shape: {hidden: 128, intermediate: 32, layers: 2, window: 32}}
            batch: {tokens: 256, group: 128}
            data: {texts: [a.jsonl], sequences: [b.jsonl]}
            stages:
              - {name: a, steps: 2, rate: 1e-3, mix: [{batch: questions, windows: [1, 1], ratios: [2]}]}
              - {name: b, steps: 2, rate: 1e-3, mix: [{batch: sequences, ratios: [4]}]}
              - {name: c, steps: 1, rate: 1e-3, mix: [{batch: text, windows: [0, 0]}]}
            """)
        let recipe = try TrainingRecipe(contentsOf: directory.path.appending("recipe.yaml"))
        let output = directory.path.appending("model")
        do {
            let session = try TrainingSession(recipe, output: output)
            session.run.log = { _ in }
            try session.run.run()
            #expect(session.run.isFinished && session.run.step == 5)
            // A second training that writes the same checkpoint is refused while this one lives.
            #expect(throws: FileAccessError.self) { try TrainingSession(recipe, output: output) }
        }
        #expect(try TrainingSession(recipe, output: output).run.isFinished)
        var other = recipe
        other.text += "\n# a comment changes nothing\n"
        #expect(try TrainingSession(other, output: output).run.isFinished)
        other.text = recipe.text.replacing("steps: 1,", with: "steps: 7,")
        #expect(throws: TrainingError.self) { try TrainingSession(other, output: output) }
        // Weights in shards are a checkpoint too.
        try FileSystem.createDirectory(directory.path.appending("theirs"))
        for name in ["config.json", "model-00001-of-00002.safetensors"] {
            try write("theirs/\(name)", "theirs")
        }
        let theirs = directory.path.appending("theirs")
        #expect(throws: TrainingError.self) { try TrainingSession(recipe, output: theirs) }
        #expect(try FileSystem.read(theirs.appending("config.json")) == Array("theirs".utf8))
        #expect(throws: TrainingError.self) { try CheckpointAverage([output, output]).write(to: theirs) }
    }

    @Test("Rows that are neither text nor conversation are named by line")
    func corpus() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("rows.jsonl")
        let tokenizer = try Tokenizer(json: Array(Self.tokenizer.utf8))
        func read(_ text: String, _ options: TrainingCorpus.Options) throws -> TrainingCorpus {
            try Data(text.utf8).write(to: URL(filePath: path.string))
            return try TrainingCorpus(files: [path], tokenizer: tokenizer, options: options)
        }
        let rows = try read(
            "{\"text\":\"abc\"}\n{\"text\":\"abcdefgh\"}\n{\"text\":\"a\"}\n", .init(shortest: 2, longest: 6))
        #expect(rows.sequences.map(\.tokens.count) == [4, 6] && rows.leftOut == 1)
        let turns =
            "{\"conversations\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"ab\"}]}"
        let conversation = try read(turns, .init(template: ChatTemplate.plain)).sequences[0]
        #expect(conversation.weights.last == 1 && conversation.weights.first == 0)
        let twice = turns.replacing("assistant", with: "user")
        for bad in ["{}", "[1]", "{\"text\":", turns.replacing("assistant", with: "robot")] {
            #expect {
                try read("{\"text\":\"abc\"}\n \r\n\n\(bad)\n", .init(template: ChatTemplate.plain))
            } throws: {
                "\($0)".contains("line: 4")
            }
        }
        #expect {
            try read("\n\(twice)", .init(template: ChatTemplate.mistral))
        } throws: {
            "\($0)".contains("line: 2")
        }
        #expect(throws: TrainingError.self) { try read(turns, .init()) }
    }

    @Test("Compressed rows are read like plain ones, and one cut short is an error")
    func compressedCorpus() throws {
        let directory = try TemporaryDirectory()
        let tokenizer = try Tokenizer(json: Array(Self.tokenizer.utf8))
        let rows = (0..<50).map { "{\"text\":\"row \($0)\"}\n" }.joined()
        let frames =
            try ZstdEncoder().frame(Array(rows.utf8.prefix(300)))
            + ZstdEncoder().frame(Array(rows.utf8.dropFirst(300)))
        func read(_ bytes: [UInt8], as name: String) throws -> [[Int32]] {
            let path = directory.path.appending(name)
            try Data(bytes).write(to: URL(filePath: path.string))
            return try TrainingCorpus(files: [path], tokenizer: tokenizer, options: .init()).sequences.map(
                \.tokens)
        }
        #expect(try read(frames, as: "rows.jsonl.zst") == read(Array(rows.utf8), as: "rows.jsonl"))
        #expect(throws: TrainingError.self) { try read(Array(frames.dropLast(9)), as: "cut.jsonl.zst") }
    }

    /// A byte-level tokenizer without merges, and an end-of-text token.
    static var tokenizer: String {
        var printable = Array(33...126) + Array(161...172) + Array(174...255)
        var characters = printable
        for byte in 0..<256 where !printable.contains(byte) {
            characters.append(256 + printable.count - 188)
            printable.append(byte)
        }
        let entries = characters.enumerated().map { index, code in
            let text = UnicodeScalar(code).map { String($0) } ?? ""
            let escaped = text == "\"" || text == "\\" ? "\\" + text : text
            return "\"\(escaped)\": \(index + 1)"
        }
        return """
            {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [
              {"id": 0, "content": "<|endoftext|>", "single_word": false, "lstrip": false, "rstrip": false,
               "normalized": false, "special": true}],
             "normalizer": null, "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
             "post_processor": null, "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
             "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
               "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
               "vocab": {"<|endoftext|>": 0, \(entries.joined(separator: ", "))}, "merges": []}}
            """
    }
}
