// 16 lanes in the compiler's vector types, compiled once per instruction set: one 512-bit register, two of 256 or
// four of 128. Included within each set's target region; see kernels_*.c.

// Vectors pass between functions that are always inlined, never through a call.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float v16 __attribute__((vector_size(64)));
typedef int32_t v16i __attribute__((vector_size(64)));
typedef uint32_t v16u __attribute__((vector_size(64)));
typedef uint16_t v16h __attribute__((vector_size(32)));
typedef float v16_unaligned __attribute__((vector_size(64), aligned(4)));
typedef uint32_t v16u_unaligned __attribute__((vector_size(64), aligned(1)));
typedef uint16_t v16h_unaligned __attribute__((vector_size(32), aligned(2)));

#define INLINE static inline __attribute__((always_inline))

INLINE v16 load(const float *x) { return *(const v16_unaligned *)x; }
INLINE void store(float *x, v16 value) { *(v16_unaligned *)x = value; }
INLINE v16 splat(float x) { return (v16){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }
INLINE v16i lanes(void) { return (v16i){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}; }

INLINE v16 load_some(const float *x, int count) {
    float part[16] = {0};
    memcpy(part, x, (size_t)count * sizeof(float));
    return load(part);
}

INLINE void store_some(float *x, v16 value, int count) {
    float part[16];
    store(part, value);
    memcpy(x, part, (size_t)count * sizeof(float));
}

/// `mask ? a : b`, lane by lane; masks are 0 or -1.
INLINE v16 choose(v16i mask, v16 a, v16 b) { return (v16)((mask & (v16i)a) | (~mask & (v16i)b)); }
INLINE v16 largest(v16 a, v16 b) { return choose(a > b, a, b); }
INLINE v16 smallest(v16 a, v16 b) { return choose(a < b, a, b); }

#define HALVES_JOINED(x, join) \
    typedef float v8 __attribute__((vector_size(32))); \
    typedef float v4 __attribute__((vector_size(16))); \
    v8 a8 = __builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7); \
    v8 b8 = __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15); \
    v8 c8 = join(a8, b8); \
    v4 a4 = __builtin_shufflevector(c8, c8, 0, 1, 2, 3), b4 = __builtin_shufflevector(c8, c8, 4, 5, 6, 7); \
    v4 c4 = join(a4, b4); \
    v4 d4 = __builtin_shufflevector(c4, c4, 2, 3, 0, 1); \
    v4 e4 = join(c4, d4); \
    v4 f4 = __builtin_shufflevector(e4, e4, 1, 0, 3, 2); \
    return join(e4, f4)[0]

/// The sum of the lanes, always in the same order.
INLINE float sum(v16 x) {
#define JOIN(a, b) ((a) + (b))
    HALVES_JOINED(x, JOIN);
#undef JOIN
}

INLINE float largest_lane(v16 x) {
    HALVES_JOINED(x, __builtin_elementwise_max);
}

/// `exp(x)` within 2 units in the last place; 0 below -87 and the largest exponent's power above 88.
///
/// `x = n ln 2 + r` with `|r| <= ln 2 / 2`, and a polynomial of degree 6 for `exp(r)`.
INLINE v16 exponential(v16 x) {
    const v16 magic = splat(12582912.0f);
    // In this order, what is no number stays none.
    v16 clamped = smallest(splat(88.0f), largest(splat(-87.0f), x));
    v16 n = clamped * splat(1.44269504088896341f) + magic;
    v16i power = (v16i)n << 23;
    n = n - magic;
    v16 r = clamped - n * splat(0.693359375f);
    r = r - n * splat(-2.12194440e-4f);
    v16 y = splat(1.3930664e-3f);
    y = y * r + splat(8.3633446e-3f);
    y = y * r + splat(4.1666433e-2f);
    y = y * r + splat(1.6666550e-1f);
    y = y * r + splat(5.0000000e-1f);
    y = y * r + splat(1.0f);
    y = y * r + splat(1.0f);
    v16 scaled = (v16)((v16i)y + power);
    return choose(x < splat(-87.0f), splat(0.0f), scaled);
}

INLINE v16 from_bf16(v16h x) { return (v16)(__builtin_convertvector(x, v16u) << 16); }

/// Rounds to nearest even; a NaN stays one.
INLINE v16h to_bf16(v16 x) {
    v16u bits = (v16u)x;
    v16u rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    v16u quiet = (bits >> 16) | 0x40;
    v16u nan = (v16u)(x != x);
    return __builtin_convertvector((nan & quiet) | (~nan & rounded), v16h);
}

INLINE v16 from_f16(v16h x) {
#if HAS_F16C
    typedef _Float16 half16 __attribute__((vector_size(32)));
    return __builtin_convertvector((half16)x, v16);
#else
    v16u wide = __builtin_convertvector(x, v16u);
    v16u sign = (wide & 0x8000) << 16;
    v16u magnitude = (wide & 0x7fff) << 13;
    // The product with 2^112 moves the exponent's bias and makes subnormals normal.
    v16 value = (v16)magnitude * splat(5.192296858534828e33f);
    v16u special = (v16u)((wide & 0x7c00) == 0x7c00);
    return (v16)((v16u)value | sign | (special & 0x7f800000));
#endif
}

INLINE v16h to_f16(v16 x) {
#if HAS_F16C
    typedef _Float16 half16 __attribute__((vector_size(32)));
    return (v16h)__builtin_convertvector(x, half16);
#else
    v16u bits = (v16u)x;
    v16u sign = (bits >> 16) & 0x8000;
    v16u magnitude = bits & 0x7fffffff;
    v16u normal = (magnitude - 0x38000000 + 0xfff + ((magnitude >> 13) & 1)) >> 13;
    // Below the normal range, adding one half aligns the bits that remain and rounds them.
    v16u subnormal = (v16u)((v16)magnitude + splat(0.5f)) - 0x3f000000;
    v16u is_subnormal = (v16u)(magnitude < 0x38800000);
    v16u result = (is_subnormal & subnormal) | (~is_subnormal & normal);
    v16u overflows = (v16u)(magnitude >= 0x477ff000);
    result = (overflows & 0x7c00) | (~overflows & result);
    v16u nan = (v16u)(magnitude > 0x7f800000);
    result = (nan & 0x7e00) | (~nan & result);
    return __builtin_convertvector(result | sign, v16h);
#endif
}
