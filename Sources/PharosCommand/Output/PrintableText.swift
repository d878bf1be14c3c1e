extension String {
    /// Whether every byte is a printable character of ASCII.
    var isPlain: Bool { utf8.allSatisfy { (0x20..<0x7F).contains($0) } }

    /// The text with spaces for control characters, which titles and names of files may hold: on one line, and nothing
    /// that a terminal obeys.
    var printable: String {
        if isPlain { return self }
        return String(
            UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }
}
