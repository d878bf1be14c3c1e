internal import Safetensors
internal import Tensors

/// Token embeddings, read row by row from the mapped checkpoint, and the beacon token's own row.
struct EmbeddingTable: Sendable {
    let rows: Int
    let columns: Int
    private let tensor: SafetensorsTensor
    private let file: SafetensorsFile
    /// The beacon token's embedding.
    let beacon: [Float]

    init(_ checkpoint: Checkpoint, _ configuration: ModelConfiguration) throws {
        rows = configuration.vocabularySize
        columns = configuration.hiddenSize
        (tensor, file) = try checkpoint.require(WeightNames.embedding, shape: [rows, columns])
        if checkpoint.contains(WeightNames.beaconEmbedding) {
            beacon = try checkpoint.floats(WeightNames.beaconEmbedding, shape: [1, columns])
        } else {
            let token =
                configuration.beacon.embeddingFromEndOfText
                ? configuration.endOfText.first : configuration.beginOfText
            guard let token, token < rows else {
                throw ModelError(
                    .badConfiguration,
                    "the checkpoint lacks \(WeightNames.beaconEmbedding), and config.json names no "
                        + "\(configuration.beacon.embeddingFromEndOfText ? "eos" : "bos")_token_id to start it from"
                )
            }
            beacon = try Self.row(token, of: tensor, in: file, columns: columns)
        }
    }

    /// Writes the embeddings of `tokens` to the first rows of `matrix`, then `beacons` beacon rows.
    func write(_ tokens: ArraySlice<Int32>, beacons: Int, into matrix: Matrix) throws {
        for (row, token) in tokens.enumerated() {
            guard token >= 0, Int(token) < rows else {
                throw ModelError(.badToken, "token \(token) is outside the vocabulary of \(rows)")
            }
            matrix.setRow(row, to: try Self.row(Int(token), of: tensor, in: file, columns: columns))
        }
        for row in tokens.count..<tokens.count + beacons { matrix.setRow(row, to: beacon) }
    }

    private static func row(
        _ token: Int, of tensor: SafetensorsTensor, in file: SafetensorsFile, columns: Int
    ) throws -> [Float] {
        var row = [Float](repeating: 0, count: columns)
        var span = row.mutableSpan
        try file.copyFloats(of: tensor, from: token * columns, into: &span)
        return row
    }
}
