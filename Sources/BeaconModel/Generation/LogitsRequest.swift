/// Which raw tokens of a call get logits; everything else skips the head.
public enum LogitsRequest {
    /// None: the call only fills the memory.
    case none
    /// The last raw token of the call.
    case last
    /// Every raw token, handed over as soon as its window has run: index within the sequence, and logits.
    case each((Int, [Float]) throws -> Void)
}
