internal import CKernels

/// A row-major fp32 matrix, `[rows, columns]`, with storage of its own.
///
/// Activations of one sequence live in matrices that are allocated once for the largest step and reused;
/// operations therefore take the number of rows in use instead of reading it from the shape.
public final class Matrix {
    public let rows: Int
    public let columns: Int
    let buffer: AlignedBuffer

    /// A matrix of zeros.
    public init(rows: Int, columns: Int) {
        precondition(
            rows >= 0 && columns > 0 && !rows.multipliedReportingOverflow(by: columns).overflow,
            "impossible matrix shape [\(rows), \(columns)]")
        self.rows = rows
        self.columns = columns
        buffer = AlignedBuffer(floats: rows * columns)
    }

    public subscript(row: Int, column: Int) -> Float {
        get {
            precondition(row >= 0 && row < rows && column >= 0 && column < columns)
            return buffer.floats[row * columns + column]
        }
        set {
            precondition(row >= 0 && row < rows && column >= 0 && column < columns)
            buffer.floats[row * columns + column] = newValue
        }
    }

    /// The values of one row.
    public func row(_ row: Int) -> [Float] {
        precondition(row >= 0 && row < rows, "row \(row) of \(rows)")
        return Array(UnsafeBufferPointer(start: pointer(row: row), count: columns))
    }

    /// Replaces one row; `values` has `columns` elements.
    public func setRow(_ row: Int, to values: [Float]) {
        precondition(row >= 0 && row < rows, "row \(row) of \(rows)")
        precondition(values.count == columns, "row has \(columns) columns, got \(values.count)")
        values.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { pointer(row: row).update(from: base, count: columns) }
        }
    }

    /// Calls `body` with the values of one row in place.
    public func withRow<Result>(_ row: Int, _ body: (inout MutableSpan<Float>) throws -> Result) rethrows
        -> Result
    {
        precondition(row >= 0 && row < rows, "row \(row) of \(rows)")
        var span = MutableSpan(_unsafeStart: pointer(row: row), count: columns)
        return try body(&span)
    }

    func pointer(row: Int) -> UnsafeMutablePointer<Float> {
        precondition(row >= 0 && row <= rows, "row \(row) of \(rows)")
        return buffer.floats + row * columns
    }
}
