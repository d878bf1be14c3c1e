/// Where the value of a field is.
///
/// Spelled as one path, as a list of paths, or as an object with more to say.
public struct FieldMapping: Sendable, Hashable {
    /// Which of several matches of one path count.
    public enum Choice: String, Sendable, Hashable, Codable {
        case first, last, all
    }

    /// What is done to a value.
    public enum Transform: String, Sendable, Hashable, Codable {
        case none
        /// The value is HTML that was escaped: it is parsed and gives its text.
        case html
        /// The value is MediaWiki markup.
        case wikitext
    }

    /// Paths from the record on. For `text` all are taken, in the order of the source; for other fields the first
    /// that gives a value.
    public var paths: [String]
    /// `all` for text unless said otherwise, else `first`.
    public var choose: Choice?
    public var transform: Transform
    /// Those of `paths` whose values are taken as they are, whatever `transform` says.
    public var plain: [String]

    public init(
        _ paths: [String], choose: Choice? = nil, transform: Transform = .none, plain: [String] = []
    ) {
        self.paths = paths
        self.choose = choose
        self.transform = transform
        self.plain = plain
    }
}

extension FieldMapping: ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    public init(stringLiteral path: String) { self.init([path]) }
    public init(arrayLiteral paths: String...) { self.init(paths) }
}

extension FieldMapping: Codable {
    private enum CodingKeys: String, CodingKey { case paths, choose, transform, plain }

    public init(from decoder: any Decoder) throws {
        // Which of its forms it has shows in which one decodes; the last form's error is the one told.
        if let single = try? decoder.singleValueContainer() {
            if let path = try? single.decode(String.self) {
                self.init([path])
                return
            }
            if let paths = try? single.decode([String].self) {
                self.init(paths)
                return
            }
        }
        let object = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try object.decode([String].self, forKey: .paths),
            choose: try object.decodeIfPresent(Choice.self, forKey: .choose),
            transform: try object.decodeIfPresent(Transform.self, forKey: .transform) ?? .none,
            plain: try object.decodeIfPresent([String].self, forKey: .plain) ?? [])
    }

    public func encode(to encoder: any Encoder) throws {
        if choose == nil, transform == .none, plain.isEmpty {
            var single = encoder.singleValueContainer()
            if paths.count == 1 { try single.encode(paths[0]) } else { try single.encode(paths) }
            return
        }
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(paths, forKey: .paths)
        try object.encodeIfPresent(choose, forKey: .choose)
        if transform != .none { try object.encode(transform, forKey: .transform) }
        if !plain.isEmpty { try object.encode(plain, forKey: .plain) }
    }
}
