internal import CKernels

/// Owned, zeroed, 64-byte-aligned memory of `size` bytes, released with the object.
///
/// The only owner of raw memory in this module; everything else is a view of one.
final class AlignedBuffer {
    let base: UnsafeMutableRawPointer
    let size: Int

    init(size: Int) {
        precondition(size >= 0 && size < Int.max / 8, "impossible buffer size \(size)")
        guard let base = pharos_allocate(size) else { fatalError("no memory for a buffer of \(size) bytes") }
        self.base = base
        self.size = size
    }

    /// A buffer of `count` floats.
    convenience init(floats count: Int) {
        precondition(count >= 0 && count < Int.max / 32, "impossible number of floats \(count)")
        self.init(size: count * MemoryLayout<Float>.stride)
    }

    deinit { pharos_deallocate(base, size) }

    var floats: UnsafeMutablePointer<Float> { base.assumingMemoryBound(to: Float.self) }
}
