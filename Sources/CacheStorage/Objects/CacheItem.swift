/// A part of a context cache that is computed and written as one.
public enum CacheItem: Sendable, Hashable, CustomStringConvertible {
    /// The sink entries stored with a segment.
    case sink(segment: Int)
    /// The beacons of a window; windows are numbered over the whole document.
    case window(Int)
    /// The raw entries of a segment's unfinished window.
    case raw(segment: Int)

    public var description: String {
        switch self {
        case .sink(let segment): "sink of segment \(segment)"
        case .window(let number): "window \(number)"
        case .raw(let segment): "open window of segment \(segment)"
        }
    }
}
