import Foundation
public import SystemPackage

/// The small model that ships with the program, so that everything runs without downloads.
public enum BundledModel {
    /// Its directory, in Hugging Face layout.
    ///
    /// - Returns: `nil` where the program was moved without its resources.
    public static var directory: FilePath? {
        guard let url = Bundle.module.resourceURL?.appendingPathComponent("Model"),
            FileManager.default.fileExists(atPath: url.appendingPathComponent("config.json").path)
        else { return nil }
        return FilePath(url.path)
    }
}
