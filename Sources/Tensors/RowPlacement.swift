/// Where a row of a permuted matrix belongs: its row in input order, and its position for RoPE.
public struct RowPlacement: Sendable, Hashable {
    public var row: Int
    public var position: Int

    public init(row: Int, position: Int) {
        self.row = row
        self.position = position
    }
}
