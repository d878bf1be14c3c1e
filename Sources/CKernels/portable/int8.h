// What int8 tiles of every instruction set share.

/// Scales a group's integer sums and adds them to the row's fp32 results.
INLINE v16 scale_group(v16i sums, float row_scale, v16 scales, v16 total) {
    return __builtin_convertvector(sums, v16) * (splat(row_scale) * scales) + total;
}
