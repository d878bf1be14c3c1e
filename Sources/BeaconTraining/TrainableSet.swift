/// Which parameters train, and where their gradients lie.
///
/// Only trainable parameters have gradients and optimizer moments, packed in the order of the table: with the
/// plug-in alone a run needs memory for the beacon parameters, not for the model.
public struct TrainableSet: Sendable, Hashable {
    /// What a recipe may ask for.
    public enum Choice: String, Sendable, Hashable, CaseIterable {
        /// Parameters whose name contains `beacon` (the plug-in; default of beacon training).
        case beacon
        /// Everything that is not a beacon parameter.
        case base
        case everything
    }

    /// One trainable parameter.
    public struct Item: Sendable, Hashable {
        public let entry: ParameterTable.Entry
        /// First float of its gradient.
        public let offset: Int
        public var range: Range<Int> { offset..<offset + entry.count }
    }

    public let items: [Item]
    /// Floats of all gradients.
    public let count: Int
    private let offsets: [String: Int]

    public init(_ choice: Choice, of table: ParameterTable) {
        var items: [Item] = []
        var offset = 0
        for entry in table.entries {
            let trains =
                switch choice {
                case .beacon: entry.isBeacon
                case .base: !entry.isBeacon
                case .everything: true
                }
            guard trains else { continue }
            items.append(Item(entry: entry, offset: offset))
            offset += entry.count
        }
        self.items = items
        count = offset
        offsets = Dictionary(uniqueKeysWithValues: items.map { ($0.entry.name, $0.offset) })
    }

    /// Where the gradient of a parameter starts; nil where it does not train.
    func offset(of name: String) -> Int? { offsets[name] }
}
