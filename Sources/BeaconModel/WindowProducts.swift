public import Tensors

/// The matrix products of one window, raw tokens and beacons, through every layer and without attention.
///
/// What a benchmark holds against the arithmetic that the machine can do at most; it computes nothing of use.
public struct WindowProducts {
    /// Rows that go through every layer.
    public let rows: Int
    private let pass: TransformerPass

    /// - Parameters:
    ///   - tokens: raw tokens of the window.
    ///   - beacons: its beacons.
    public init(_ model: LanguageModel, tokens: Int, beacons: Int, context: ComputeContext) {
        rows = tokens + beacons
        let buffers = StepBuffers(model.configuration, rows: rows)
        // Any values do that are neither zero nor alike.
        for row in 0..<rows {
            buffers.residual.setRow(
                row, to: (0..<model.configuration.hiddenSize).map { Float(($0 * 37 + row * 11) % 101) - 50 })
        }
        func placements(_ rows: Range<Int>) -> [RowPlacement] {
            rows.map { RowPlacement(row: $0, position: $0) }
        }
        let member = TransformerPass.Member(
            memory: KeyValueMemory(model.configuration), firstRaw: 0, firstBeacon: tokens, firstInput: 0,
            rawPlacements: placements(0..<tokens), beaconPlacements: placements(tokens..<rows), mask: .causal,
            table: model.rotary.table(covering: rows), base: 0, wanted: 0..<0)
        pass = TransformerPass([member], model: model, buffers: buffers, context: context)
    }

    /// Runs them all once.
    public func run() { pass.runProducts() }
}
