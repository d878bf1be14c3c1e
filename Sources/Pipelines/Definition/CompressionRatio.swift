/// How many raw tokens one beacon stands for.
public enum CompressionRatio: Sendable, Hashable {
    /// The same ratio for every window.
    case fixed(Int)
    /// By the checkpoint's own rule, such as `adapt-1024`.
    case adaptive
    /// These ratios for successive windows, from the first again after the last.
    case sequence([Int])

    /// The ratios that are named; none for ``adaptive``.
    public var values: [Int] {
        switch self {
        case .fixed(let ratio): [ratio]
        case .adaptive: []
        case .sequence(let ratios): ratios
        }
    }

    /// The ratios that may be asked for.
    public static let allowed = 2...32
}

extension CompressionRatio: CustomStringConvertible {
    /// The spelling in pipeline files.
    public var description: String {
        switch self {
        case .fixed(let ratio): String(ratio)
        case .adaptive: "adaptive"
        case .sequence(let ratios): "[" + ratios.map(String.init).joined(separator: ", ") + "]"
        }
    }
}
