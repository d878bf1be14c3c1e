// Kernels for AVX-512 with VNNI, and with BF16 where the CPU has it.
#include "internal.h"

#if PHAROS_X86
#include <immintrin.h>
#include <math.h>
#include <string.h>

#define HAS_F16C 1
#define FEW_ROWS 6

#pragma clang attribute push( \
    __attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), apply_to = function)

#include "portable/vectors.h"
#include "portable/tiles.h"
#include "portable/int8.h"
#include "portable/rows.h"
#include "portable/softmax.h"
#include "portable/peaks.h"

INLINE void multiply_int8(const pharos_tile *tile, const int rows, const int panels) {
    const int8_t *a = tile->a;
    const char *b = tile->b;
    const size_t stride = tile->panel_stride;
    v16 memory[MAXIMUM_TILE_ROWS * MAXIMUM_TILE_PANELS];
    // The registers hold one group's integer sums; what the compiler cannot see through stays in memory.
    v16 *totals = memory;
    __asm__("" : "+r"(totals) : : "memory");
    for (int index = 0; index < rows * panels; index++) totals[index] = splat(0);
    for (int word = 0, group = 0; word < tile->words; group++) {
        const char *scales = b;
        b += 64;
        int end = word + tile->group_words < tile->words ? word + tile->group_words : tile->words;
        __m512i sums[MAXIMUM_TILE_ROWS][MAXIMUM_TILE_PANELS];
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++)
#pragma clang loop unroll(full)
            for (int panel = 0; panel < panels; panel++)
                sums[row][panel] = _mm512_set1_epi32(tile->sums[(size_t)row * tile->group_stride + (size_t)group]);
#pragma clang loop unroll(disable)
        for (; word < end; word++, b += 64) {
            __m512i w[MAXIMUM_TILE_PANELS];
#pragma clang loop unroll(full)
            for (int panel = 0; panel < panels; panel++) {
                w[panel] = _mm512_loadu_si512(b + stride * (size_t)panel);
                __builtin_prefetch(b + stride * (size_t)panel + PREFETCH_BYTES);
            }
#pragma clang loop unroll(full)
            for (int row = 0; row < rows; row++) {
                int32_t quad;
                memcpy(&quad, a + (row * ROW_WORDS + word) * 4, 4);
                __m512i x = _mm512_set1_epi32(quad);
#pragma clang loop unroll(full)
                for (int panel = 0; panel < panels; panel++)
                    sums[row][panel] = _mm512_dpbusd_epi32(sums[row][panel], w[panel], x);
            }
        }
#pragma clang loop unroll(full)
        for (int panel = 0; panel < panels; panel++) {
            v16 scale = load((const float *)(const void *)(scales + stride * (size_t)panel));
#pragma clang loop unroll(full)
            for (int row = 0; row < rows; row++) {
                size_t at = (size_t)row * tile->group_stride + (size_t)group;
                v16 *total = &totals[row * panels + panel];
                *total = scale_group((v16i)sums[row][panel], tile->scales[at], scale, *total);
            }
        }
    }
    finish_tile(tile, totals);
}

DEFINE_TILES_14(f32_tile, multiply_f32)
DEFINE_TILES_14(bf16_emulated_tile, multiply_bf16)
DEFINE_TILES_14(int8_tile, multiply_int8)

static double peak_int8(long rounds) {
    __m512i sums[16], x = _mm512_set1_epi8(1), y = _mm512_set1_epi8(2);
    for (int i = 0; i < 16; i++) sums[i] = _mm512_set1_epi32(i);
    for (long round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < 16; i++) sums[i] = _mm512_dpbusd_epi32(sums[i], x, y);
        __asm__ volatile("" ::: "memory");
    }
    __m512i all = sums[0];
    for (int i = 1; i < 16; i++) all = _mm512_add_epi32(all, sums[i]);
    volatile int sink = _mm512_reduce_add_epi32(all);
    (void)sink;
    return (double)rounds * 16 * 64 * 2;
}

#pragma clang attribute pop
#pragma clang attribute push( \
    __attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16"))), \
    apply_to = function)

INLINE void multiply_bf16_pairs(const pharos_tile *tile, const int rows, const int panels) {
    const uint32_t *a = tile->a;
    const char *b = tile->b;
    const size_t stride = tile->panel_stride;
    __m512 sums[MAXIMUM_TILE_ROWS][MAXIMUM_TILE_PANELS];
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++)
#pragma clang loop unroll(full)
        for (int panel = 0; panel < panels; panel++) sums[row][panel] = _mm512_setzero_ps();
#pragma clang loop unroll(disable)
    for (int word = 0; word < tile->words; word++, b += 64, a++) {
        __m512i w[MAXIMUM_TILE_PANELS];
#pragma clang loop unroll(full)
        for (int panel = 0; panel < panels; panel++) {
            w[panel] = _mm512_loadu_si512(b + stride * (size_t)panel);
            if (rows <= FEW_ROWS) __builtin_prefetch(b + stride * (size_t)panel + PREFETCH_BYTES);
        }
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) {
            __m512i x = _mm512_set1_epi32((int)a[row * ROW_WORDS]);
#pragma clang loop unroll(full)
            for (int panel = 0; panel < panels; panel++)
                sums[row][panel] = _mm512_dpbf16_ps(sums[row][panel], (__m512bh)w[panel], (__m512bh)x);
        }
    }
    v16 results[MAXIMUM_TILE_ROWS * MAXIMUM_TILE_PANELS];
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++)
#pragma clang loop unroll(full)
        for (int panel = 0; panel < panels; panel++) results[row * panels + panel] = sums[row][panel];
    finish_tile(tile, results);
}

DEFINE_TILES_14(bf16_tile, multiply_bf16_pairs)

/// Both factors in bf16.
static void dots_bf16_pairs(
    const void *weights, size_t stride, int outputs, const void *x, size_t block_stride, size_t inputs, float *out
) {
    enum { BLOCK = BLOCK_WORDS * 2 };
    for (int output = 0; output < outputs; output += 4) {
        int count = outputs - output < 4 ? outputs - output : 4;
        const uint16_t *rows[4];
        for (int each = 0; each < 4; each++)
            rows[each] = (const uint16_t *)weights + (size_t)(output + (each < count ? each : 0)) * stride;
        __m512 sums[4] = {_mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps()};
        for (size_t start = 0; start < inputs; start += BLOCK) {
            const uint16_t *block = (const uint16_t *)((const uint32_t *)x + start / BLOCK * block_stride);
            size_t size = min_size(BLOCK, inputs - start);
            for (size_t at = 0; at < size; at += 32) {
                __mmask32 mask = size - at >= 32 ? 0xffffffffu : (1u << (size - at)) - 1;
                __m512i value = _mm512_maskz_loadu_epi16(mask, block + at);
#pragma clang loop unroll(full)
                for (int each = 0; each < 4; each++) __builtin_prefetch(rows[each] + start + at + 8 * stride, 0, 3);
#pragma clang loop unroll(full)
                for (int each = 0; each < 4; each++)
                    sums[each] = _mm512_dpbf16_ps(
                        sums[each], (__m512bh)value,
                        (__m512bh)_mm512_maskz_loadu_epi16(mask, rows[each] + start + at));
            }
        }
        for (int each = 0; each < count; each++) out[output + each] = _mm512_reduce_add_ps(sums[each]);
    }
}

static double peak_bf16(long rounds) {
    __m512 sums[16];
    __m512i x = _mm512_set1_epi16(0x3f80), y = _mm512_set1_epi16(0x3a00);
    for (int i = 0; i < 16; i++) sums[i] = _mm512_set1_ps((float)i);
    for (long round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < 16; i++) sums[i] = _mm512_dpbf16_ps(sums[i], (__m512bh)x, (__m512bh)y);
        __asm__ volatile("" ::: "memory");
    }
    __m512 all = sums[0];
    for (int i = 1; i < 16; i++) all = _mm512_add_ps(all, sums[i]);
    volatile float sink = _mm512_reduce_add_ps(all);
    (void)sink;
    return (double)rounds * 16 * 32 * 2;
}

#pragma clang attribute pop

const tile_kernel pharos_bf16_avx512_pairs = {
    .rows = 14, .panels = 2, .few_rows = 6, .few_panels = 4, .name = "vdpbf16ps zmm", .multiply = bf16_tile};
double (*const pharos_peak_bf16_pairs)(long) = peak_bf16;
const dots_kernel pharos_dots_bf16_pairs = dots_bf16_pairs;

const pharos_kernels pharos_kernels_avx512 = {
    .name = "avx512",
    .f32 = {.rows = 14, .panels = 2, .few_rows = 6, .few_panels = 4, .name = "vfmadd zmm", .multiply = f32_tile},
    .bf16 = {.rows = 12, .panels = 2, .few_rows = 6, .few_panels = 4, .name = "vfmadd zmm", .multiply = bf16_emulated_tile},
    .int8 = {.rows = 14, .panels = 2, .few_rows = 6, .few_panels = 4, .name = "vpdpbusd zmm", .multiply = int8_tile},
#include "portable/table.h"
    .bf16_input = PHAROS_F32,
    .dots_bf16 = dots_bf16,
    .peak_bf16 = peak_f32,
    .peak_int8 = peak_int8,
};
#endif
