import BeaconModel
import Safetensors
import SystemPackage

/// What `pharos model inspect` shows.
struct ModelSummary: Encodable {
    var path: String
    var family: String
    var parameters: Int
    var beaconParameters: Int
    var bytes: Int
    var layers: Int
    var hidden: Int
    var intermediate: Int
    var heads: Int
    var kvHeads: Int
    var headDim: Int
    var vocabulary: Int
    var contextLength: Int
    var window: Int
    var ratios: [Int]
    var ratioRule: String
    var placement: String
    var attention: String
    var sink: Int
    var beaconProjections: String
    /// Bytes of one beacon's keys and values at fp16, in all layers.
    var beaconBytes: Int

    init(_ directory: FilePath) throws {
        let configuration = try ModelConfiguration(directory: directory)
        let checkpoint = try Checkpoint(directory: directory)
        let tensors = checkpoint.files.flatMap(\.tensors)
        let beacon = configuration.beacon
        path = directory.string
        family = configuration.family.rawValue
        parameters = tensors.reduce(0) { $0 + $1.count }
        beaconParameters = tensors.filter { WeightNames.isBeacon($0.name) }.reduce(0) { $0 + $1.count }
        bytes = tensors.reduce(0) { $0 + $1.byteRange.count }
        layers = configuration.layers
        hidden = configuration.hiddenSize
        intermediate = configuration.intermediateSize
        heads = configuration.heads
        kvHeads = configuration.kvHeads
        headDim = configuration.headDim
        vocabulary = configuration.vocabularySize
        contextLength = Int(configuration.contextLength)
        window = beacon.windowSize
        ratios = beacon.ratios
        ratioRule = beacon.ratioRule.checkpointSpelling
        placement = beacon.placement.rawValue
        attention = beacon.attention.rawValue
        sink = beacon.sinkSize
        beaconProjections = BeaconProjection.allCases.filter(beacon.projections.contains).map(\.rawValue)
            .joined()
        beaconBytes = 4 * configuration.layers * configuration.kvHeads * configuration.headDim
    }

    var text: String {
        var table = TextTable([.init("checkpoint"), .init(path)])
        table.add(["family", family])
        table.add([
            "parameters",
            "\(HumanFormat.count(parameters)), of them \(HumanFormat.count(beaconParameters)) for beacons",
        ])
        table.add(["weights", HumanFormat.bytes(bytes)])
        table.add(["shape", "\(layers) layers, hidden \(hidden), intermediate \(intermediate)"])
        table.add(["attention heads", "\(heads) of \(headDim), \(kvHeads) for keys and values"])
        table.add(["vocabulary", String(vocabulary)])
        table.add(["context", "\(contextLength) tokens"])
        table.add(["window", "\(window) tokens, sink \(sink)"])
        table.add(["ratios", "\(ratios.map(String.init).joined(separator: ", ")) by \(ratioRule)"])
        table.add(["beacons", "\(placement), \(attention), projections \(beaconProjections)"])
        table.add(["one beacon", "\(HumanFormat.bytes(beaconBytes)) at f16"])
        return table.text
    }
}
