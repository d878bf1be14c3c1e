internal import CKernels

/// The operations of a transformer besides its matrix products.
///
/// Shapes are `[rows, columns]` unless said otherwise; `rows` names how many of a matrix's rows are in use.
public enum Operations {
    /// `y = x / sqrt(mean(x²) + epsilon) · weight`, row by row.
    public static func rmsNorm(
        _ input: Matrix, rows: Int, weight: [Float], epsilon: Float, into output: Matrix,
        using context: ComputeContext
    ) {
        let columns = input.columns
        precondition(weight.count == columns && output.columns == columns)
        precondition(rows >= 0 && rows <= min(input.rows, output.rows))
        var engine = context.engine
        pharos_rms_norm(
            &engine, input.pointer(row: 0), columns, rows, columns, weight, epsilon, output.pointer(row: 0),
            columns)
    }

    /// `gate = silu(gate) · up`, element by element.
    public static func siluMultiply(
        _ gate: Matrix, _ up: Matrix, rows: Int, using context: ComputeContext
    ) {
        precondition(gate.columns == up.columns && rows >= 0 && rows <= min(gate.rows, up.rows))
        var engine = context.engine
        pharos_silu_multiply(&engine, gate.pointer(row: 0), up.pointer(row: 0), rows * gate.columns)
    }

    /// `target += addend` in the first `rows` rows.
    public static func add(_ addend: Matrix, rows: Int, to target: Matrix, using context: ComputeContext) {
        precondition(target.columns == addend.columns && rows >= 0 && rows <= min(target.rows, addend.rows))
        var engine = context.engine
        pharos_add(&engine, target.pointer(row: 0), addend.pointer(row: 0), rows * target.columns)
    }

    /// Copies row `rows[i]` of `input` to row `i` of `output`.
    public static func gather(_ input: Matrix, rows: [Int], into output: Matrix) {
        precondition(input.columns == output.columns && rows.count <= output.rows)
        for (target, row) in rows.enumerated() {
            precondition(row >= 0 && row < input.rows, "row \(row) of \(input.rows)")
            output.pointer(row: target).update(from: input.pointer(row: row), count: input.columns)
        }
    }
}
