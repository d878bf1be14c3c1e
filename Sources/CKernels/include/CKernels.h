// Kernels of the transformer, in C so that they are optimised in every build configuration.
//
// Every operation takes an engine: which instruction set to use, and the worker pool that owns the cores.
// Work is divided over outputs, rows or heads, never over a summed dimension, so results are the same
// bytes for any number of threads.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "CTrainingKernels.h"

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Instruction sets

/// One implementation of all kernels; `pharos_kernels_for` returns it.
typedef struct pharos_kernels pharos_kernels;

typedef enum {
    PHAROS_SCALAR = 0,
    PHAROS_AVX2 = 1,
    PHAROS_AVX512 = 2,
    /// AVX-512 with bf16 products even where they are slow; for tests.
    PHAROS_AVX512_BF16_PAIRS = 3,
} pharos_instruction_set;

/// The kernels for an instruction set, or NULL where this CPU or build lacks it.
const pharos_kernels *pharos_kernels_for(pharos_instruction_set set);

/// The fastest kernels of this CPU, unless PHAROS_KERNELS=scalar|avx2|avx512 asks for available others.
const pharos_kernels *pharos_kernels_default(void);

/// "scalar", "avx2" or "avx512".
const char *pharos_kernels_name(const pharos_kernels *kernels);

/// The instruction that multiplies the format's words, such as "vpdpbusd zmm".
const char *pharos_kernels_f32_name(const pharos_kernels *kernels);
const char *pharos_kernels_bf16_name(const pharos_kernels *kernels);
const char *pharos_kernels_int8_name(const pharos_kernels *kernels);

// MARK: Worker pool

typedef struct pharos_pool pharos_pool;
typedef void (*pharos_task)(void *context, size_t index);

/// A pool of `threads - 1` workers beside the caller. Workers spin briefly for work, then block.
pharos_pool *pharos_pool_create(int threads);
void pharos_pool_destroy(pharos_pool *pool);

/// Runs `task(context, 0..<count)`, each once, and returns when all are done.
///
/// Called again while running, from a task or another thread, it does the work on the calling thread alone.
void pharos_pool_run(pharos_pool *pool, size_t count, pharos_task task, void *context);

typedef struct {
    const pharos_kernels *kernels;
    pharos_pool *pool;
    int threads;
} pharos_engine;

// MARK: Linear maps

typedef enum {
    PHAROS_F32 = 0,
    PHAROS_BF16 = 1,
    PHAROS_INT8 = 2,
    PHAROS_F16 = 3,
} pharos_type;

/// Weights `[outputs, inputs]`: packed in panels of 16 outputs, or row-major where they lie in a mapped file.
typedef struct {
    pharos_type format;
    size_t outputs;
    size_t inputs;
    /// Inputs that share a scale; int8 only, a power of two in 64...1024.
    size_t group;
    const void *panels;
    const void *rows;
    const float *bias;
} pharos_weights;

/// Bytes of the panels of `weights`.
size_t pharos_panels_size(const pharos_weights *weights);

/// Converts rows `first ..< first + count` (`first` a multiple of 16), given row-major as `type`, into panels.
void pharos_pack(
    const pharos_engine *engine, const pharos_weights *weights, void *panels, const void *source,
    pharos_type type, size_t first, size_t count);

/// The same for rows already quantized, with scales `[count, ceil(inputs / group)]`.
void pharos_pack_quantized(
    const pharos_engine *engine, const pharos_weights *weights, void *panels, const int8_t *values,
    const float *scales, size_t first, size_t count);

/// Quantizes rows as packing does: values in [-127, 127] and one scale per row and group.
void pharos_quantize(
    const pharos_engine *engine, const void *source, pharos_type type, size_t outputs, size_t inputs,
    size_t group, int8_t *values, float *scales);

/// Converts `count` values of `type` (f32, bf16, f16) to fp32, or back, rounding to nearest even.
void pharos_to_float(const pharos_kernels *kernels, pharos_type type, const void *source, float *target, size_t count);
void pharos_from_float(const pharos_kernels *kernels, pharos_type type, const float *source, void *target, size_t count);

/// Drops the resident pages wholly within a read-only file mapping; they are read again when touched.
void pharos_release_pages(const void *base, size_t size);

/// Zeroed, 64-byte-aligned memory, in huge pages where that pays; NULL when there is none.
void *pharos_allocate(size_t size);
void pharos_deallocate(void *base, size_t size);

/// Rows of activations in the form that weights multiply with: blocks of 256 32-bit words, each `[capacity, 272]`.
typedef struct {
    void *values;
    /// Rows there is room for.
    size_t capacity;
    /// `[capacity, ceil(inputs / group)]`; int8 only.
    float *scales;
    /// -128 times the sum of a group's values; the same shape.
    int32_t *sums;
} pharos_activations;

/// The type that activations are prepared as for weights of `format`: the same, or fp32 for bf16 weights.
pharos_type pharos_input_type(const pharos_kernels *kernels, pharos_type format);

/// Bytes of `values` for `rows` rows of an input type.
size_t pharos_activations_size(pharos_type format, size_t rows, size_t inputs);

/// Prepares rows `0 ..< rows` of `source` (`stride` floats apart); `format` is an input type, here and below.
void pharos_prepare(
    const pharos_engine *engine, pharos_type format, size_t inputs, size_t group, const float *source,
    size_t stride, size_t rows, const pharos_activations *target);

/// `result = x Wᵀ + b`, or adds that to `result`, for rows `first ..< first + rows`.
void pharos_multiply(
    const pharos_engine *engine, const pharos_weights *weights, const pharos_activations *activations,
    size_t first, size_t rows, float *result, size_t stride, int adding);

/// `silu(x Gᵀ + g) · (x Uᵀ + u)` for rows `0 ..< rows`, prepared at once as `type` for the weights that follow.
void pharos_multiply_gated(
    const pharos_engine *engine, const pharos_weights *gate, const pharos_weights *up,
    const pharos_activations *activations, size_t rows, pharos_type type, size_t group,
    const pharos_activations *target);

// MARK: Row operations

/// `y = x / sqrt(mean(x²) + epsilon) · weight`, row by row.
void pharos_rms_norm(
    const pharos_engine *engine, const float *x, size_t x_stride, size_t rows, size_t columns,
    const float *weight, float epsilon, float *y, size_t y_stride);

/// The same, prepared at once.
void pharos_rms_norm_prepare(
    const pharos_engine *engine, pharos_type format, size_t group, const float *x, size_t x_stride, size_t rows,
    size_t columns, const float *weight, float epsilon, const pharos_activations *target);

/// `gate = silu(gate) · up`.
void pharos_silu_multiply(const pharos_engine *engine, float *gate, const float *up, size_t count);

/// The same, prepared at once; `gate` is left as it was.
void pharos_silu_multiply_prepare(
    const pharos_engine *engine, pharos_type format, size_t group, const float *gate, const float *up,
    size_t rows, size_t columns, const pharos_activations *target);

/// `x += y`.
void pharos_add(const pharos_engine *engine, float *x, const float *y, size_t count);

/// Keys or values `[heads, tokens, head_dim]` as f32 or f16, in up to two pieces: tokens that are shared and only read,
/// then the matrix's own.
typedef struct {
    /// The own tokens, and elements from one head to the next.
    void *base;
    size_t head_stride;
    /// The shared ones, and how many they are: a multiple of `PHAROS_SHARED_MULTIPLE`.
    const void *shared;
    size_t shared_stride;
    size_t shared_count;
    pharos_type type;
} pharos_heads;

/// What the number of shared tokens is divisible by, so that kernels find as many tokens side by side.
#define PHAROS_SHARED_MULTIPLE 16

/// Cosines and sines, `[positions, head_dim / 2]`.
typedef struct {
    const float *cosines;
    const float *sines;
} pharos_rotary;

/// Where a row goes, and the position it stands at.
typedef struct {
    int64_t row;
    int64_t position;
} pharos_placement;

/// Rotates row `i` of `x` to its position and writes it to its row of `y`.
void pharos_rotate_rows(
    const pharos_engine *engine, const float *x, size_t x_stride, const pharos_placement *placements, size_t rows,
    size_t heads, size_t head_dim, pharos_rotary table, float *y, size_t y_stride);

/// Writes row `i` of `x` to token `base + placements[i].row` of `y`; rotated where the table has cosines.
void pharos_scatter_rows(
    const pharos_engine *engine, const float *x, size_t x_stride, const pharos_placement *placements, size_t rows,
    size_t heads, size_t head_dim, pharos_rotary table, pharos_heads y, size_t base);

/// Rotates tokens `first ..< first + count` of `x` to `positions` into tokens `base ..< base + count` of `y`, which may be
/// the same ones.
void pharos_rotate_heads(
    const pharos_engine *engine, pharos_heads x, size_t first, const int64_t *positions, size_t count,
    size_t heads, size_t head_dim, pharos_rotary table, pharos_heads y, size_t base);

// MARK: Attention

typedef struct {
    /// `[inputs, heads · head_dim]`, rows `query_stride` floats apart.
    const float *queries;
    size_t query_stride;
    size_t inputs;
    size_t heads;
    size_t kv_heads;
    size_t head_dim;
    pharos_heads keys;
    pharos_heads values;
    /// Key columns; input `i` stands at column `total - inputs + i`.
    size_t total;
    /// `[inputs, total]`, non-zero = visible; NULL = causal.
    const uint8_t *mask;
    float *output;
    size_t output_stride;
    /// `[total]`, added to; NULL = not wanted.
    float *mass;
} pharos_attention;

/// Largest `head_dim` that `pharos_attend` takes.
#define PHAROS_MAXIMUM_HEAD_DIM 256

void pharos_attend(const pharos_engine *engine, const pharos_attention *attention);

// MARK: Peaks

/// Operations per second of CPU time of one core, multiplications and additions counted as one each.
double pharos_peak_f32(const pharos_kernels *kernels, double seconds);
double pharos_peak_bf16(const pharos_kernels *kernels, double seconds);
double pharos_peak_int8(const pharos_kernels *kernels, double seconds);

/// Bytes per second of CPU time that one thread reads from memory.
double pharos_peak_read(const pharos_kernels *kernels, double seconds);

/// CPU seconds that this process has used.
double pharos_cpu_seconds(void);

#ifdef __cplusplus
}
#endif
