import BundledModel
import ContextCaching
import Documents
import Tensors
import Testing

/// How the tests of runs compress: with the bundled model, which is loaded once for all of them.
enum Recipes {
    private static let loaded = Result { () throws -> LoadedModel in
        try LoadedModel(directory: #require(BundledModel.directory), format: .f32)
    }

    static func bundled(ratio: Int = 4) throws -> ContextRecipe {
        try ContextRecipe(
            loaded.get(),
            compression: CompressionSettings(ratio: .fixed(ratio), segmentation: .windows(2)),
            storage: StorageSettings(), normaliser: TextNormalizer.version)
    }
}
