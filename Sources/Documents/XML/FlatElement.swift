import CXMLBridge

/// An element of a small XML document, with its own attributes and text; documents are lists of them, in the order of
/// their start tags.
struct FlatElement {
    var name: String
    var attributes: [String: String] = [:]
    var text = ""
    var line = 1

    /// All elements of a document. Throws a ``DocumentFailure`` when it is not well-formed.
    static func elements(of bytes: [UInt8], limits: DocumentLimits) throws -> [FlatElement] {
        let encoding = try TextEncoding.xml(bytes.prefix(1024), override: nil)
        let input = try DecodedInput(MemorySource(bytes), encoding: encoding, policy: .error)
        let parser = try XMLEventParser(html: false, recover: false, entities: .keep, limits: limits)
        var elements: [FlatElement] = []
        var open: [Int] = []
        func push(_ chunk: [UInt8], last: Bool) throws {
            let goesOn = chunk.withUnsafeBufferPointer { bytes in
                parser.push(bytes, last: last) { raw in
                    let batch = XMLBatch(raw: raw, names: parser.names)
                    for event in batch.events {
                        switch Int(event.kind) {
                        case XMLBridgeEventStart:
                            var element = FlatElement(
                                name: batch.names[Int(event.name)].local, line: Int(event.line))
                            for attribute in batch.attributes(event) {
                                element.attributes[batch.names[Int(attribute.name)].local] =
                                    String(decoding: batch.value(attribute), as: UTF8.self)
                            }
                            open.append(elements.count)
                            elements.append(element)
                        case XMLBridgeEventEnd:
                            if let at = open.popLast() {
                                elements[at].text = TextFragment.value(
                                    Array(elements[at].text.utf8), .none, limits: limits)
                            }
                        case XMLBridgeEventText:
                            if let at = open.last {
                                elements[at].text += String(decoding: batch.text(event), as: UTF8.self)
                            }
                        default: break
                        }
                    }
                }
            }
            if !goesOn { throw parser.failure(limits: limits) }
        }
        while let chunk = try input.read(forgettingBefore: 0) { try push(chunk, last: false) }
        try push([], last: true)
        return elements
    }
}
