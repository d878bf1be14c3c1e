internal import FileAccess
import Foundation
internal import Safetensors
public import SystemPackage
public import Tensors

/// An int8 copy of a checkpoint: a file of its own that is mapped and multiplied with as it lies.
///
/// One `model.safetensors`, metadata `pharos.weights` = `int8-panels` and `pharos.group` = inputs per scale. Every
/// matrix `name.weight` that tokens are multiplied with becomes `name.weight.panels`, U8, in the layout of
/// `LinearWeights.withPanels`; embeddings, norms and biases stay as they were, and so do all other files.
public enum QuantizedCheckpoint {
    static let weightsKey = "pharos.weights"
    static let weightsValue = "int8-panels"
    static let groupKey = "pharos.group"

    static func panels(of name: String) -> String { name + ".weight.panels" }

    /// Inputs per scale of a quantized file.
    static func groupSize(of file: SafetensorsFile, path: FilePath) throws -> Int {
        let group = file.metadata[groupKey] ?? ""
        guard file.metadata[weightsKey] == weightsValue, let size = Int(group),
            QuantizedRows.isValid(groupSize: size)
        else {
            throw ModelError(
                .badTensor, "the metadata of a quantized file lack \(weightsKey) or a valid \(groupKey)",
                context: ["path": path.string, "group": group])
        }
        return size
    }

    /// Writes the int8 copy of the checkpoint in `source` to the new directory `target`.
    ///
    /// Equal checkpoints give equal files. Multiplying gives the same bits as quantizing at load.
    ///
    /// - Throws: `ModelError` where `source` is no checkpoint, is quantized already, or `target` exists.
    public static func write(
        _ source: FilePath, to target: FilePath, groupSize: Int = QuantizedRows.defaultGroupSize,
        using context: ComputeContext
    ) throws {
        guard QuantizedRows.isValid(groupSize: groupSize) else {
            throw ModelError(.badRequest, "a group of \(groupSize) inputs is no power of two in 64...1024")
        }
        let files = FileManager.default
        guard !files.fileExists(atPath: target.string) else {
            throw ModelError(
                .badRequest, "the target exists; name a directory that does not",
                context: ["path": target.string])
        }
        let configuration = try ModelConfiguration(directory: source)
        let checkpoint = try Checkpoint(directory: source)
        let matrices = try Matrices(checkpoint, configuration)
        let kept = checkpoint.names.filter { !matrices.replaced.contains($0) }
        var entries = matrices.all.map { matrix in
            let size = LinearWeights.panelBytes(
                outputs: matrix.shape[0], inputs: matrix.shape[1], format: .int8, groupSize: groupSize)
            return SafetensorsWriter.Entry(panels(of: matrix.name), .u8, [size])
        }
        entries += kept.compactMap { checkpoint.find($0)?.tensor }.map { .init($0.name, $0.type, $0.shape) }
        let writer = try SafetensorsWriter(
            entries, metadata: ["format": "pt", weightsKey: weightsValue, groupKey: String(groupSize)],
            alignment: 64)
        try files.createDirectory(atPath: target.string, withIntermediateDirectories: true)
        try copyOtherFiles(from: source, to: target)
        let byName = Dictionary(uniqueKeysWithValues: matrices.all.map { (panels(of: $0.name), $0) })
        try writer.write(to: target.appending("model.safetensors")) { tensor in
            if let matrix = byName[tensor.name] {
                return try panels(of: matrix, in: checkpoint, groupSize: groupSize, using: context)
            }
            guard let (tensor, file) = checkpoint.find(tensor.name) else { return [] }
            return file.withSpan(tensor, SafetensorsWriter.bytes(of:))
        }
    }

    private static func panels(
        of matrix: Matrices.Entry, in checkpoint: Checkpoint, groupSize: Int, using context: ComputeContext
    ) throws -> [UInt8] {
        let (tensor, file) = try checkpoint.require(matrix.name + ".weight", shape: matrix.shape)
        guard let element = WeightElement(tensor.type) else {
            throw ModelError(
                .badTensor, "\(tensor.name) has type \(tensor.type.rawValue); F32, F16 or BF16 was expected")
        }
        let weights = file.withSpan(tensor) { bytes in
            LinearWeights(
                outputs: matrix.shape[0], inputs: matrix.shape[1], bytes: bytes, element: element,
                mapping: file.mapping, format: .int8, groupSize: groupSize, using: context)
        }
        return weights.withPanels(SafetensorsWriter.bytes(of:)) ?? []
    }

    private static func copyOtherFiles(from source: FilePath, to target: FilePath) throws {
        let files = FileManager.default
        for name in try files.contentsOfDirectory(atPath: source.string).sorted() {
            // Downloaded models are often directories of links.
            let path = URL(fileURLWithPath: source.appending(name).string).resolvingSymlinksInPath().path
            guard try files.attributesOfItem(atPath: path)[.type] as? FileAttributeType == .typeRegular,
                !name.hasSuffix(".safetensors"), !name.hasSuffix(".safetensors.index.json"),
                !name.hasPrefix(".")
            else { continue }
            try files.copyItem(atPath: path, toPath: target.appending(name).string)
        }
    }
}

/// The matrices of a checkpoint that tokens are multiplied with.
private struct Matrices {
    struct Entry {
        var name: String
        var shape: [Int]
    }

    var all: [Entry] = []
    /// Tensors that panels stand for; the embeddings stay, because single rows of them are read.
    var replaced: Set<String> = []

    init(_ checkpoint: Checkpoint, _ configuration: ModelConfiguration) throws {
        var names: [String] = []
        for layer in 0..<configuration.layers {
            for beacon in [false, true] {
                names += BeaconProjection.allCases.map {
                    WeightNames.projection($0, layer: layer, beacon: beacon)
                }
            }
            names += [WeightNames.gate(layer), WeightNames.up(layer), WeightNames.down(layer)]
        }
        for name in names {
            guard let (tensor, _) = checkpoint.find(name + ".weight") else {
                if checkpoint.contains(QuantizedCheckpoint.panels(of: name)) {
                    throw ModelError(.badRequest, "the checkpoint is quantized already")
                }
                continue
            }
            guard tensor.shape.count == 2, tensor.shape.allSatisfy({ $0 > 0 }) else {
                throw ModelError(
                    .badTensor, "\(tensor.name) has shape \(tensor.shape); a matrix was expected")
            }
            all.append(Entry(name: name, shape: tensor.shape))
            replaced.insert(tensor.name)
        }
        let shape = [configuration.vocabularySize, configuration.hiddenSize]
        let tied = configuration.tiesEmbeddings || !checkpoint.contains(WeightNames.head)
        let head = tied ? WeightNames.embedding : WeightNames.head
        _ = try checkpoint.require(head, shape: shape)
        all.append(Entry(name: String(head.dropLast(".weight".count)), shape: shape))
        if !tied { replaced.insert(head) }
    }
}
