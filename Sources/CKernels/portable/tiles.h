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

INLINE void multiply_bf16(const pharos_tile *tile, const int rows, const int panels) {
    const uint32_t *a = tile->a;
    const char *b = tile->b;
    const size_t stride = tile->panel_stride;
    v16 sums[MAXIMUM_TILE_ROWS][MAXIMUM_TILE_PANELS];
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++)
#pragma clang loop unroll(full)
        for (int panel = 0; panel < panels; panel++) sums[row][panel] = splat(0);
#pragma clang loop unroll(disable)
    for (int word = 0; word < tile->words; word++, b += 64, a++) {
        v16 low[MAXIMUM_TILE_PANELS], high[MAXIMUM_TILE_PANELS];
#pragma clang loop unroll(full)
        for (int panel = 0; panel < panels; panel++) {
            v16u pair = *(const v16u_unaligned *)(b + stride * (size_t)panel);
            low[panel] = (v16)(pair << 16);
            high[panel] = (v16)(pair & 0xffff0000u);
            if (rows <= FEW_ROWS) __builtin_prefetch(b + stride * (size_t)panel + PREFETCH_BYTES);
        }
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) {
            uint32_t pair = a[row * ROW_WORDS];
            uint32_t halves[2] = {pair << 16, pair & 0xffff0000u};
            float first, second;
            memcpy(&first, &halves[0], sizeof(float));
            memcpy(&second, &halves[1], sizeof(float));
            v16 x = splat(first), y = splat(second);
#pragma clang loop unroll(full)
            for (int panel = 0; panel < panels; panel++) {
                sums[row][panel] = x * low[panel] + sums[row][panel];
                sums[row][panel] = y * high[panel] + sums[row][panel];
            }
        }
    }
    v16 results[MAXIMUM_TILE_ROWS * MAXIMUM_TILE_PANELS];
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++)
#pragma clang loop unroll(full)
        for (int panel = 0; panel < panels; panel++) results[row * panels + panel] = sums[row][panel];
    finish_tile(tile, results);
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
