public import BeaconModel
internal import Safetensors
import SystemPackage

extension ModelParameters {
    /// Reads a checkpoint's tensors; beacon parameters it lacks start as copies of the ordinary ones (reference §2).
    public convenience init(_ configuration: ModelConfiguration, checkpoint: Checkpoint) throws {
        self.init(ParameterTable(ModelShape(configuration)))
        var missing: [ParameterTable.Entry] = []
        let absent = configuration.beacon.projections.filter { !checkpoint.holdsBeacons($0, configuration) }
        for entry in table.entries {
            if absent.contains(where: { entry.name.contains(".beacon_\($0.rawValue)_proj.") }) {
                missing.append(entry)
            } else if checkpoint.contains(entry.name) {
                try set(entry.name, to: checkpoint.floats(entry.name, shape: entry.shape))
            } else if entry.isBeacon {
                missing.append(entry)
            } else {
                throw TrainingError(
                    .missingTensor, "the checkpoint lacks a tensor that config.json implies",
                    context: ["tensor": entry.name, "path": checkpoint.directory.string])
            }
        }
        try initializeBeacon(missing, configuration: configuration)
    }

    /// Starts all beacon parameters anew as copies of the ordinary ones.
    public func initializeBeacon(_ configuration: ModelConfiguration) throws {
        try initializeBeacon(table.entries.filter(\.isBeacon), configuration: configuration)
    }

    private func initializeBeacon(
        _ entries: [ParameterTable.Entry], configuration: ModelConfiguration
    ) throws {
        for entry in entries {
            if entry.name == WeightNames.beaconEmbedding {
                let ids = configuration.beacon.embeddingFromEndOfText ? configuration.endOfText : []
                let id = ids.first ?? configuration.beginOfText ?? 0
                let width = configuration.hiddenSize
                guard let rows = self[WeightNames.embedding], id < configuration.vocabularySize else {
                    throw TrainingError(.invalidConfiguration, "token \(id) lies beyond the vocabulary")
                }
                try set(entry.name, to: Array(rows[id * width..<(id + 1) * width]))
            } else if let values = self[entry.name.replacing("beacon_", with: "")] {
                try set(entry.name, to: values)
            }
        }
    }

    /// The bytes of a safetensors file of all parameters under their checkpoint names.
    ///
    /// - Parameter halved: whether values are F16, half the size and for a model to be used, in place of F32.
    public func safetensors(
        metadata: [String: String] = ["format": "pt"], halved: Bool = false
    ) throws -> [UInt8] {
        let writer = try SafetensorsWriter(
            table.entries.map { .init($0.name, halved ? .f16 : .f32, $0.shape) }, metadata: metadata)
        var bytes = try writer.header()
        guard halved else { return bytes + storage.littleEndianBytes(0..<table.count) }
        for entry in table.entries {
            for value in self[entry.name] ?? [] {
                let bits = Float16(value).bitPattern
                bytes.append(UInt8(truncatingIfNeeded: bits))
                bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
            }
        }
        return bytes
    }
}

extension ModelParameters {
    /// Reads a file that `safetensors(metadata:)` wrote.
    func load(_ path: FilePath) throws {
        let file = try SafetensorsFile(mapping: path)
        for entry in table.entries {
            guard let tensor = file.tensor(entry.name) else {
                throw TrainingError(
                    .missingTensor, "the file lacks a parameter of the model",
                    context: ["tensor": entry.name, "path": path.string])
            }
            try set(entry.name, to: file.floats(tensor))
        }
    }
}
