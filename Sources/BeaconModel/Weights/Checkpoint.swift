import Foundation
public import Safetensors
public import SystemPackage

/// The tensors of a model directory: one `model.safetensors`, or shards with an index.
public struct Checkpoint: Sendable {
    public let directory: FilePath
    /// The files that hold tensors, in the index's order.
    public let files: [SafetensorsFile]
    /// Paths of `files`.
    public let paths: [FilePath]
    private let locations: [String: Int]

    /// Maps every file of the checkpoint and checks their headers.
    ///
    /// - Throws: `ModelError` where a file is missing, a shard lacks a tensor that the index promises, or a
    ///   tensor appears in two files.
    public init(directory: FilePath) throws {
        self.directory = directory
        let index = directory.appending("model.safetensors.index.json")
        let single = directory.appending("model.safetensors")
        let names: [String]
        var promised: [String: String] = [:]
        if FileManager.default.fileExists(atPath: single.string) {
            names = ["model.safetensors"]
        } else if FileManager.default.fileExists(atPath: index.string) {
            promised = try Self.weightMap(index)
            names = Set(promised.values).sorted()
        } else {
            throw ModelError(
                .missingFile,
                "\(directory) holds neither model.safetensors nor model.safetensors.index.json",
                context: ["path": directory.string])
        }
        var files: [SafetensorsFile] = []
        var locations: [String: Int] = [:]
        for (number, name) in names.enumerated() {
            guard let component = FilePath.Component(name), component.kind == .regular else {
                throw ModelError(
                    .missingFile, "the index names '\(name)', which is not a file of the model directory")
            }
            let file = try SafetensorsFile(mapping: directory.appending(component))
            for tensor in file.tensors {
                guard locations.updateValue(number, forKey: tensor.name) == nil else {
                    throw ModelError(.badTensor, "tensor \(tensor.name) appears in two files")
                }
            }
            files.append(file)
        }
        for (tensor, name) in promised where locations[tensor].map({ names[$0] }) != name {
            throw ModelError(.badTensor, "the index promises \(tensor) in \(name), which lacks it")
        }
        self.files = files
        self.locations = locations
        paths = names.map { directory.appending($0) }
    }

    private static func weightMap(_ path: FilePath) throws -> [String: String] {
        let index = try ConfigurationObject(contentsOf: path)
        guard let map = try index.optionalStringMap("weight_map"), !map.isEmpty else {
            throw index.error("weight_map is missing or empty")
        }
        return map
    }

    /// All tensor names, sorted.
    public var names: [String] { locations.keys.sorted() }

    public func contains(_ name: String) -> Bool { locations[name] != nil }

    /// The tensor `name` and the file it is in, if the checkpoint has it.
    public func find(_ name: String) -> (tensor: SafetensorsTensor, file: SafetensorsFile)? {
        guard let location = locations[name], let tensor = files[location].tensor(name) else { return nil }
        return (tensor, files[location])
    }

    /// The tensor `name`, whose shape must be `shape`.
    public func require(
        _ name: String, shape: [Int]
    ) throws -> (tensor: SafetensorsTensor, file: SafetensorsFile) {
        guard let found = find(name) else {
            throw ModelError(
                .badTensor, "the checkpoint lacks \(name)", context: ["path": directory.string])
        }
        guard found.tensor.shape == shape else {
            throw ModelError(
                .badTensor, "\(name) has shape \(found.tensor.shape); config.json implies \(shape)",
                context: ["path": directory.string])
        }
        return found
    }

    /// The values of tensor `name` as fp32, `shape` checked.
    public func floats(_ name: String, shape: [Int]) throws -> [Float] {
        let (tensor, file) = try require(name, shape: shape)
        return try file.floats(tensor)
    }
}
