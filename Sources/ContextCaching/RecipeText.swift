import BeaconModel

/// How an identity spells a recipe's choices, and back.
enum RecipeText {
    static let windowChoice = "window.choice"
    static let ownWindow = "model"
    static let givenWindow = "given"

    static func ratios(_ settings: BeaconConfiguration, _ choice: CompressionSettings.Ratio) -> String {
        switch choice {
        case .fixed(let ratio): String(ratio)
        case .adaptive:
            "\(settings.ratioRule.checkpointSpelling) of \(settings.ratios.map(String.init).joined(separator: ","))"
        }
    }

    static func ratio(_ text: String) -> CompressionSettings.Ratio {
        Int(text).map { .fixed($0) } ?? .adaptive
    }

    static func segments(_ segmentation: CompressionSettings.Segmentation) -> String {
        switch segmentation {
        case .document: "document"
        case .windows(let count): "\(count) windows"
        }
    }

    static func segmentation(_ text: String) -> CompressionSettings.Segmentation {
        let words = text.split(separator: " ")
        guard words.count == 2, let count = Int(words[0]) else { return .document }
        return .windows(count)
    }
}
