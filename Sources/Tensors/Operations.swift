import Foundation

/// The operations of a transformer besides its matrix products, in their obvious form.
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
        for row in 0..<rows {
            let x = input.pointer(row: row)
            let y = output.pointer(row: row)
            var sum: Float = 0
            for column in 0..<columns { sum += x[column] * x[column] }
            let scale = 1 / (sum / Float(columns) + epsilon).squareRoot()
            for column in 0..<columns { y[column] = x[column] * scale * weight[column] }
        }
    }

    /// `gate = silu(gate) · up`, element by element.
    public static func siluMultiply(
        _ gate: Matrix, _ up: Matrix, rows: Int, using context: ComputeContext
    ) {
        precondition(gate.columns == up.columns)
        let a = gate.pointer(row: 0)
        let b = up.pointer(row: 0)
        for index in 0..<rows * gate.columns {
            a[index] = a[index] / (1 + exp(-a[index])) * b[index]
        }
    }

    /// Rotates the heads of row `source` of `input` to `position` and writes them to row `destination`.
    ///
    /// `placements[i]` says where row `i` goes and at which position it stands.
    public static func rotate(
        _ input: Matrix, placements: [RowPlacement], table: RotaryTable, into output: Matrix,
        using context: ComputeContext
    ) {
        let headDim = table.headDim
        let heads = input.columns / headDim
        for (row, placement) in placements.enumerated() {
            for head in 0..<heads {
                rotateHead(
                    input.pointer(row: row) + head * headDim, position: placement.position, table: table,
                    into: output.pointer(row: placement.row) + head * headDim)
            }
        }
    }

    /// Copies row `placements[i].row` of `input` to row `i` of `output`.
    public static func gather(
        _ input: Matrix, placements: [RowPlacement], into output: Matrix, using context: ComputeContext
    ) {
        precondition(input.columns == output.columns)
        for (row, placement) in placements.enumerated() {
            output.pointer(row: row).update(from: input.pointer(row: placement.row), count: input.columns)
        }
    }

    /// Writes the heads of `input`'s rows, unrotated, to tokens `base + placements[i].row` of `output`.
    public static func scatter(
        _ input: Matrix, placements: [RowPlacement], into output: HeadMatrix, at base: Int,
        using context: ComputeContext
    ) {
        let headDim = output.headDim
        for (row, placement) in placements.enumerated() {
            for head in 0..<output.heads {
                output.pointer(head: head, token: base + placement.row)
                    .update(from: input.pointer(row: row) + head * headDim, count: headDim)
            }
        }
    }

    /// Rotates `tokens` of `input` to `positions` into the same tokens of `output`.
    public static func rotate(
        _ input: HeadMatrix, tokens: Range<Int>, positions: [Int], table: RotaryTable,
        into output: HeadMatrix, using context: ComputeContext
    ) {
        precondition(positions.count == tokens.count && output.count >= tokens.upperBound)
        for head in 0..<input.heads {
            for (index, token) in tokens.enumerated() {
                rotateHead(
                    input.pointer(head: head, token: token), position: positions[index], table: table,
                    into: output.pointer(head: head, token: token))
            }
        }
    }

    private static func rotateHead(
        _ x: UnsafePointer<Float>, position: Int, table: RotaryTable, into y: UnsafeMutablePointer<Float>
    ) {
        let half = table.headDim / 2
        precondition(position >= 0 && position < table.positions, "position beyond the rotary table")
        let offset = position * half
        for index in 0..<half {
            let cosine = table.cosines[offset + index]
            let sine = table.sines[offset + index]
            let first = x[index]
            let second = x[index + half]
            y[index] = first * cosine - second * sine
            y[index + half] = second * cosine + first * sine
        }
    }
}

/// Where a row of a permuted matrix belongs: its row in input order, and its position for RoPE.
public struct RowPlacement: Sendable, Hashable {
    public var row: Int
    public var position: Int

    public init(row: Int, position: Int) {
        self.row = row
        self.position = position
    }
}
