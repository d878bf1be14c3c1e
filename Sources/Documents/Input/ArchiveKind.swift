/// An archive that is recognised by its first bytes.
enum ArchiveKind {
    case tar, zip
    /// A zip file whose first member says that it is a book.
    case epub

    /// Bytes needed to tell.
    static let magicBytes = 512

    /// The kind of archive that starts with these bytes. Throws for archives that are not read.
    init?(magic: ArraySlice<UInt8>) throws {
        let bytes = Array(magic)
        func has(_ text: String, at offset: Int) -> Bool {
            bytes.count >= offset + text.utf8.count
                && bytes[offset..<offset + text.utf8.count].elementsEqual(text.utf8)
        }
        // No header of an archive is without zero bytes, and no text has them.
        let isHeader = bytes.contains(0)
        if has("PK\u{3}\u{4}", at: 0), isHeader {
            self = has("mimetypeapplication/epub+zip", at: 30) ? .epub : .zip
        } else if has("PK\u{5}\u{6}", at: 0), isHeader {
            self = .zip
        } else if has("ustar", at: 257) && isHeader || Self.isOldTar(bytes) {
            self = .tar
        } else if bytes.starts(with: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]) {
            throw DocumentFailure(
                .container, "7-Zip archives are not read; unpack it, or pack it as tar or zip")
        } else if has("Rar!\u{1A}\u{7}", at: 0) {
            throw DocumentFailure(
                .container, "RAR archives are not read; unpack it, or pack it as tar or zip")
        } else {
            return nil
        }
    }

    /// A tar header without the mark of its standard: its sum is right.
    private static func isOldTar(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 512, bytes[0] != 0 else { return false }
        let field = bytes[148..<156].filter { (0x30...0x37).contains($0) }
        guard field.count >= 4, let stored = Int(String(decoding: field, as: UTF8.self), radix: 8) else {
            return false
        }
        let sum = bytes[..<512].enumerated().reduce(0) {
            $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element))
        }
        return sum == stored
    }
}
