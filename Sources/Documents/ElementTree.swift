/// The elements that a document's text came from, each once: names and places among equally named siblings.
struct ElementTree: Sendable, Hashable {
    private(set) var names: [String] = []
    private var parents: [UInt32] = []
    private var nameOf: [UInt32] = []
    private var places: [UInt32] = []

    /// Number of elements; they are numbered from 1.
    var count: Int { parents.count }

    mutating func addName(_ name: String) -> UInt32 {
        names.append(name)
        return UInt32(names.count - 1)
    }

    /// Adds an element under `parent` (0: it is the root), the `place`-th of its name there, from 1.
    mutating func add(parent: Int, name: UInt32, place: Int) -> Int {
        parents.append(UInt32(truncatingIfNeeded: parent))
        nameOf.append(name)
        places.append(UInt32(truncatingIfNeeded: place))
        return parents.count
    }

    /// The place among equally named siblings, from 1; 0 for no element.
    func place(of element: Int) -> Int {
        element > 0 && element <= count ? Int(places[element - 1]) : 0
    }

    /// `/root/child[2]`, the place left out where it is 1; `nil` for no element.
    func path(of element: Int) -> String? {
        guard element > 0, element <= count else { return nil }
        var parts: [String] = []
        var at = element
        while at > 0 {
            let place = places[at - 1]
            let name = names[Int(nameOf[at - 1])]
            parts.append(place == 1 ? name : "\(name)[\(place)]")
            at = Int(parents[at - 1])
        }
        return "/" + parts.reversed().joined(separator: "/")
    }

    func encode(into bytes: inout [UInt8]) {
        bytes.appendVarint(names.count)
        for name in names {
            bytes.appendVarint(name.utf8.count)
            bytes += Array(name.utf8)
        }
        bytes.appendVarint(count)
        for at in 0..<count {
            bytes.appendVarint(at + 1 - Int(parents[at]))
            bytes.appendVarint(Int(nameOf[at]))
            bytes.appendVarint(Int(places[at]))
        }
    }

    init() {}

    init?(decoding bytes: [UInt8], at offset: inout Int) {
        guard let nameCount = bytes.readVarint(&offset), nameCount <= bytes.count else { return nil }
        for _ in 0..<nameCount {
            guard let length = bytes.readVarint(&offset), length <= bytes.count - offset,
                let name = String(validating: bytes[offset..<offset + length], as: UTF8.self)
            else { return nil }
            names.append(name)
            offset += length
        }
        guard let count = bytes.readVarint(&offset), count <= bytes.count else { return nil }
        for at in 0..<count {
            // A parent stands before its children, so a walk upwards ends.
            guard let up = bytes.readVarint(&offset), up > 0, up <= at + 1,
                let name = bytes.readVarint(&offset), name < names.count,
                let place = bytes.readVarint(&offset), place <= Int(UInt32.max)
            else { return nil }
            _ = add(parent: at + 1 - up, name: UInt32(name), place: place)
        }
    }
}
