internal import CKernels

/// Owned, zeroed, 64-byte-aligned memory of `size` bytes, released with the object.
///
/// The only owner of raw memory in this module; everything else is a view of one.
final class AlignedBuffer {
    let base: UnsafeMutableRawPointer
    let size: Int
    /// The buffer that this one is a part of.
    private let whole: AlignedBuffer?

    init(size: Int) {
        precondition(size >= 0 && size < Int.max / 8, "impossible buffer size \(size)")
        guard let base = pharos_allocate(size) else { fatalError("no memory for a buffer of \(size) bytes") }
        self.base = base
        self.size = size
        whole = nil
    }

    /// Bytes `range` of another buffer, which stays for as long as a part of it is in use.
    init(_ range: Range<Int>, of whole: AlignedBuffer) {
        precondition(range.lowerBound >= 0 && range.upperBound <= whole.size && range.lowerBound % 64 == 0)
        base = whole.base + range.lowerBound
        size = range.count
        self.whole = whole
    }

    /// A buffer of `count` floats.
    convenience init(floats count: Int) {
        precondition(count >= 0 && count < Int.max / 32, "impossible number of floats \(count)")
        self.init(size: count * MemoryLayout<Float>.stride)
    }

    deinit { if whole == nil { pharos_deallocate(base, size) } }

    var floats: UnsafeMutablePointer<Float> { base.assumingMemoryBound(to: Float.self) }
}
