import ArgumentParser

/// How much the service logs, from the least (`PHAROS_LOG`).
enum LogLevel: String, ExpressibleByArgument, CaseIterable {
    case error, warning, notice, info, debug
}
