import ArgumentParser
import Pipelines

/// A duration as pipeline files spell it, such as `30d` or `1h30m`, in whole seconds.
struct DurationArgument: ExpressibleByArgument, Hashable {
    var seconds: Int

    init?(argument: String) {
        guard let duration = DurationText.parse(argument) else { return nil }
        seconds = Int(duration.components.seconds)
    }
}

/// A number of bytes as pipeline files spell it, such as `500MB` or `2GiB`.
struct SizeArgument: ExpressibleByArgument, Hashable {
    var bytes: Int

    init?(argument: String) {
        guard let size = ByteSize(argument) else { return nil }
        bytes = size.bytes
    }
}
