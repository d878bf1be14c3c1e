#include "CTrainingKernels.h"

#include <math.h>
#include <string.h>

// Loops are written for the compiler's vectoriser; it makes a variant per instruction set and the loader picks.
#if defined(__x86_64__) && defined(__linux__)
#define VARIANTS __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VARIANTS
#endif
#define INLINE static inline __attribute__((always_inline))

// Sums may be taken in vector order: the same order on every run of one variant.
#define REASSOCIATE _Pragma("clang fp reassociate(on) contract(fast)")

// exp to 2 units in the last place on [-87, 88]; smaller arguments give 0 or a denormal-sized value.
INLINE float exponential(float x) {
    x = x < -87.0f ? -87.0f : (x > 88.0f ? 88.0f : x);
    const float shifted = x * 1.44269504088896341f + 12582912.0f;  // rounds to an integer
    const float n = shifted - 12582912.0f;
    float r = x - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    union { int32_t i; float f; } power;
    power.i = ((int32_t)n + 127) << 23;
    return p * power.f;
}

VARIANTS void pharos_train_rmsnorm_apply(const float *x, const float *weight, const float *inverse, float *y,
                                         size_t rows, size_t columns) {
    for (size_t i = 0; i < rows; i++) {
        const float scale = inverse[i];
        for (size_t c = 0; c < columns; c++) y[i * columns + c] = x[i * columns + c] * scale * weight[c];
    }
}

VARIANTS void pharos_train_rmsnorm_forward(const float *x, const float *weight, float *y, float *inverse, size_t rows,
                                           size_t columns, float epsilon) {
    REASSOCIATE
    for (size_t i = 0; i < rows; i++) {
        const float *row = x + i * columns;
        float sum = 0;
        for (size_t c = 0; c < columns; c++) sum += row[c] * row[c];
        const float scale = 1.0f / sqrtf(sum / (float)columns + epsilon);
        inverse[i] = scale;
        for (size_t c = 0; c < columns; c++) y[i * columns + c] = row[c] * scale * weight[c];
    }
}

VARIANTS void pharos_train_rmsnorm_backward(const float *x, const float *weight, const float *inverse, const float *dy,
                                            float *dx, float *dweight, size_t rows, size_t columns) {
    REASSOCIATE
    for (size_t i = 0; i < rows; i++) {
        const float *a = x + i * columns;
        const float *g = dy + i * columns;
        float *d = dx + i * columns;
        const float scale = inverse[i];
        float dot = 0;
        for (size_t c = 0; c < columns; c++) dot += a[c] * g[c] * weight[c];
        const float back = dot * scale * scale * scale / (float)columns;
        for (size_t c = 0; c < columns; c++) d[c] += g[c] * weight[c] * scale - a[c] * back;
        if (dweight)
            for (size_t c = 0; c < columns; c++) dweight[c] += g[c] * a[c] * scale;
    }
}

VARIANTS void pharos_train_swiglu_forward(const float *pair, float *out, size_t rows, size_t columns) {
    for (size_t i = 0; i < rows; i++) {
        const float *gate = pair + i * 2 * columns;
        const float *up = gate + columns;
        float *o = out + i * columns;
        for (size_t c = 0; c < columns; c++) o[c] = gate[c] / (1.0f + exponential(-gate[c])) * up[c];
    }
}

VARIANTS void pharos_train_swiglu_backward(float *pair, const float *dout, float *out, size_t rows, size_t columns) {
    for (size_t i = 0; i < rows; i++) {
        float *restrict gate = pair + i * 2 * columns;
        float *restrict up = gate + columns;
        const float *restrict d = dout + i * columns;
        float *restrict o = out + i * columns;
        for (size_t c = 0; c < columns; c++) {
            const float s = 1.0f / (1.0f + exponential(-gate[c]));
            const float silu = gate[c] * s;
            const float u = up[c];
            o[c] = silu * u;
            up[c] = d[c] * silu;
            gate[c] = d[c] * u * (s + silu * (1.0f - s));
        }
    }
}

VARIANTS void pharos_train_rotate_gather(const float *x, size_t stride, const int32_t *source,
                                         const int32_t *positions, size_t count, size_t heads, size_t head_dim,
                                         const float *cosines, const float *sines, float *out, size_t head_stride) {
    const size_t half = head_dim / 2;
    for (size_t i = 0; i < count; i++) {
        const float *restrict c = cosines + (size_t)positions[i] * half;
        const float *restrict s = sines + (size_t)positions[i] * half;
        for (size_t h = 0; h < heads; h++) {
            const float *restrict a = x + (size_t)source[i] * stride + h * head_dim;
            float *restrict y = out + h * head_stride + i * head_dim;
            for (size_t k = 0; k < half; k++) {
                y[k] = a[k] * c[k] - a[k + half] * s[k];
                y[k + half] = a[k + half] * c[k] + a[k] * s[k];
            }
        }
    }
}

VARIANTS void pharos_train_rotate_scatter(const float *dout, size_t head_stride, const int32_t *source,
                                          const int32_t *positions, size_t count, size_t heads, size_t head_dim,
                                          const float *cosines, const float *sines, float *dx, size_t stride) {
    const size_t half = head_dim / 2;
    for (size_t i = 0; i < count; i++) {
        const float *restrict c = cosines + (size_t)positions[i] * half;
        const float *restrict s = sines + (size_t)positions[i] * half;
        for (size_t h = 0; h < heads; h++) {
            const float *restrict g = dout + h * head_stride + i * head_dim;
            float *restrict d = dx + (size_t)source[i] * stride + h * head_dim;
            for (size_t k = 0; k < half; k++) {
                d[k] += g[k] * c[k] + g[k + half] * s[k];
                d[k + half] += g[k + half] * c[k] - g[k] * s[k];
            }
        }
    }
}

void pharos_train_gather(const float *x, size_t stride, const int32_t *source, size_t count, size_t heads,
                         size_t head_dim, float *out, size_t head_stride) {
    for (size_t i = 0; i < count; i++)
        for (size_t h = 0; h < heads; h++)
            memcpy(out + h * head_stride + i * head_dim, x + (size_t)source[i] * stride + h * head_dim,
                   head_dim * sizeof(float));
}

void pharos_train_place(const float *in, size_t head_stride, const int32_t *target, size_t count, size_t heads,
                        size_t head_dim, float *x, size_t stride) {
    for (size_t i = 0; i < count; i++)
        for (size_t h = 0; h < heads; h++)
            memcpy(x + (size_t)target[i] * stride + h * head_dim, in + h * head_stride + i * head_dim,
                   head_dim * sizeof(float));
}

VARIANTS void pharos_train_scatter(const float *dout, size_t head_stride, const int32_t *source, size_t count,
                                   size_t heads, size_t head_dim, float *dx, size_t stride) {
    for (size_t i = 0; i < count; i++)
        for (size_t h = 0; h < heads; h++) {
            const float *restrict g = dout + h * head_stride + i * head_dim;
            float *restrict d = dx + (size_t)source[i] * stride + h * head_dim;
            for (size_t k = 0; k < head_dim; k++) d[k] += g[k];
        }
}

// Columns row `i` sees without a mask: memory, and its own columns up to itself.
INLINE size_t visible_columns(size_t memory, size_t own_columns, size_t row) {
    const size_t own = row + 1 < own_columns ? row + 1 : own_columns;
    return memory + own;
}

INLINE void hide(float *row, size_t memory, size_t own_columns, const uint8_t *mask) {
    for (size_t j = 0; j < own_columns; j++) row[memory + j] = mask[j] ? row[memory + j] : -1e30f;
}

VARIANTS void pharos_train_softmax_forward(float *scores, size_t stride, size_t rows, size_t memory,
                                           size_t own_columns, const int32_t *entries, const uint8_t *mask,
                                           size_t own, float scale, float *log_sum) {
    REASSOCIATE
    for (size_t i = 0; i < rows; i++) {
        float *restrict row = scores + i * stride;
        const size_t all = memory + own_columns;
        const size_t seen = mask ? all : visible_columns(memory, own_columns, (size_t)entries[i]);
        if (mask) hide(row, memory, own_columns, mask + (size_t)entries[i] * own);
        float largest = -1e30f;
        for (size_t j = 0; j < seen; j++) largest = row[j] > largest ? row[j] : largest;
        const float shift = largest * scale;
        float sum = 0;
        for (size_t j = 0; j < seen; j++) {
            const float e = row[j] < -1e29f ? 0.0f : exponential(row[j] * scale - shift);
            row[j] = e;
            sum += e;
        }
        const float inverse = 1.0f / sum;
        for (size_t j = 0; j < seen; j++) row[j] *= inverse;
        for (size_t j = seen; j < all; j++) row[j] = 0;
        log_sum[i] = shift + logf(sum);
    }
}

VARIANTS void pharos_train_softmax_again(float *scores, size_t stride, size_t rows, size_t memory, size_t own_columns,
                                         const int32_t *entries, const uint8_t *mask, size_t own, float scale,
                                         const float *log_sum) {
    for (size_t i = 0; i < rows; i++) {
        float *restrict row = scores + i * stride;
        const size_t all = memory + own_columns;
        const size_t seen = mask ? all : visible_columns(memory, own_columns, (size_t)entries[i]);
        if (mask) hide(row, memory, own_columns, mask + (size_t)entries[i] * own);
        const float shift = log_sum[i];
        for (size_t j = 0; j < seen; j++) row[j] = row[j] < -1e29f ? 0.0f : exponential(row[j] * scale - shift);
        for (size_t j = seen; j < all; j++) row[j] = 0;
    }
}

VARIANTS void pharos_train_softmax_backward(const float *p, float *dp, size_t stride, size_t rows, size_t columns,
                                            const float *delta, float scale) {
    for (size_t i = 0; i < rows; i++) {
        const float *restrict a = p + i * stride;
        float *restrict d = dp + i * stride;
        const float shift = delta[i];
        for (size_t j = 0; j < columns; j++) d[j] = a[j] * (d[j] - shift) * scale;
    }
}

VARIANTS void pharos_train_row_dots(const float *a, const float *b, size_t stride, size_t rows, size_t columns,
                                    float *delta) {
    REASSOCIATE
    for (size_t i = 0; i < rows; i++) {
        float sum = 0;
        for (size_t c = 0; c < columns; c++) sum += a[i * stride + c] * b[i * stride + c];
        delta[i] = sum;
    }
}

VARIANTS double pharos_train_cross_entropy(float *logits, size_t rows, size_t columns, const int32_t *targets,
                                           const float *weights, float scale, int32_t *best) {
    REASSOCIATE
    double total = 0;
    for (size_t i = 0; i < rows; i++) {
        float *restrict row = logits + i * columns;
        const float aimed = row[targets[i]];
        float largest = row[0];
        for (size_t j = 0; j < columns; j++) largest = row[j] > largest ? row[j] : largest;
        if (best) {
            int32_t found = 0;
            while (row[found] != largest && (size_t)found + 1 < columns) found++;
            best[i] = found;
        }
        float sum = 0;
        for (size_t j = 0; j < columns; j++) {
            const float e = exponential(row[j] - largest);
            row[j] = e;
            sum += e;
        }
        total += (double)weights[i] * ((double)largest + log((double)sum) - (double)aimed);
        const float factor = weights[i] * scale / sum;
        for (size_t j = 0; j < columns; j++) row[j] *= factor;
        row[targets[i]] -= weights[i] * scale;
    }
    return total;
}

VARIANTS void pharos_train_adamw(float *restrict parameters, const float *restrict gradients, float *restrict first,
                                 float *restrict second, size_t count, float rate, float beta1, float beta2,
                                 float epsilon, float decay, float correction1, float correction2, float factor) {
    const float step = rate / correction1;
    const float root = 1.0f / sqrtf(correction2);
    const float keep = 1.0f - rate * decay;
    for (size_t i = 0; i < count; i++) {
        const float g = gradients[i] * factor;
        const float m = beta1 * first[i] + (1.0f - beta1) * g;
        const float v = beta2 * second[i] + (1.0f - beta2) * g * g;
        first[i] = m;
        second[i] = v;
        parameters[i] = parameters[i] * keep - step * m / (sqrtf(v) * root + epsilon);
    }
}

VARIANTS void pharos_train_add(float *restrict y, const float *restrict x, size_t count) {
    for (size_t i = 0; i < count; i++) y[i] += x[i];
}

VARIANTS void pharos_train_add_columns(float *restrict y, const float *restrict x, size_t rows, size_t columns,
                                       size_t stride) {
    for (size_t i = 0; i < rows; i++)
        for (size_t c = 0; c < columns; c++) y[c] += x[i * stride + c];
}

void pharos_train_set_rows(float *y, const float *row, size_t rows, size_t columns, size_t stride) {
    for (size_t i = 0; i < rows; i++) memcpy(y + i * stride, row, columns * sizeof(float));
}

void pharos_train_gather_rows(float *y, const float *x, const int32_t *source, size_t rows, size_t columns) {
    for (size_t i = 0; i < rows; i++)
        memcpy(y + i * columns, x + (size_t)source[i] * columns, columns * sizeof(float));
}

VARIANTS void pharos_train_scatter_rows(float *y, const float *x, const int32_t *target, size_t rows, size_t columns) {
    for (size_t i = 0; i < rows; i++) {
        float *restrict d = y + (size_t)target[i] * columns;
        const float *restrict s = x + i * columns;
        for (size_t c = 0; c < columns; c++) d[c] += s[c];
    }
}

VARIANTS double pharos_train_square_sum(const float *x, size_t count) {
    REASSOCIATE
    double total = 0;
    for (size_t start = 0; start < count; start += 4096) {
        const size_t end = start + 4096 < count ? start + 4096 : count;
        float sum = 0;
        for (size_t i = start; i < end; i++) sum += x[i] * x[i];
        total += (double)sum;
    }
    return total;
}
