internal import CKernels

/// Swift names for the C operations that take many arguments of one type.
enum TrainingKernels {
    typealias Source = UnsafePointer<Float>
    typealias Target = UnsafeMutablePointer<Float>

    /// `y += x`.
    static func add(_ y: Target, _ x: Source, _ count: Int) { pharos_train_add(y, x, count) }

    /// `y[columns] += Σ rows of x`.
    static func addColumns(_ y: Target, _ x: Source, rows: Int, columns: Int, stride: Int) {
        pharos_train_add_columns(y, x, rows, columns, stride)
    }

    /// Every row of `y` becomes `row`.
    static func setRows(_ y: Target, _ row: Source, rows: Int, columns: Int, stride: Int) {
        pharos_train_set_rows(y, row, rows, columns, stride)
    }

    /// `row` is added to every row of `y`.
    static func addRow(_ y: Target, _ row: Source, rows: Int, columns: Int, stride: Int) {
        for index in 0..<rows { pharos_train_add(y + index * stride, row, columns) }
    }
}
