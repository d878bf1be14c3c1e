/// After how much of a document a fresh memory starts.
public enum SegmentRule: Sendable, Hashable {
    /// A document is one segment.
    case document
    /// A segment is at most this many windows, cut at paragraph ends.
    case windows(Int)

    /// Reads `document`, `1 window` or `4 windows`; nil for anything else.
    public init?(_ text: String) {
        if text == "document" {
            self = .document
            return
        }
        let words = text.split(separator: " ")
        guard words.count == 2, words[1] == "windows" || words[1] == "window",
            words[0].allSatisfy(\.isASCII), let count = Int(words[0]), (1...65_536).contains(count)
        else { return nil }
        self = .windows(count)
    }
}

extension SegmentRule: CustomStringConvertible {
    /// The spelling in pipeline files.
    public var description: String {
        switch self {
        case .document: "document"
        case .windows(1): "1 window"
        case .windows(let count): "\(count) windows"
        }
    }
}
