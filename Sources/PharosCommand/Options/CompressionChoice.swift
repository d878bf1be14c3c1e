import ContextCaching
import Pipelines

/// Compression settings as flags spell them.
enum CompressionChoice {
    /// As a pipeline file says.
    static func settings(_ entry: CompressionEntry) -> ContextCaching.CompressionSettings {
        var settings = ContextCaching.CompressionSettings(
            segmentation: entry.segment.segmentation, windowSize: entry.window)
        switch entry.ratio {
        case .fixed(let ratio): settings.ratio = .fixed(ratio)
        case .adaptive: settings.ratio = .adaptive
        case .sequence(let ratios): settings.ratio = .sequence(ratios)
        }
        return settings
    }

    /// - Parameters:
    ///   - ratio: an integer or `adaptive`.
    ///   - segment: `document` or `N windows`.
    static func settings(ratio: String, segment: String, window: Int?) throws
        -> ContextCaching.CompressionSettings
    {
        var settings = ContextCaching.CompressionSettings(windowSize: window)
        if ratio != "adaptive" {
            guard let number = Int(ratio), number >= 0 else {
                throw CommandError(
                    .usage, "--ratio is '\(ratio)'", hint: "give a number such as 8, or 'adaptive'")
            }
            settings.ratio = .fixed(number)
        }
        guard let rule = SegmentRule(segment) else {
            throw CommandError(
                .usage, "--segment is '\(segment)'", hint: "give 'document' or a count such as '4 windows'")
        }
        settings.segmentation = rule.segmentation
        return settings
    }
}

extension SegmentRule {
    var segmentation: ContextCaching.CompressionSettings.Segmentation {
        switch self {
        case .document: .document
        case .windows(let count): .windows(count)
        }
    }
}
