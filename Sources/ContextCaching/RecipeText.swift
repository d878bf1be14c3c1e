import BeaconModel

/// How an identity spells a recipe's choices, and back.
enum RecipeText {
    static let windowChoice = "window.choice"
    static let ownWindow = "model"
    static let givenWindow = "given"

    static func ratios(_ settings: BeaconConfiguration, _ choice: CompressionSettings.Ratio) -> String {
        switch choice {
        case .fixed(let ratio): String(ratio)
        case .sequence(let ratios): "sequence " + ratios.map(String.init).joined(separator: ",")
        case .adaptive:
            "\(settings.ratioRule.checkpointSpelling) of \(settings.ratios.map(String.init).joined(separator: ","))"
        }
    }

    static func ratio(_ text: String) -> CompressionSettings.Ratio {
        if let ratio = Int(text) { return .fixed(ratio) }
        guard text.hasPrefix("sequence "), !text.contains(" of ") else { return .adaptive }
        return .sequence(text.dropFirst("sequence ".count).split(separator: ",").compactMap { Int($0) })
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
