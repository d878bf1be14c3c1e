import Foundation

/// Numbers as people read them. The spelling does not depend on the locale.
enum HumanFormat {
    /// Writes a count with commas: `1,234,567`.
    static func count(_ number: Int) -> String {
        var text = ""
        let digits = String(number.magnitude)
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return number < 0 ? "-" + text : text
    }

    /// Writes bytes with three digits and a binary unit: `0 B`, `1023 B`, `1.50 KiB`, `64.0 MiB`.
    static func bytes(_ number: Int) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        var value = Double(number.magnitude)
        var unit = 0
        while rounded(value) >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        let sign = number < 0 ? "-" : ""
        return sign + (unit == 0 ? String(number.magnitude) : threeDigits(value)) + " " + units[unit]
    }

    /// Writes a rate of things in a second: `0.42`, `3.10`, `12.3`, `1,234`.
    static func rate(_ perSecond: Double) -> String {
        guard perSecond.isFinite, perSecond > 0, perSecond < 1e15 else { return "0" }
        return perSecond < 999.5 ? threeDigits(perSecond) : count(Int(perSecond.rounded()))
    }

    /// Writes a duration by its two largest units: `0.42 s`, `12.3 s`, `2 min 05 s`, `3 h 20 min`, `4 d 02 h`.
    static func duration(_ duration: Duration) -> String {
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        guard seconds > 0 else { return "0 s" }
        if seconds < 59.95 { return threeDigits(seconds) + " s" }
        let whole = Int(min(seconds.rounded(), 1e12))
        if whole < 3_600 { return "\(whole / 60) min \(twoDigits(whole % 60)) s" }
        if whole < 86_400 { return "\(whole / 3_600) h \(twoDigits(whole % 3_600 / 60)) min" }
        return "\(count(whole / 86_400)) d \(twoDigits(whole % 86_400 / 3_600)) h"
    }

    /// Writes a share as a percentage: `0 %`, `12.3 %`, `100 %`. A part is never shown as none or as all.
    static func percent(_ part: Int, of whole: Int) -> String {
        guard whole > 0, part > 0 else { return "0 %" }
        guard part < whole else { return "100 %" }
        let tenths = min(999, max(1, Int((Double(part) / Double(whole) * 1000).rounded())))
        return "\(tenths / 10).\(tenths % 10) %"
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

    private static func threeDigits(_ value: Double) -> String {
        String(format: value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f", value)
    }

    private static func rounded(_ value: Double) -> Double { value < 99.95 ? value : value.rounded() }
}
