/// Rows of activations in the form that the weights multiply with, prepared once and used by several maps.
///
/// fp32 weights read the rows as they are; other formats convert or quantize here, once for q, k and v
/// together instead of three times.
public final class ActivationInput {
    public let columns: Int
    /// Rows prepared last.
    public private(set) var rows = 0
    private(set) var source: Matrix

    public init(columns: Int) {
        self.columns = columns
        source = Matrix(rows: 1, columns: columns)
    }

    /// Prepares the first `rows` rows of `matrix`, which must stay unchanged until the products are done.
    public func prepare(_ matrix: Matrix, rows: Int, using context: ComputeContext) {
        precondition(matrix.columns == columns && rows <= matrix.rows)
        source = matrix
        self.rows = rows
    }
}
