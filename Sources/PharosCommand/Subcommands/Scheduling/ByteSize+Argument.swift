public import ArgumentParser
public import Pipelines

extension ByteSize: ExpressibleByArgument {
    /// Reads a size such as `8GiB`.
    public init?(argument: String) { self.init(argument) }
}
