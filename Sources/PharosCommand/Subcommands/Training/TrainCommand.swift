import ArgumentParser
import BeaconTraining
import Foundation
import SystemPackage

struct TrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Make a tokenizer, a base model, beacon parameters, or documents to train on.",
        subcommands: [
            TrainTokenizerCommand.self, TrainBaseCommand.self, TrainBeaconCommand.self,
            TrainAverageCommand.self,
            TrainDataCommand.self, TrainProbeCommand.self,
        ])
}

struct TrainBaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "base",
        abstract: "Train a model with everything in it, as a recipe says.",
        discussion: """
            Writes a checkpoint directory and a log of one JSON object per line. A run that was stopped is taken up \
            where it was and ends with the same bytes.

            Example: pharos train base Pipelines/train-bundled.yaml --output models/mine
            """)

    @OptionGroup var recipe: RecipeOptions

    func run() async throws { try recipe.train(expecting: [.everything, .base]) }
}

struct TrainBeaconCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "beacon",
        abstract: "Train beacon parameters for a model that stays as it is.",
        discussion: "Example: pharos train beacon Pipelines/train-beacon.yaml --output models/mine-beacon")

    @OptionGroup var recipe: RecipeOptions

    func run() async throws { try recipe.train(expecting: [.beacon]) }
}

/// A recipe and where its result goes.
struct RecipeOptions: ParsableArguments {
    @Argument(help: "The recipe, a YAML file.")
    var recipe: String

    @Option(help: "The directory of the checkpoint.")
    var output: String

    @Flag(help: "Only check the recipe and print its stages.")
    var dryRun = false

    func train(expecting choices: [TrainableSet.Choice]) throws {
        let recipe = try TrainingRecipe(contentsOf: FilePath(recipe))
        guard choices.contains(recipe.train) else {
            throw CommandError(
                .badInput, "the recipe trains '\(recipe.train.rawValue)'",
                hint: "use 'train beacon' for beacon parameters and 'train base' for the rest")
        }
        if dryRun {
            try recipe.checkFiles()
            for stage in recipe.stages {
                let mix = stage.mix.map { "  \($0.share) \($0.label)\n" }.joined()
                try StandardStream.output.write(
                    "\(stage.name): \(stage.steps) steps at \(stage.rate)\n\(mix)")
            }
            return
        }
        let stop = StopSignal()
        let session = try TrainingSession(recipe, output: FilePath(output))
        session.run.log = { line in try StandardStream.output.write(line + "\n") }
        try session.run.run(shouldStop: { stop.isRaised })
        if stop.isRaised { throw FinishedWithStatus(stop.status) }
    }
}
