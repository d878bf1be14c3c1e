// Kernels for any CPU: what the compiler makes of the portable forms without further instruction sets.
#include <math.h>
#include <string.h>

#include "internal.h"

#define HAS_F16C 0
#define FEW_ROWS 2

#include "portable/vectors.h"
#include "portable/tiles.h"
#include "portable/int8.h"
#include "portable/rows.h"
#include "portable/softmax.h"
#include "portable/peaks.h"

/// Weights are stored with an offset of 128; `sums` holds what that adds, negated.
static void multiply_int8(const pharos_tile *tile) {
    v16 totals[12];
    for (int row = 0; row < tile->rows; row++) {
        const int8_t *a = (const int8_t *)tile->a + (size_t)row * ROW_WORDS * 4;
        for (int panel = 0; panel < tile->panels; panel++) {
            const char *b = (const char *)tile->b + (size_t)panel * tile->panel_stride;
            v16 total = splat(0);
            for (int word = 0, group = 0; word < tile->words; group++) {
                v16 scales = load((const float *)(const void *)b);
                b += 64;
                size_t at = (size_t)row * tile->group_stride + (size_t)group;
                int end = word + tile->group_words < tile->words ? word + tile->group_words : tile->words;
                int32_t sums[PANEL];
                for (int lane = 0; lane < PANEL; lane++) sums[lane] = tile->sums[at];
                for (; word < end; word++, b += 64) {
                    const uint8_t *w = (const uint8_t *)b;
                    for (int lane = 0; lane < PANEL; lane++)
                        for (int part = 0; part < 4; part++)
                            sums[lane] += (int32_t)w[lane * 4 + part] * a[word * 4 + part];
                }
                v16i wide;
                memcpy(&wide, sums, sizeof(wide));
                total = scale_group(wide, tile->scales[at], scales, total);
            }
            totals[row * tile->panels + panel] = total;
        }
    }
    finish_tile(tile, totals);
}

DEFINE_TILES_6(f32_tile, multiply_f32)
DEFINE_TILES_6(bf16_tile, multiply_bf16)

static double peak_int8(long rounds) {
    _Alignas(64) int8_t a[ROW_WORDS * 4];
    _Alignas(64) uint8_t b[64 + BLOCK_WORDS * 64];
    memset(a, 1, sizeof(a));
    memset(b, 0, 64);
    memset(b + 64, 1, sizeof(b) - 64);
    float c[PANEL];
    float scale = 1;
    int32_t sums = 0;
    pharos_tile tile = {
        .a = a, .b = b, .c = c, .c_stride = PANEL, .scales = &scale, .sums = &sums, .group_stride = 1,
        .group_words = BLOCK_WORDS, .rows = 1, .panels = 1, .words = BLOCK_WORDS, .columns = PANEL};
    long tiles = rounds / 64 + 1;
    for (long index = 0; index < tiles; index++) multiply_int8(&tile);
    return (double)tiles * BLOCK_WORDS * PANEL * 4 * 2;
}

const pharos_kernels pharos_kernels_scalar = {
    .name = "scalar",
    .f32 = {.rows = 6, .panels = 1, .few_rows = 2, .few_panels = 2, .name = "portable", .multiply = f32_tile},
    .bf16 = {.rows = 6, .panels = 1, .few_rows = 2, .few_panels = 2, .name = "portable", .multiply = bf16_tile},
    .int8 = {.rows = 6, .panels = 1, .few_rows = 2, .few_panels = 2, .name = "portable", .multiply = multiply_int8},
#include "portable/table.h"
    .bf16_input = PHAROS_F32,
    .dots_bf16 = dots_bf16,
    .peak_bf16 = peak_f32,
    .peak_int8 = peak_int8,
};
