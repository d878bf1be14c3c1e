/// A plain decimal number at the start of a text, kept exact so that units can scale it without rounding.
struct DecimalNumber {
    /// All digits without the point.
    let digits: Int
    /// The digits after the point, at most nine.
    let fractionDigits: Int
    /// What follows the number.
    let rest: Substring

    /// Reads digits with an optional `.digits`; nil without a digit, past nine fraction digits, or on overflow.
    init?(prefixOf text: some StringProtocol) {
        let text = Substring(text)
        let whole = text.prefix { $0.isASCII && $0.isNumber }
        guard !whole.isEmpty else { return nil }
        var rest = text[whole.endIndex...]
        var fraction: Substring = ""
        if rest.first == "." {
            fraction = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
            guard !fraction.isEmpty, fraction.count <= 9 else { return nil }
            rest = text[fraction.endIndex...]
        }
        guard let digits = Int(whole + fraction) else { return nil }
        self.digits = digits
        self.fractionDigits = fraction.count
        self.rest = rest
    }

    /// Returns the number times `scale`, cut to an integer; nil on overflow.
    func scaled(by scale: Int) -> Int? {
        var divisor: UInt = 1
        for _ in 0..<fractionDigits { divisor *= 10 }
        let product = UInt(digits).multipliedFullWidth(by: scale.magnitude)
        guard product.high < divisor else { return nil }
        return Int(exactly: divisor.dividingFullWidth(product).quotient)
    }
}
