import Foundation

/// Where numbers stand along an axis, and which of them are written there.
struct AxisScale {
    let low: Double
    let high: Double
    let isLogarithmic: Bool

    /// A linear scale whose ends are round numbers, or a logarithmic one over the values' own range.
    ///
    /// - Parameter range: ends to use instead of the values' own.
    init(_ values: [Double], range: ClosedRange<Double>? = nil, isLogarithmic: Bool = false) {
        let finite = values.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
        var low = range?.lowerBound ?? finite.min() ?? (isLogarithmic ? 1 : 0)
        var high = range?.upperBound ?? finite.max() ?? (isLogarithmic ? 10 : 1)
        if high <= low { (low, high) = isLogarithmic ? (low / 2, low * 2) : (low - 0.5, low + 0.5) }
        if range == nil, !isLogarithmic {
            let step = Self.step(high - low)
            low = (low / step).rounded(.down) * step
            high = (high / step).rounded(.up) * step
        }
        self.low = low
        self.high = high
        self.isLogarithmic = isLogarithmic
    }

    /// 0 at the low end, 1 at the high end.
    func fraction(_ value: Double) -> Double {
        isLogarithmic ? log(value / low) / log(high / low) : (value - low) / (high - low)
    }

    /// Round numbers along a linear axis.
    var ticks: [Double] {
        let step = Self.step(high - low)
        let first = (low / step).rounded(.up)
        let count = Int(((high / step).rounded(.down) - first).rounded())
        return (0...max(0, count)).map { (first + Double($0)) * step }
    }

    /// 1, 2 or 5 times a power of ten, about a fifth of `span`.
    private static func step(_ span: Double) -> Double {
        let raw = span / 5
        let power = pow(10, log10(raw).rounded(.down))
        let multiple = [1.0, 2, 5].first { $0 * power >= raw } ?? 10
        return multiple * power
    }

    /// The shortest spelling of a tick.
    static func text(_ value: Double) -> String {
        let whole = value.rounded()
        if abs(value - whole) < 1e-9, abs(whole) < 1e15 { return "\(Int(whole))" }
        var text = Rounding.text(value, 4)
        while text.hasSuffix("0") { text.removeLast() }
        return text
    }
}
