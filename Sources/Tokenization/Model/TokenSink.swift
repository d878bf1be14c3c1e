/// Where an encoder puts its tokens: three plain arrays, twelve bytes a token.
struct TokenSink {
    var ids: [Int32] = []
    var starts: [Int32] = []
    var ends: [Int32] = []

    mutating func reserveCapacity(_ count: Int) {
        ids.reserveCapacity(count)
        starts.reserveCapacity(count)
        ends.reserveCapacity(count)
    }

    @inline(__always)
    mutating func append(_ id: Int32, _ start: Int, _ end: Int) {
        ids.append(id)
        starts.append(Int32(truncatingIfNeeded: start))
        ends.append(Int32(truncatingIfNeeded: end))
    }
}
