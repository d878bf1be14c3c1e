/// A key of a JSON object, whatever it is.
struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension Decoder {
    /// Throws where the object has a key that `known` lacks.
    func refuseUnknownKeys<Key: CodingKey & CaseIterable>(_ known: Key.Type) throws {
        let names = Set(Key.allCases.map(\.stringValue))
        let keys = try container(keyedBy: AnyKey.self)
        guard let strange = keys.allKeys.map(\.stringValue).sorted().first(where: { !names.contains($0) })
        else { return }
        throw DecodingError.dataCorruptedError(
            forKey: AnyKey(stringValue: strange), in: keys,
            debugDescription: "there is no such field; there are \(names.sorted().joined(separator: ", "))")
    }
}

extension KeyedDecodingContainer {
    /// A number within `range`, or `standard` where the field is missing or null.
    func number<Number: Decodable & Comparable>(
        _ key: Key, in range: ClosedRange<Number>, default standard: Number
    ) throws -> Number {
        guard let value = try decodeIfPresent(Number.self, forKey: key) else { return standard }
        guard range.contains(value) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: "from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }
}
