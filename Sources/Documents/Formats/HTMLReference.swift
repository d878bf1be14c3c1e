/// The characters that names and numbers between `&` and `;` stand for in HTML.
enum HTMLReference {
    /// The character of a reference without its `&` and `;`.
    static func scalar(_ name: String) -> Unicode.Scalar? {
        if name.hasPrefix("#x") || name.hasPrefix("#X") {
            return UInt32(name.dropFirst(2), radix: 16).flatMap(valid)
        }
        if name.hasPrefix("#") { return UInt32(name.dropFirst()).flatMap(valid) }
        return named[name].flatMap { Unicode.Scalar($0) }
    }

    private static func valid(_ code: UInt32) -> Unicode.Scalar? { code == 0 ? nil : Unicode.Scalar(code) }

    private static let named: [String: UInt32] = [
        "amp": 0x26, "lt": 0x3C, "gt": 0x3E, "quot": 0x22, "apos": 0x27, "nbsp": 0xA0, "ndash": 0x2013,
        "mdash": 0x2014, "hellip": 0x2026, "minus": 0x2212, "times": 0xD7, "middot": 0xB7, "bull": 0x2022,
        "deg": 0xB0, "prime": 0x2032, "Prime": 0x2033, "thinsp": 0x2009, "ensp": 0x2002, "emsp": 0x2003,
        "lsquo": 0x2018, "rsquo": 0x2019, "ldquo": 0x201C, "rdquo": 0x201D, "laquo": 0xAB, "raquo": 0xBB,
        "copy": 0xA9, "reg": 0xAE, "trade": 0x2122, "euro": 0x20AC, "pound": 0xA3, "sect": 0xA7, "para": 0xB6,
        "rarr": 0x2192, "larr": 0x2190, "harr": 0x2194, "infin": 0x221E, "ne": 0x2260, "le": 0x2264,
        "ge": 0x2265, "plusmn": 0xB1, "sup2": 0xB2, "sup3": 0xB3, "frac12": 0xBD, "shy": 0xAD, "zwj": 0x200D,
        "zwnj": 0x200C, "auml": 0xE4, "ouml": 0xF6, "uuml": 0xFC, "Auml": 0xC4, "Ouml": 0xD6, "Uuml": 0xDC,
        "szlig": 0xDF, "eacute": 0xE9, "egrave": 0xE8, "agrave": 0xE0, "ccedil": 0xE7, "ntilde": 0xF1,
        "alpha": 0x3B1, "beta": 0x3B2, "gamma": 0x3B3, "delta": 0x3B4, "pi": 0x3C0, "mu": 0x3BC,
        "micro": 0xB5,
    ]
}
