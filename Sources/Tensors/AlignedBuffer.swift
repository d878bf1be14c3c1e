/// Owned, 64-byte-aligned memory for `count` floats, released with the object.
///
/// The only owner of raw memory in this module; everything else is a view of one.
final class AlignedBuffer {
    let base: UnsafeMutablePointer<Float>
    let count: Int

    init(count: Int) {
        precondition(count >= 0 && count < Int.max / 8, "impossible buffer size \(count)")
        let bytes = max(count, 16) * MemoryLayout<Float>.stride
        base = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
            .bindMemory(to: Float.self, capacity: max(count, 16))
        base.initialize(repeating: 0, count: max(count, 16))
        self.count = count
    }

    deinit { base.deallocate() }
}
