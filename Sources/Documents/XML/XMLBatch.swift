import CXMLBridge

/// One batch of the bridge's events with the names they use; valid while the batch is.
struct XMLBatch {
    let raw: XMLBridgeBatch
    let names: [ElementName]

    var events: UnsafeBufferPointer<XMLBridgeEvent> {
        UnsafeBufferPointer(start: raw.events, count: raw.event_count)
    }

    /// The character data of a text event.
    func text(_ event: XMLBridgeEvent) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: raw.data + Int(event.first), count: Int(event.count))
    }

    /// The attributes of a start event.
    func attributes(_ event: XMLBridgeEvent) -> UnsafeBufferPointer<XMLBridgeAttribute> {
        UnsafeBufferPointer(start: raw.attributes.map { $0 + Int(event.first) }, count: Int(event.count))
    }

    func value(_ attribute: XMLBridgeAttribute) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: raw.data + Int(attribute.first), count: Int(attribute.count))
    }

    /// The bytes of the source between two of the parser's offsets, where they are at hand.
    func source(_ range: Range<UInt64>) -> UnsafeBufferPointer<UInt8>? {
        guard let bytes = raw.source, range.lowerBound >= raw.source_start,
            range.upperBound <= raw.source_start + UInt64(raw.source_count)
        else { return nil }
        return UnsafeBufferPointer(
            start: bytes + Int(range.lowerBound - raw.source_start), count: range.count)
    }

    /// A start tag that opens the same element, with its attributes and namespaces.
    func tag(_ event: XMLBridgeEvent) -> String {
        func escaped(_ value: UnsafeBufferPointer<UInt8>) -> String {
            String(decoding: value, as: UTF8.self).replacing("&", with: "&amp;").replacing("<", with: "&lt;")
                .replacing("\"", with: "&quot;").replacing("\n", with: "&#10;").replacing("\t", with: "&#9;")
        }
        var tag = "<" + names[Int(event.name)].written
        for attribute in attributes(event) {
            tag += " \(names[Int(attribute.name)].written)=\"\(escaped(value(attribute)))\""
        }
        let declarations = UnsafeBufferPointer(
            start: raw.attributes.map { $0 + Int(event.first) + Int(event.count) },
            count: Int(event.characters))
        for declaration in declarations {
            let prefix = declaration.name == UInt32.max ? "" : ":" + names[Int(declaration.name)].local
            tag += " xmlns\(prefix)=\"\(escaped(value(declaration)))\""
        }
        return tag + ">"
    }

    /// Whether a start tag meets a predicate: one of its attributes does, as in XPath.
    func holds(_ predicate: PathPattern.Predicate, _ event: XMLBridgeEvent) -> Bool {
        attributes(event).contains { attribute in
            guard predicate.attribute.matches(names[Int(attribute.name)]) else { return false }
            guard let wanted = predicate.value else { return true }
            return value(attribute).elementsEqual(wanted.utf8) != predicate.negated
        }
    }

    /// What `xml:space` says in a start tag.
    func preservesSpace(_ event: XMLBridgeEvent) -> Bool? {
        for attribute in attributes(event) {
            let name = names[Int(attribute.name)]
            if name.local == "space", name.prefix == "xml" {
                return value(attribute).elementsEqual("preserve".utf8)
            }
        }
        return nil
    }
}
