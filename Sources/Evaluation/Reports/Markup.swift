/// Text inside XML and HTML.
enum Markup {
    /// `text` with the characters that markup gives a meaning to written as entities; control characters become
    /// spaces.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n", "\t": result += " "
            default: result.unicodeScalars.append(scalar.value < 0x20 ? " " : scalar)
            }
        }
        return result
    }

    /// A coordinate with at most one decimal place.
    static func number(_ value: Double) -> String {
        let text = Rounding.text(value, 1)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
