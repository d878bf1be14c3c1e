/// What a question is answered from.
public struct ContextChoice: Sendable, Hashable {
    public enum Unit: String, Sendable, Hashable, CaseIterable {
        case document, segments, windows
    }

    public var unit: Unit
    /// Pieces laid into the memory at most.
    public var top: Int
    /// Memory entries that the pieces may take up together.
    public var beacons: Int

    public init(unit: Unit = .segments, top: Int = 1, beacons: Int = 2048) {
        self.unit = unit
        self.top = top
        self.beacons = beacons
    }
}
