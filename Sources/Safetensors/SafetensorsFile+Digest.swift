public import FileAccess

extension SafetensorsFile {
    /// Adds a tensor's name, type, shape and bytes to `digest`.
    public func update(_ digest: inout ContentDigest, with tensor: SafetensorsTensor) {
        let shape = tensor.shape.map(String.init).joined(separator: ",")
        digest.update("\(tensor.name.utf8.count):\(tensor.name) \(tensor.type.rawValue) [\(shape)]\n")
        withBytes(tensor) { digest.update($0) }
    }
}
