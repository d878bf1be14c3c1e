// Kernels over one row or one run of values.

/// Transposes 16x16 words held in `x`, in place.
INLINE void transpose(v16u x[16]) {
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
    v16u t[16];
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i += 2) {
        t[i] = SHUFFLE(x[i], x[i + 1], 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);
        t[i + 1] = SHUFFLE(x[i], x[i + 1], 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i += 4) {
        x[i] = SHUFFLE(t[i], t[i + 2], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
        x[i + 1] = SHUFFLE(t[i], t[i + 2], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
        x[i + 2] = SHUFFLE(t[i + 1], t[i + 3], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
        x[i + 3] = SHUFFLE(t[i + 1], t[i + 3], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
    }
    // x[4 i + j] holds column j of every 4x4 block of rows 4 i ..< 4 i + 4; now transpose the blocks.
#pragma clang loop unroll(full)
    for (int j = 0; j < 4; j++) {
        v16u a = SHUFFLE(x[j], x[4 + j], 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
        v16u b = SHUFFLE(x[j], x[4 + j], 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
        v16u c = SHUFFLE(x[8 + j], x[12 + j], 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
        v16u d = SHUFFLE(x[8 + j], x[12 + j], 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
        t[j] = SHUFFLE(a, c, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
        t[4 + j] = SHUFFLE(a, c, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
        t[8 + j] = SHUFFLE(b, d, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
        t[12 + j] = SHUFFLE(b, d, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) x[i] = t[i];
#undef SHUFFLE
}

static void pack(const void *source, size_t stride, int rows, int words, uint32_t flip, void *panel) {
    const char *from = source;
    char *to = panel;
    int word = 0;
    for (; word + 16 <= words; word += 16) {
        v16u block[16];
        if (rows == PANEL) {
#pragma clang loop unroll(full)
            for (int row = 0; row < 16; row++)
                block[row] = *(const v16u_unaligned *)(from + (size_t)row * stride + (size_t)word * 4) ^ flip;
        } else {
            for (int row = 0; row < 16; row++)
                block[row] = row < rows
                    ? *(const v16u_unaligned *)(from + (size_t)row * stride + (size_t)word * 4) ^ flip : (v16u){0};
        }
        transpose(block);
#pragma clang loop unroll(full)
        for (int row = 0; row < 16; row++) *(v16u_unaligned *)(to + (size_t)(word + row) * 64) = block[row];
    }
    for (; word < words; word++) {
        uint32_t column[PANEL] = {0};
        for (int row = 0; row < rows; row++) {
            memcpy(&column[row], from + (size_t)row * stride + (size_t)word * 4, 4);
            column[row] ^= flip;
        }
        memcpy(to + (size_t)word * 64, column, sizeof(column));
    }
}

/// Rounds a vector of a group to `[-127, 127]`.
INLINE v16i round_to_int8(v16 value, float inverse) {
    value = smallest(largest(value * splat(inverse), splat(-127)), splat(127));
    // Adding 1.5 · 2^23 rounds to nearest even and leaves the integer in the low bits.
    return (v16i)(value + splat(12582912.0f)) - 0x4b400000;
}

static void quantize(const float *x, int count, int group, int8_t *values, float *scales, int32_t *sums) {
    typedef int8_t v16b __attribute__((vector_size(16)));
    for (int start = 0, index = 0; start < count; start += group, index++) {
        int size = count - start < group ? count - start : group, whole = size / 16 * 16, rest = size - whole;
        const float *part = x + start;
        // By their bits, absolute values are in order as integers, and what is no number is above them all: the scale
        // then is none either, and whoever uses the values sees it.
        v16i top = {0};
        for (int at = 0; at < whole; at += 16) top = __builtin_elementwise_max(top, (v16i)load(part + at) & 0x7fffffff);
        if (rest) top = __builtin_elementwise_max(top, (v16i)load_some(part + whole, rest) & 0x7fffffff);
        int32_t bits = __builtin_reduce_max(top);
        float extent;
        memcpy(&extent, &bits, sizeof(extent));
        float inverse = extent > 0 ? 127 / extent : 0;
        v16i total = {0};
        for (int at = 0; at < whole; at += 16) {
            v16i rounded = round_to_int8(load(part + at), inverse);
            total += rounded;
            v16b narrow = __builtin_convertvector(rounded, v16b);
            memcpy(values + start + at, &narrow, 16);
        }
        if (rest) {
            v16i rounded = round_to_int8(load_some(part + whole, rest), inverse);
            total += rounded;
            v16b narrow = __builtin_convertvector(rounded, v16b);
            memcpy(values + start + whole, &narrow, (size_t)rest);
        }
        scales[index] = extent / 127;
        if (sums) sums[index] = -128 * __builtin_reduce_add(total);
    }
}

static void to_float(pharos_type type, const void *source, float *target, size_t count) {
    if (type == PHAROS_F32) {
        memcpy(target, source, count * sizeof(float));
        return;
    }
    const char *halves = source;
    size_t at = 0;
    for (; at + 16 <= count; at += 16) {
        v16h value = *(const v16h_unaligned *)(const void *)(halves + at * 2);
        store(target + at, type == PHAROS_BF16 ? from_bf16(value) : from_f16(value));
    }
    if (at < count) {
        v16h value = {0};
        memcpy(&value, halves + at * 2, (count - at) * 2);
        store_some(target + at, type == PHAROS_BF16 ? from_bf16(value) : from_f16(value), (int)(count - at));
    }
}

static void from_float(pharos_type type, const float *source, void *target, size_t count) {
    if (type == PHAROS_F32) {
        memcpy(target, source, count * sizeof(float));
        return;
    }
    uint16_t *halves = target;
    for (size_t at = 0; at < count; at += 16) {
        size_t left = count - at;
        v16 value = left >= 16 ? load(source + at) : load_some(source + at, (int)left);
        v16h half = type == PHAROS_BF16 ? to_bf16(value) : to_f16(value);
        memcpy(halves + at, &half, left >= 16 ? 32 : left * 2);
    }
}

static void rms_norm(const float *x, size_t columns, const float *weight, float epsilon, float *y) {
    v16 even = splat(0), odd = splat(0);
    size_t at = 0;
    for (; at + 32 <= columns; at += 32) {
        v16 first = load(x + at), second = load(x + at + 16);
        even = first * first + even;
        odd = second * second + odd;
    }
    for (; at < columns; at += 16) {
        size_t left = columns - at;
        v16 value = left >= 16 ? load(x + at) : load_some(x + at, (int)left);
        even = value * value + even;
    }
    v16 scale = splat(1 / __builtin_sqrtf(sum(even + odd) / (float)columns + epsilon));
    for (at = 0; at + 16 <= columns; at += 16) store(y + at, load(x + at) * scale * load(weight + at));
    if (at < columns) {
        int left = (int)(columns - at);
        store_some(y + at, load_some(x + at, left) * scale * load_some(weight + at, left), left);
    }
}

INLINE v16 silu(v16 x) { return x / (splat(1) + exponential(-x)); }

static void silu_multiply(const float *gate, const float *up, float *y, size_t count) {
    size_t at = 0;
    for (; at + 16 <= count; at += 16) store(y + at, silu(load(gate + at)) * load(up + at));
    if (at < count) {
        int left = (int)(count - at);
        store_some(y + at, silu(load_some(gate + at, left)) * load_some(up + at, left), left);
    }
}

static void add(float *x, const float *y, size_t count) {
    for (size_t at = 0; at < count; at++) x[at] += y[at];
}

static void rotate(const float *x, const float *cosines, const float *sines, size_t half, float *y) {
    size_t at = 0;
    for (; at + 16 <= half; at += 16) {
        v16 cosine = load(cosines + at), sine = load(sines + at);
        v16 first = load(x + at), second = load(x + half + at);
        store(y + at, first * cosine - second * sine);
        store(y + half + at, second * cosine + first * sine);
    }
    if (at < half) {
        int left = (int)(half - at);
        v16 cosine = load_some(cosines + at, left), sine = load_some(sines + at, left);
        v16 first = load_some(x + at, left), second = load_some(x + half + at, left);
        store_some(y + at, first * cosine - second * sine, left);
        store_some(y + half + at, second * cosine + first * sine, left);
    }
}
