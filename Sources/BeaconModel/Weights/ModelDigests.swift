internal import FileAccess
import Foundation
internal import Safetensors
public import SystemPackage

/// Digests of everything about a model that decides what its activations are.
///
/// Kept apart so that a refusal can name what changed: the ordinary weights, the beacon parameters, the
/// configuration, or the tokenizer.
public struct ModelDigests: Sendable, Hashable {
    /// SHA-256 over all tensors that are not beacon parameters, in the order of their names.
    public var weights: String
    /// SHA-256 over the beacon parameters.
    public var beacon: String
    /// SHA-256 over the shape settings of `config.json` that the engine reads.
    public var configuration: String
    /// SHA-256 over `tokenizer.json`; of the empty text where there is none.
    public var tokenizer: String

    /// Reads all of the model's bytes, unless its files are those that an earlier start read.
    public init(directory: FilePath) throws {
        let checkpoint = try Checkpoint(directory: directory)
        let cache = DigestCache(files: checkpoint.paths)
        if let kept = cache.digests {
            (weights, beacon) = kept
        } else {
            (weights, beacon) = Self.read(checkpoint)
            cache.keep(weights: weights, beacon: beacon)
        }
        configuration = ContentDigest.hex(of: try ModelConfiguration(directory: directory).canonicalText)
        let path = directory.appending("tokenizer.json")
        tokenizer =
            FileManager.default.fileExists(atPath: path.string)
            ? try ContentDigest.hex(ofFile: path) : ContentDigest.hex(of: "")
    }

    private static func read(_ checkpoint: Checkpoint) -> (weights: String, beacon: String) {
        var ordinary = ContentDigest()
        var beacon = ContentDigest()
        for name in checkpoint.names {
            guard let (tensor, file) = checkpoint.find(name) else { continue }
            if WeightNames.isBeacon(name) {
                file.update(&beacon, with: tensor)
            } else {
                file.update(&ordinary, with: tensor)
            }
        }
        return (ordinary.hex(), beacon.hex())
    }
}

extension ModelConfiguration {
    /// Every setting that decides the activations of given tokens, one `name=value` a line.
    ///
    /// Window, ratio and sink are left out: a sequence may be run with others, so identities name them apart.
    var canonicalText: String {
        let letters = BeaconProjection.allCases.filter(beacon.projections.contains).map(\.rawValue).joined()
        let settings = """
            family=\(family.rawValue)
            vocabulary=\(vocabularySize)
            hidden=\(hiddenSize)
            intermediate=\(intermediateSize)
            layers=\(layers)
            heads=\(heads)
            kv-heads=\(kvHeads)
            norm-epsilon=\(rmsNormEpsilon)
            rotary-base=\(rotaryBase)
            rotary-scaling=\(rotaryScaling)
            positions=\(maxPositions)
            attention-bias=\(hasAttentionBias)
            output-bias=\(hasOutputBias)
            beacon-projections=\(letters)
            begin-of-text=\(beginOfText.map(String.init) ?? "")
            end-of-text=\(endOfText.map(String.init).joined(separator: ","))
            """
        // What a checkpoint without a beacon embedding starts it from.
        return beacon.embeddingFromEndOfText ? settings : settings + "\nbeacon-start=begin-of-text"
    }
}
