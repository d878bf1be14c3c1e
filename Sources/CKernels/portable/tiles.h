// Tiles of f32 and bf16 products in vector types. FULL_TILE(rows, panels) instances are what a set's registers hold.

/// Adds a tile's sums, `[rows, panels, PANEL]`, to its results, or stores them there.
///
/// Out of line: the tiles' code stays small, and their loops keep the registers.
static __attribute__((noinline)) void finish_tile(const pharos_tile *tile, const v16 *sums) {
    for (int row = 0; row < tile->rows; row++) {
        for (int panel = 0; panel < tile->panels; panel++, sums++) {
            float *c = tile->c + (size_t)row * tile->c_stride + panel * PANEL;
            int columns = tile->columns - panel * PANEL;
            if (columns >= PANEL) {
                store(c, tile->adding ? load(c) + *sums : *sums);
            } else if (columns > 0) {
                store_some(c, tile->adding ? load_some(c, columns) + *sums : *sums, columns);
            }
        }
    }
}

#define PREFETCH_BYTES 1024

INLINE void multiply_f32(const pharos_tile *tile, const int rows, const int panels) {
    const float *a = tile->a;
    const char *b = tile->b;
    const size_t stride = tile->panel_stride;
    v16 sums[MAXIMUM_TILE_ROWS][MAXIMUM_TILE_PANELS];
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++)
#pragma clang loop unroll(full)
        for (int panel = 0; panel < panels; panel++) sums[row][panel] = splat(0);
#pragma clang loop unroll(disable)
    for (int word = 0; word < tile->words; word++, b += 64, a++) {
        v16 w[MAXIMUM_TILE_PANELS];
#pragma clang loop unroll(full)
        for (int panel = 0; panel < panels; panel++) {
            w[panel] = load((const float *)(b + stride * (size_t)panel));
            if (rows <= FEW_ROWS) __builtin_prefetch(b + stride * (size_t)panel + PREFETCH_BYTES);
        }
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) {
            v16 x = splat(a[row * ROW_WORDS]);
#pragma clang loop unroll(full)
            for (int panel = 0; panel < panels; panel++) sums[row][panel] = x * w[panel] + sums[row][panel];
        }
    }
    v16 results[MAXIMUM_TILE_ROWS * MAXIMUM_TILE_PANELS];
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++)
#pragma clang loop unroll(full)
        for (int panel = 0; panel < panels; panel++) results[row * panels + panel] = sums[row][panel];
    finish_tile(tile, results);
}

/// bf16 weights in pairs, activations in fp32: a word's low half meets `a[0]`, its high half `a[1]`.
INLINE void multiply_bf16(const pharos_tile *tile, const int rows, const int panels) {
    const float *a = tile->a;
    const char *b = tile->b;
    const size_t stride = tile->panel_stride;
    v16 sums[MAXIMUM_TILE_ROWS][MAXIMUM_TILE_PANELS];
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++)
#pragma clang loop unroll(full)
        for (int panel = 0; panel < panels; panel++) sums[row][panel] = splat(0);
#pragma clang loop unroll(disable)
    for (int word = 0; word < tile->words; word++, b += 64, a += 2) {
        v16 w[MAXIMUM_TILE_PANELS];
#pragma clang loop unroll(full)
        for (int panel = 0; panel < panels; panel++) {
            w[panel] = (v16)(*(const v16u_unaligned *)(b + stride * (size_t)panel) << 16);
            if (rows <= FEW_ROWS) __builtin_prefetch(b + stride * (size_t)panel + PREFETCH_BYTES);
        }
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) {
            v16 x = splat(a[row * ROW_WORDS]);
#pragma clang loop unroll(full)
            for (int panel = 0; panel < panels; panel++) sums[row][panel] = x * w[panel] + sums[row][panel];
        }
#pragma clang loop unroll(full)
        for (int panel = 0; panel < panels; panel++)
            w[panel] = (v16)(*(const v16u_unaligned *)(b + stride * (size_t)panel) & 0xffff0000u);
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) {
            v16 x = splat(a[row * ROW_WORDS + 1]);
#pragma clang loop unroll(full)
            for (int panel = 0; panel < panels; panel++) sums[row][panel] = x * w[panel] + sums[row][panel];
        }
    }
    v16 results[MAXIMUM_TILE_ROWS * MAXIMUM_TILE_PANELS];
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++)
#pragma clang loop unroll(full)
        for (int panel = 0; panel < panels; panel++) results[row * panels + panel] = sums[row][panel];
    finish_tile(tile, results);
}

/// `out[output] = dot(x, row)` for rows of bf16 weights where they lie, one row of fp32 activations in blocks.
static void dots_bf16(
    const void *weights, size_t stride, int outputs, const void *x, size_t block_stride, size_t inputs, float *out
) {
    for (int output = 0; output < outputs; output += 4) {
        int count = outputs - output < 4 ? outputs - output : 4;
        const uint16_t *rows[4];
        for (int each = 0; each < 4; each++)
            rows[each] = (const uint16_t *)weights + (size_t)(output + (each < count ? each : 0)) * stride;
        v16 sums[4] = {splat(0), splat(0), splat(0), splat(0)};
        for (size_t start = 0; start < inputs; start += BLOCK_WORDS) {
            const float *block = (const float *)x + start / BLOCK_WORDS * block_stride;
            size_t size = min_size(BLOCK_WORDS, inputs - start);
            size_t at = 0;
            for (; at + 16 <= size; at += 16) {
                v16 value = load(block + at);
                // Rows follow one another in memory: these bytes are eight rows ahead.
                if (at % 32 == 0) {
#pragma clang loop unroll(full)
                    for (int each = 0; each < 4; each++)
                        __builtin_prefetch(rows[each] + start + at + 8 * stride, 0, 3);
                }
#pragma clang loop unroll(full)
                for (int each = 0; each < 4; each++)
                    sums[each] = value * from_bf16(*(const v16h_unaligned *)(rows[each] + start + at)) + sums[each];
            }
            if (at < size) {
                v16 value = load_some(block + at, (int)(size - at));
                for (int each = 0; each < 4; each++) {
                    v16h part = {0};
                    memcpy(&part, rows[each] + start + at, (size - at) * 2);
                    sums[each] = value * from_bf16(part) + sums[each];
                }
            }
        }
        for (int each = 0; each < count; each++) out[output + each] = sum(sums[each]);
    }
}

/// Defines `name`, which runs the instance of `body` for a tile's rows and panels.
///
/// Up to FEW_ROWS rows, tiles have 1, 2 or 4 panels; above, 1 or 2.
#define TILE_CASE(body, r, p) \
    case (r) * 8 + (p): body(tile, r, p); return;
#define TILE_FEW(body, r) TILE_CASE(body, r, 1) TILE_CASE(body, r, 2) TILE_CASE(body, r, 4)
#define TILE_MANY(body, r) TILE_CASE(body, r, 1) TILE_CASE(body, r, 2)

#define DEFINE_TILES_14(name, body) \
    static void name(const pharos_tile *tile) { \
        switch (tile->rows * 8 + tile->panels) { \
            TILE_FEW(body, 1) TILE_FEW(body, 2) TILE_FEW(body, 3) TILE_FEW(body, 4) TILE_FEW(body, 5) TILE_FEW(body, 6) \
            TILE_MANY(body, 7) TILE_MANY(body, 8) TILE_MANY(body, 9) TILE_MANY(body, 10) TILE_MANY(body, 11) \
            TILE_MANY(body, 12) TILE_MANY(body, 13) TILE_MANY(body, 14) \
        default: __builtin_trap(); \
        } \
    }

/// Up to 2 rows take 2 panels; up to 6, one.
#define DEFINE_TILES_6(name, body) \
    static void name(const pharos_tile *tile) { \
        switch (tile->rows * 8 + tile->panels) { \
            TILE_MANY(body, 1) TILE_MANY(body, 2) \
            TILE_CASE(body, 3, 1) TILE_CASE(body, 4, 1) TILE_CASE(body, 5, 1) TILE_CASE(body, 6, 1) \
        default: __builtin_trap(); \
        } \
    }
