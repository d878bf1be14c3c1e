// Kernels for AVX2 with FMA and F16C.
#include "internal.h"

#if PHAROS_X86
#include <immintrin.h>
#include <math.h>
#include <string.h>

#define HAS_F16C 1
#define FEW_ROWS 2

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "portable/vectors.h"
#include "portable/tiles.h"
#include "portable/int8.h"
#include "portable/rows.h"
#include "portable/softmax.h"
#include "portable/peaks.h"

/// `maddubs` saturates a pair of products above 32,767, so both factors are kept below 128: it multiplies
/// |w| with the activation that has taken over w's sign.
INLINE void multiply_int8(const pharos_tile *tile, const int rows, const int panels) {
    const int8_t *a = tile->a;
    const __m256i flip = _mm256_set1_epi8((char)0x80), ones = _mm256_set1_epi16(1);
    v16 totals[12];
    for (int index = 0; index < rows * panels; index++) totals[index] = splat(0);
    for (int panel = 0; panel < panels; panel++) {
        const char *b = (const char *)tile->b + (size_t)panel * tile->panel_stride;
        for (int word = 0, group = 0; word < tile->words; group++) {
            v16 scales = load((const float *)(const void *)b);
            b += 64;
            int end = word + tile->group_words < tile->words ? word + tile->group_words : tile->words;
            __m256i low[6], high[6];
#pragma clang loop unroll(full)
            for (int row = 0; row < rows; row++) low[row] = high[row] = _mm256_setzero_si256();
            for (; word < end; word++, b += 64) {
                __m256i w = _mm256_xor_si256(_mm256_loadu_si256((const void *)b), flip);
                __m256i v = _mm256_xor_si256(_mm256_loadu_si256((const void *)(b + 32)), flip);
                __m256i w_size = _mm256_abs_epi8(w), v_size = _mm256_abs_epi8(v);
                if (rows <= FEW_ROWS) __builtin_prefetch(b + PREFETCH_BYTES);
#pragma clang loop unroll(full)
                for (int row = 0; row < rows; row++) {
                    int32_t quad;
                    memcpy(&quad, a + (row * ROW_WORDS + word) * 4, 4);
                    __m256i x = _mm256_set1_epi32(quad);
                    __m256i pairs = _mm256_maddubs_epi16(w_size, _mm256_sign_epi8(x, w));
                    low[row] = _mm256_add_epi32(low[row], _mm256_madd_epi16(pairs, ones));
                    pairs = _mm256_maddubs_epi16(v_size, _mm256_sign_epi8(x, v));
                    high[row] = _mm256_add_epi32(high[row], _mm256_madd_epi16(pairs, ones));
                }
            }
#pragma clang loop unroll(full)
            for (int row = 0; row < rows; row++) {
                v16i sums;
                memcpy(&sums, &low[row], 32);
                memcpy((char *)&sums + 32, &high[row], 32);
                size_t at = (size_t)row * tile->group_stride + (size_t)group;
                v16 *total = &totals[row * panels + panel];
                *total = scale_group(sums, tile->scales[at], scales, *total);
            }
        }
    }
    finish_tile(tile, totals);
}

DEFINE_TILES_6(f32_tile, multiply_f32)
DEFINE_TILES_6(bf16_tile, multiply_bf16)
DEFINE_TILES_6(int8_tile, multiply_int8)

static double peak_int8(long rounds) {
    __m256i sums[10], x = _mm256_set1_epi8(1), ones = _mm256_set1_epi16(1);
    for (int i = 0; i < 10; i++) sums[i] = _mm256_setzero_si256();
    for (long round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < 10; i++) {
            sums[i] = _mm256_add_epi32(sums[i], _mm256_madd_epi16(_mm256_maddubs_epi16(x, sums[i]), ones));
        }
    }
    __m256i all = sums[0];
    for (int i = 1; i < 10; i++) all = _mm256_add_epi32(all, sums[i]);
    volatile int sink = _mm256_extract_epi32(all, 0);
    (void)sink;
    return (double)rounds * 10 * 32 * 2;
}

const pharos_kernels pharos_kernels_avx2 = {
    .name = "avx2",
    .f32 = {.rows = 6, .panels = 1, .few_rows = 2, .few_panels = 2, .name = "vfmadd ymm", .multiply = f32_tile},
    .bf16 = {.rows = 6, .panels = 1, .few_rows = 2, .few_panels = 2, .name = "vfmadd ymm", .multiply = bf16_tile},
    .int8 = {.rows = 4, .panels = 1, .few_rows = 2, .few_panels = 2, .name = "vpmaddubsw ymm", .multiply = int8_tile},
#include "portable/table.h"
    .bf16_input = PHAROS_F32,
    .dots_bf16 = dots_bf16,
    .peak_bf16 = peak_f32,
    .peak_int8 = peak_int8,
};

#pragma clang attribute pop
#endif
