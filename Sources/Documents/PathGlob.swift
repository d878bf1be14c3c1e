public import SystemPackage

/// A pattern of file paths: `*` any characters but `/`, `?` one, `[a-z]` one of a set, `**` any folders.
public struct PathGlob: Sendable, Hashable {
    /// The folder before the first part with a wildcard; ids are relative to it.
    public let root: FilePath
    /// The pattern as it was given.
    public let pattern: String
    private let parts: [[UInt8]]
    /// Whether a part of the pattern starts with a dot; only then hidden files fit.
    let spellsHidden: Bool

    /// Takes a pattern apart. A path without wildcards names one file, or everything below one folder.
    public init(_ pattern: String) { self.init(pattern, literalParts: 0) }

    /// - Parameter literalParts: how many parts at the beginning are taken as they are, wildcards or not.
    init(_ pattern: String, literalParts: Int) {
        self.pattern = pattern
        let all = Self.parts(of: pattern)
        let plain = all.prefix { !$0.utf8.contains { $0 == 0x2A || $0 == 0x3F || $0 == 0x5B } }
        let fixed = all.prefix(max(plain.count, literalParts))
        root = Self.path(fixed, in: pattern)
        parts = all.dropFirst(fixed.count).map { Array($0.utf8) }
        spellsHidden = parts.contains { $0.first == 0x2E }
    }

    static func parts(of pattern: String) -> [String] {
        pattern.split(separator: "/").map(String.init).filter { $0 != "." }
    }

    /// The path of some parts at the beginning of a pattern.
    static func path(_ parts: ArraySlice<String>, in pattern: String) -> FilePath {
        let path = (pattern.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
        return FilePath(path.isEmpty ? "." : path)
    }

    /// Whether the pattern has wildcards.
    public var isPattern: Bool { !parts.isEmpty }

    /// Whether a path relative to ``root`` fits.
    public func matches(_ relative: String) -> Bool {
        Self.match(parts[...], relative.utf8.split(separator: 0x2F).map { Array($0) }[...])
    }

    /// Whether a file below the folder could fit; false lets a walk pass the folder over.
    func mayDescend(into relative: String) -> Bool {
        let folder = relative.utf8.split(separator: 0x2F).map { Array($0) }
        if parts.isEmpty { return true }
        for (at, part) in parts.enumerated() {
            if part == [0x2A, 0x2A] || at >= folder.count { return true }
            if !Self.matchPart(part[...], folder[at][...]) { return false }
        }
        return false
    }

    private static func match(_ pattern: ArraySlice<[UInt8]>, _ path: ArraySlice<[UInt8]>) -> Bool {
        guard let part = pattern.first else { return path.isEmpty }
        if part == [0x2A, 0x2A] {
            let rest = pattern.dropFirst()
            if rest.isEmpty { return true }
            return (path.startIndex...path.endIndex).contains { match(rest, path[$0...]) }
        }
        guard let name = path.first, matchPart(part[...], name[...]) else { return false }
        return match(pattern.dropFirst(), path.dropFirst())
    }

    /// One part against one name, with a single place to come back to, so it takes no more than quadratic time.
    private static func matchPart(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        var p = pattern.startIndex
        var n = name.startIndex
        var star: (p: Int, n: Int)?
        while n < name.endIndex {
            if p < pattern.endIndex, pattern[p] == 0x2A {
                star = (p + 1, n)
                p += 1
            } else if p < pattern.endIndex, let width = matchOne(pattern[p...], name[n]) {
                p += width
                n += 1
            } else if let back = star {
                p = back.p
                n = back.n + 1
                star = (back.p, n)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == 0x2A }
    }

    /// How many bytes of the pattern match this byte of a name.
    private static func matchOne(_ pattern: ArraySlice<UInt8>, _ byte: UInt8) -> Int? {
        guard let first = pattern.first else { return nil }
        if first == 0x3F { return byte & 0xC0 == 0x80 ? nil : 1 }
        guard first == 0x5B, let close = pattern.dropFirst(2).firstIndex(of: 0x5D) else {
            return first == byte ? 1 : nil
        }
        var set = pattern[(pattern.startIndex + 1)..<close]
        let negated = set.first == 0x21 || set.first == 0x5E
        if negated { set = set.dropFirst() }
        var found = false
        var at = set.startIndex
        while at < set.endIndex {
            if at + 2 < set.endIndex, set[at + 1] == 0x2D {
                found = found || (set[at]...max(set[at], set[at + 2])).contains(byte)
                at += 3
            } else {
                found = found || set[at] == byte
                at += 1
            }
        }
        return found != negated ? close - pattern.startIndex + 1 : nil
    }
}
