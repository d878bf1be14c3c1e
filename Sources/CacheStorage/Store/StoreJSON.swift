import Safetensors

/// Objects of strings as JSON text, with keys in byte order.
enum StoreJSON {
    static func object(_ values: [String: String]) -> String {
        let keys = values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let pairs = keys.map { HeaderJSON.quoted($0) + ":" + HeaderJSON.quoted(values[$0] ?? "") }
        return "{" + pairs.joined(separator: ",") + "}"
    }

    /// The pairs of an object of strings, in order.
    static func pairs(_ text: String) throws -> [(key: String, value: String)] {
        let damaged = CacheStorageError(.catalog, "a row of the catalog cannot be read; run 'pharos repair'")
        do {
            guard case .object(let members) = try HeaderJSON(parsing: Array(text.utf8)) else { throw damaged }
            return try members.map { member in
                guard case .string(let value) = member.value else { throw damaged }
                return (member.key, value)
            }
        } catch is HeaderJSON.SyntaxError {
            throw damaged
        }
    }

    static func dictionary(_ text: String) throws -> [String: String] {
        Dictionary(try pairs(text).map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}
