/// Puts U+FFFD in the place of malformed sequences, one for each maximal part of a character (Unicode, 3.9).
///
/// - Returns: Well-formed UTF-8 and the places that were changed.
func repairUTF8(_ bytes: [UInt8]) -> NormalizedText {
    let text = bytes.span
    guard let malformed = text.firstMalformedByte() else {
        return NormalizedText(bytes: bytes, edits: TextEdits())
    }
    var editor = TextEditor(0..<bytes.count)
    var index = malformed
    while index < text.count {
        switch text.sequence(at: index, end: text.count) {
        case .wellFormed(let length): index += length
        case .malformed(let length), .cutOff(let length):
            editor.replace(index..<index + length, in: text, with: replacementCharacter)
            index += length
        }
    }
    return editor.finish(text, end: text.count) ?? NormalizedText(bytes: bytes, edits: TextEdits())
}
