import Foundation

/// Decimal rounding that agrees with Python's `round`: correct for the number's exact binary value.
enum Rounding {
    /// `value` rounded to `places` decimal places, ties of the exact value to even.
    static func places(_ value: Double, _ places: Int) -> Double {
        guard value.isFinite else { return value }
        return Double(String(format: "%.\(places)f", value)) ?? value
    }

    /// The decimal spelling with `places` places.
    static func text(_ value: Double, _ places: Int) -> String {
        value.isFinite ? String(format: "%.\(places)f", value) : "–"
    }
}
