internal import CKernels

extension Operations {
    /// Rotates the heads of `input`'s rows from `first` on and writes them to rows `base + placements[i].row`.
    ///
    /// `placements[i]` says where row `first + i` goes and at which position it stands.
    public static func rotate(
        _ input: Matrix, from first: Int = 0, placements: [RowPlacement], table: RotaryTable,
        into output: Matrix, at base: Int = 0, using context: ComputeContext
    ) {
        precondition(first >= 0 && first + placements.count <= input.rows && input.columns == output.columns)
        precondition(base >= 0 && base <= output.rows)
        precondition(
            input.columns % table.headDim == 0,
            "heads of \(table.headDim) do not fill \(input.columns) columns")
        check(placements, rows: output.rows - base, table: table)
        var engine = context.engine
        table.withView { rotary in
            withPlacements(placements) { placed in
                pharos_rotate_rows(
                    &engine, input.pointer(row: first), input.columns, placed, placements.count,
                    input.columns / table.headDim, table.headDim, rotary, output.pointer(row: base),
                    output.columns)
            }
        }
    }

    /// Writes the heads of `input`'s rows from `first` on, unrotated, to tokens `base + placements[i].row` of
    /// `output`.
    public static func scatter(
        _ input: Matrix, from first: Int = 0, placements: [RowPlacement], into output: HeadMatrix,
        at base: Int, using context: ComputeContext
    ) {
        scatter(
            input, from: first, placements: placements, rotary: nil, into: output, at: base, using: context)
    }

    /// Writes the heads of `input`'s rows, rotated to their positions, to tokens `base + placements[i].row`.
    public static func scatter(
        _ input: Matrix, placements: [RowPlacement], rotatedBy table: RotaryTable, into output: HeadMatrix,
        at base: Int, using context: ComputeContext
    ) {
        precondition(table.headDim == output.headDim)
        scatter(input, from: 0, placements: placements, rotary: table, into: output, at: base, using: context)
    }

    private static func scatter(
        _ input: Matrix, from first: Int, placements: [RowPlacement], rotary table: RotaryTable?,
        into output: HeadMatrix, at base: Int, using context: ComputeContext
    ) {
        precondition(
            first >= 0 && first + placements.count <= input.rows
                && input.columns == output.heads * output.headDim)
        precondition(output.headDim <= Int(PHAROS_MAXIMUM_HEAD_DIM))
        precondition(base >= 0 && base <= output.count)
        check(placements, rows: output.count - base, table: table)
        output.own(from: base)
        var engine = context.engine
        func run(_ rotary: pharos_rotary) {
            withPlacements(placements) { placed in
                pharos_scatter_rows(
                    &engine, input.pointer(row: first), input.columns, placed, placements.count, output.heads,
                    output.headDim, rotary, output.view, base)
            }
        }
        if let table {
            table.withView(run)
        } else {
            run(pharos_rotary(cosines: nil, sines: nil))
        }
    }

    /// Rotates `tokens` of `input` to `positions` into as many tokens of `output` from `base` on, which may be the same
    /// ones of the same matrix.
    public static func rotate(
        _ input: HeadMatrix, tokens: Range<Int>, positions: [Int], table: RotaryTable,
        into output: HeadMatrix, at base: Int, using context: ComputeContext
    ) {
        precondition(input.heads == output.heads && input.headDim == output.headDim)
        precondition(input.headDim == table.headDim && table.headDim <= Int(PHAROS_MAXIMUM_HEAD_DIM))
        precondition(tokens.lowerBound >= 0 && tokens.upperBound <= input.count)
        precondition(base >= 0 && base + tokens.count <= output.count)
        precondition(positions.count == tokens.count)
        for position in positions {
            precondition(position >= 0 && position < table.positions, "position beyond the rotary table")
        }
        output.own(from: base)
        var engine = context.engine
        let wide = positions.map(Int64.init)
        table.withView { rotary in
            pharos_rotate_heads(
                &engine, input.view, tokens.lowerBound, wide, wide.count, input.heads, input.headDim, rotary,
                output.view, base)
        }
    }

    private static func check(_ placements: [RowPlacement], rows: Int, table: RotaryTable?) {
        let positions = table?.positions ?? Int.max
        for placement in placements {
            precondition(placement.row >= 0 && placement.row < rows, "row \(placement.row) of \(rows)")
            precondition(
                table == nil || placement.position >= 0 && placement.position < positions,
                "position beyond the rotary table")
        }
    }

    private static func withPlacements(
        _ placements: [RowPlacement], _ body: (UnsafePointer<pharos_placement>?) -> Void
    ) {
        let plain = placements.map { pharos_placement(row: Int64($0.row), position: Int64($0.position)) }
        plain.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
