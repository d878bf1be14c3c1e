// What the kernels of every instruction set and the drivers above them share.
#pragma once

#include "include/CKernels.h"

/// A token's values of one head; `PHAROS_SHARED_MULTIPLE` of them lie side by side from every multiple of that on.
static inline void *head_row(const pharos_heads *heads, size_t head_dim, size_t head, size_t token) {
    size_t size = heads->type == PHAROS_F32 ? 4 : 2;
    if (token < heads->shared_count)
        return (char *)heads->shared + (head * heads->shared_stride + token * head_dim) * size;
    return (char *)heads->base + (head * heads->head_stride + (token - heads->shared_count) * head_dim) * size;
}

enum {
    /// Outputs in a panel of weights: 32-bit lanes of a 512-bit register.
    PANEL = 16,
    /// 32-bit words of the summed dimension (1 f32, 2 bf16 or 4 int8 inputs) multiplied in one visit.
    BLOCK_WORDS = 256,
    /// Words from one row of a block of activations to the next: 17 cache lines, so rows fall into different sets.
    ROW_WORDS = 272,
    /// Rows of the largest tile of any instruction set.
    MAXIMUM_TILE_ROWS = 14,
    /// Panels of the widest tile.
    MAXIMUM_TILE_PANELS = 4,
};

/// One tile of a product: `rows` rows of a block of activations times `panels` panels.
///
/// `c = a·b`, or `c += a·b`, where the sum over the block's words is formed first, in order. Every element
/// is summed in the same order whatever the tile, so it does not depend on the rows beside it.
typedef struct {
    /// `[rows, ROW_WORDS]`.
    const void *a;
    /// `[words, PANEL]` words; int8 has 16 f32 scales before each group.
    const void *b;
    /// Bytes from one panel to the next.
    size_t panel_stride;
    float *c;
    size_t c_stride;
    /// int8: scales and sums of the block's first group; `group_stride` from row to row.
    const float *scales;
    const int32_t *sums;
    size_t group_stride;
    int group_words;
    int rows;
    int panels;
    int words;
    /// Columns of `c` that exist, up to `panels * PANEL`.
    int columns;
    int adding;
} pharos_tile;

typedef struct {
    /// Rows of the largest tile.
    int rows;
    /// Up to `few_rows` rows, a tile may take `few_panels` panels (1, 2 or 4) instead of `panels`.
    int panels;
    int few_rows;
    int few_panels;
    const char *name;
    void (*multiply)(const pharos_tile *tile);
} tile_kernel;

typedef void (*dots_kernel)(
    const void *weights, size_t stride, int outputs, const void *x, size_t block_stride, size_t inputs, float *out);

struct pharos_kernels {
    const char *name;
    tile_kernel f32;
    tile_kernel bf16;
    tile_kernel int8;
    /// What bf16 weights multiply with: bf16, or f32 where the CPU's bf16 products are missing or slow.
    pharos_type bf16_input;
    /// Products of one row of activations with bf16 rows where they lie, `stride` elements apart.
    dots_kernel dots_bf16;

    /// Transposes `rows` (<= 16) rows of `words` words, `stride` bytes apart, to `[words, PANEL]`, missing rows zero.
    /// Every word is xored with `flip`.
    void (*pack)(const void *source, size_t stride, int rows, int words, uint32_t flip, void *panel);
    /// Quantizes up to a block of one row: `count` values in groups of `group`.
    void (*quantize)(const float *x, int count, int group, int8_t *values, float *scales, int32_t *sums);
    void (*to_float)(pharos_type type, const void *source, float *target, size_t count);
    void (*from_float)(pharos_type type, const float *source, void *target, size_t count);

    void (*rms_norm)(const float *x, size_t columns, const float *weight, float epsilon, float *y);
    void (*silu_multiply)(const float *gate, const float *up, float *y, size_t count);
    void (*add)(float *x, const float *y, size_t count);
    void (*rotate)(const float *x, const float *cosines, const float *sines, size_t half, float *y);

    /// Replaces scores by exp(score - largest) in each row's first `visible[row]` columns, zeros up to `columns`.
    void (*softmax)(float *scores, const int *visible, int rows, int columns, float *largest, float *sums);
    /// Joins the partial results (`o2`, `m2`, `l2`) to (`o`, `m`, `l`), row by row.
    void (*merge)(
        float *o, float *m, float *l, const float *o2, const float *m2, const float *l2, int rows, size_t stride,
        int columns);
    /// `exp(x)`, as the softmax computes it.
    float (*exponential)(float x);
    /// `mass[column] += scores[column] * factor`.
    void (*accumulate)(float *mass, const float *scores, float factor, int columns);

    double (*peak_f32)(long rounds);
    double (*peak_bf16)(long rounds);
    double (*peak_int8)(long rounds);
    double (*read)(const void *base, size_t size);
};

#if defined(__x86_64__)
#define PHAROS_X86 1
extern const pharos_kernels pharos_kernels_avx2;
extern const pharos_kernels pharos_kernels_avx512;
extern const tile_kernel pharos_bf16_avx512_pairs;
extern const dots_kernel pharos_dots_bf16_pairs;
extern double (*const pharos_peak_bf16_pairs)(long);
#else
#define PHAROS_X86 0
#endif
extern const pharos_kernels pharos_kernels_scalar;

/// Memory of the calling thread, 64-byte-aligned, kept until it ends; a slot's contents last until its next use.
typedef enum {
    SCRATCH_DRIVER,
    SCRATCH_TASK,
    SCRATCH_SLOTS,
} scratch_slot;
void *pharos_scratch(scratch_slot slot, size_t size);

static inline size_t min_size(size_t a, size_t b) { return a < b ? a : b; }
static inline size_t max_size(size_t a, size_t b) { return a > b ? a : b; }
static inline size_t round_up(size_t value, size_t multiple) { return (value + multiple - 1) / multiple * multiple; }
static inline size_t divide_up(size_t value, size_t divisor) { return (value + divisor - 1) / divisor; }

/// Multiplies one block of activations with `panels` panels in tiles that suit `kernel`; `tile` describes the whole.
void pharos_multiply_block(const tile_kernel *kernel, const pharos_tile *whole);

/// Writes columns `first ..< first + count` of a row of `columns`, given in `x`, into blocks of activations.
///
/// Other than in a row's last piece, `count` is a multiple of 16, and for int8 `first` and `count` are of `group`.
void pharos_place_row(
    const pharos_kernels *kernels, const pharos_activations *target, pharos_type type, size_t group, size_t columns,
    size_t row, size_t first, size_t count, const float *x);
