internal import Tensors

/// Activations of one pass, allocated once for the largest pass of a sequence and reused.
///
/// Rows are raw tokens first, then beacons; `queries` and `attended` are in input order.
final class StepBuffers {
    private(set) var rows: Int
    private let configuration: ModelConfiguration
    private(set) var residual: Matrix
    private(set) var query: Matrix
    private(set) var key: Matrix
    private(set) var value: Matrix
    private(set) var queries: Matrix
    private(set) var attended: Matrix
    private(set) var gathered: Matrix
    let hiddenInput: ActivationInput
    let attendedInput: ActivationInput
    let innerInput: ActivationInput

    init(_ configuration: ModelConfiguration, rows: Int) {
        self.configuration = configuration
        self.rows = rows
        let width = configuration.heads * configuration.headDim
        let keyValue = configuration.kvHeads * configuration.headDim
        residual = Matrix(rows: rows, columns: configuration.hiddenSize)
        query = Matrix(rows: rows, columns: width)
        key = Matrix(rows: rows, columns: keyValue)
        value = Matrix(rows: rows, columns: keyValue)
        queries = Matrix(rows: rows, columns: width)
        attended = Matrix(rows: rows, columns: width)
        gathered = Matrix(rows: rows, columns: width)
        hiddenInput = ActivationInput(columns: configuration.hiddenSize)
        attendedInput = ActivationInput(columns: width)
        innerInput = ActivationInput(columns: configuration.intermediateSize)
    }
}
