import Foundation

/// The one form in which text enters a collection.
///
/// - UTF-8 in Unicode normal form C;
/// - lines end in a line feed (from CR LF, CR);
/// - control characters (C0 except tab and line feed, delete, C1) become a space each and are counted;
/// - a byte order mark at the start is dropped.
public enum TextNormalizer {
    /// Part of the identity of everything made from normalised text: changes when the same source gives other text.
    public static let version = "1"

    /// Normalises a text that has no source to map back to.
    public static func normalize(_ text: String) -> String {
        var builder = TextBuilder()
        var bytes = Array(text.utf8)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        builder.append(bytes[...], from: .linear(0), line: 1, element: 0)
        return builder.finish(elements: ElementTree()).text
    }

    /// A change of canonical composition: `range` of the old bytes becomes `bytes`.
    struct Edit {
        var range: Range<Int>
        var bytes: [UInt8]
    }

    /// What composition changes in valid UTF-8, in order.
    static func compositionEdits(_ text: [UInt8]) -> [Edit] {
        var edits: [Edit] = []
        text.withUnsafeBufferPointer { bytes in
            var at = 0
            var starter = 0  // start of the last scalar that nothing before it can change
            while at < bytes.count {
                if bytes[at] < 0xCC {
                    starter = at
                    at += bytes[at] < 0xC0 ? 1 : 2
                    continue
                }
                let (scalar, width) = decode(bytes, at)
                if isStable(scalar) {
                    starter = at
                    at += width
                    continue
                }
                var end = at + width
                while end < bytes.count {
                    let (next, nextWidth) = decode(bytes, end)
                    if isStable(next) { break }
                    end += nextWidth
                }
                let old = Array(bytes[starter..<end])
                let new = Array(ordered(old).precomposedStringWithCanonicalMapping.utf8)
                if new != old { edits.append(Edit(range: starter..<end, bytes: new)) }
                at = end
                starter = end
            }
        }
        return edits
    }

    /// The text with long runs of marks in canonical order, which composition finds one step at a time.
    private static func ordered(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        if bytes.count <= 256 { return text }
        var result = String.UnicodeScalarView()
        var run: [[Unicode.Scalar]] = Array(repeating: [], count: 256)
        var isOpen = false
        func close() {
            guard isOpen else { return }
            for marks in run.indices {
                result.append(contentsOf: run[marks])
                run[marks].removeAll(keepingCapacity: true)
            }
            isOpen = false
        }
        for scalar in text.unicodeScalars {
            let order = Int(scalar.properties.canonicalCombiningClass.rawValue)
            if order == 0 {
                close()
                result.append(scalar)
            } else {
                run[order].append(scalar)
                isOpen = true
            }
        }
        close()
        return String(result)
    }

    private static func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> (UInt32, Int) {
        let lead = UInt32(bytes[at])
        func tail(_ k: Int) -> UInt32 { at + k < bytes.count ? UInt32(bytes[at + k]) & 0x3F : 0 }
        if lead < 0x80 { return (lead, 1) }
        if lead < 0xE0 { return ((lead & 0x1F) << 6 | tail(1), 2) }
        if lead < 0xF0 { return ((lead & 0x0F) << 12 | tail(1) << 6 | tail(2), 3) }
        return ((lead & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4)
    }

    /// Whether a scalar is known to be a starter that composition leaves alone and joins to nothing before it.
    ///
    /// Errs towards false: those go the slow way.
    private static func isStable(_ scalar: UInt32) -> Bool {
        switch scalar {
        case ..<0x300: true
        case 0x370...0x373, 0x375...0x377, 0x37A...0x37D, 0x37F, 0x384...0x386, 0x388...0x482: true
        case 0x48A...0x52F, 0x531...0x58F, 0x5D0...0x5EA, 0x620...0x64A, 0x660...0x66F: true
        case 0x671...0x6D3, 0x904...0x928, 0x92A...0x930, 0x932...0x933, 0x935...0x939: true
        case 0xE01...0xE37, 0x10A0...0x10FF, 0x1E00...0x1EFF, 0x2002...0x205F, 0x2070...0x20CF: true
        case 0x2150...0x2328, 0x232B...0x2ADB, 0x2B00...0x2CEE, 0x3001...0x3029, 0x3030...0x3098: true
        case 0x309B...0xA48F, 0xAC00...0xD7A3, 0xE000...0xF8FF, 0xFE00...0xFE0F, 0xFF01...0xFFFD: true
        case 0x1F000...0x1FAFF, 0x20000...0x2F7FF: true
        default: false
        }
    }
}
