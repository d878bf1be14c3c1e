#pragma once

#include <stddef.h>
#include <stdint.h>

// The operations of training besides matrix products, each backward beside its forward. All matrices are
// row-major fp32; R = rows, C = columns. "+=" marks results that are added to what is there.

#ifdef __cplusplus
extern "C" {
#endif

// y[R,C] = x · inverse · weight with inverse[R] = 1 / sqrt(mean(x²) + epsilon).
void pharos_train_rmsnorm_forward(const float *x, const float *weight, float *y, float *inverse, size_t rows,
                                  size_t columns, float epsilon);
// y from x and a stored inverse[R].
void pharos_train_rmsnorm_apply(const float *x, const float *weight, const float *inverse, float *y, size_t rows,
                                size_t columns);
// dx[R,C] += …, dweight[C] += … (NULL: not wanted).
void pharos_train_rmsnorm_backward(const float *x, const float *weight, const float *inverse, const float *dy,
                                   float *dx, float *dweight, size_t rows, size_t columns);

// out[R,C] = silu(gate) · up; gate and up are the two halves of pair[R,2C].
void pharos_train_swiglu_forward(const float *pair, float *out, size_t rows, size_t columns);
// pair[R,2C] becomes its own gradient, out[R,C] the forward value again.
void pharos_train_swiglu_backward(float *pair, const float *dout, float *out, size_t rows, size_t columns);

// Rotates heads of input rows into head-major storage: out[h][i] = rotate(x[source[i]][h], positions[i]).
// x has `stride` floats a row; out is [heads][count_capacity][head_dim]; tables are [positions][head_dim / 2].
void pharos_train_rotate_gather(const float *x, size_t stride, const int32_t *source, const int32_t *positions,
                                size_t count, size_t heads, size_t head_dim, const float *cosines,
                                const float *sines, float *out, size_t head_stride);
// The transposed operation: dx[source[i]][h] += rotate⁻¹(dout[h][i]).
void pharos_train_rotate_scatter(const float *dout, size_t head_stride, const int32_t *source,
                                 const int32_t *positions, size_t count, size_t heads, size_t head_dim,
                                 const float *cosines, const float *sines, float *dx, size_t stride);
// out[h][i] = x[source[i]][h]; back: dx[source[i]][h] += dout[h][i]; and x[target[i]][h] = in[h][i].
void pharos_train_gather(const float *x, size_t stride, const int32_t *source, size_t count, size_t heads,
                         size_t head_dim, float *out, size_t head_stride);
void pharos_train_scatter(const float *dout, size_t head_stride, const int32_t *source, size_t count, size_t heads,
                          size_t head_dim, float *dx, size_t stride);
void pharos_train_place(const float *in, size_t head_stride, const int32_t *target, size_t count, size_t heads,
                        size_t head_dim, float *x, size_t stride);

// Softmax of scaled scores in place. Row i is the query at entry e = entries[i] of its segment: it sees memory
// columns [0, memory) and own columns j <= e (mask NULL) or those with mask[e · own + j] != 0.
// log_sum[i] = log Σ exp, needed to come back.
void pharos_train_softmax_forward(float *scores, size_t stride, size_t rows, size_t memory, size_t own_columns,
                                  const int32_t *entries, const uint8_t *mask, size_t own, float scale,
                                  float *log_sum);
// The same probabilities from stored log_sum.
void pharos_train_softmax_again(float *scores, size_t stride, size_t rows, size_t memory, size_t own_columns,
                                const int32_t *entries, const uint8_t *mask, size_t own, float scale,
                                const float *log_sum);
// dscores = p · (dp − delta[i]) · scale, in place in dp.
void pharos_train_softmax_backward(const float *p, float *dp, size_t stride, size_t rows, size_t columns,
                                   const float *delta, float scale);
// delta[i] = Σ_c a[i][c] · b[i][c].
void pharos_train_row_dots(const float *a, const float *b, size_t stride, size_t rows, size_t columns, float *delta);

// Negative log likelihood of targets[i] weighted by weights[i] and summed; logits[R,C] become
// weights[i] · scale · (softmax − onehot). best[i] (NULL: not wanted) is the column of the largest logit.
double pharos_train_cross_entropy(float *logits, size_t rows, size_t columns, const int32_t *targets,
                                  const float *weights, float scale, int32_t *best);

// AdamW with decoupled weight decay; bias corrections are 1 − beta^step; gradients are multiplied by `factor`.
void pharos_train_adamw(float *parameters, const float *gradients, float *first, float *second, size_t count,
                        float rate, float beta1, float beta2, float epsilon, float decay, float correction1,
                        float correction2, float factor);

// y += x; y[C] += Σ_rows x[R,C] (rows `stride` apart); y[i] = x[source[i]]; y[target[i]] += x[i]; Σ x².
void pharos_train_add(float *y, const float *x, size_t count);
void pharos_train_add_columns(float *y, const float *x, size_t rows, size_t columns, size_t stride);
void pharos_train_set_rows(float *y, const float *row, size_t rows, size_t columns, size_t stride);
void pharos_train_gather_rows(float *y, const float *x, const int32_t *source, size_t rows, size_t columns);
void pharos_train_scatter_rows(float *y, const float *x, const int32_t *target, size_t rows, size_t columns);
double pharos_train_square_sum(const float *x, size_t count);

// Has OpenBLAS use AVX kernels on processors whose model it does not know. Call before the first product;
// OPENBLAS_CORETYPE in the environment has the last word.
void pharos_blas_choose_core(void);

#ifdef __cplusplus
}
#endif
