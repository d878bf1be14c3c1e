// Operations over rows, divided among the workers where there is enough to do.
#include <string.h>

#include "internal.h"

/// Values a task should touch at least, so that handing it over costs less than it saves.
static const size_t task_values = 16384;

typedef void (*row_body)(const void *job, size_t row);

typedef struct {
    row_body body;
    const void *job;
    size_t rows;
    size_t rows_per_task;
} row_job;

static void run_rows(void *context, size_t index) {
    const row_job *job = context;
    size_t end = min_size(job->rows, (index + 1) * job->rows_per_task);
    for (size_t row = index * job->rows_per_task; row < end; row++) job->body(job->job, row);
}

static void for_rows(const pharos_engine *engine, size_t rows, size_t columns, row_body body, const void *job) {
    size_t per_task = max_size(1, task_values / max_size(columns, 1));
    row_job work = {body, job, rows, per_task};
    pharos_pool_run(engine->pool, divide_up(rows, per_task), run_rows, &work);
}

// MARK: Preparing activations

static size_t words_of(pharos_type format, size_t inputs) {
    return divide_up(inputs, format == PHAROS_F32 ? 1 : format == PHAROS_BF16 ? 2 : 4);
}

size_t pharos_activations_size(pharos_type format, size_t rows, size_t inputs) {
    return divide_up(words_of(format, inputs), BLOCK_WORDS) * rows * ROW_WORDS * 4;
}

typedef struct {
    const pharos_kernels *kernels;
    pharos_type format;
    size_t columns;
    size_t group;
    const pharos_activations *target;
    const float *x;
    size_t x_stride;
    const float *y;
    size_t y_stride;
    const float *weight;
    float epsilon;
    float *out;
    size_t out_stride;
} preparing;

void pharos_place_row(
    const pharos_kernels *kernels, const pharos_activations *target, pharos_type type, size_t group, size_t columns,
    size_t row, size_t first, size_t count, const float *x
) {
    size_t inputs_per_word = type == PHAROS_F32 ? 1 : type == PHAROS_BF16 ? 2 : 4;
    size_t block_inputs = BLOCK_WORDS * inputs_per_word;
    size_t groups = type == PHAROS_INT8 ? divide_up(columns, group) : 0;
    for (size_t start = first, end = first + count; start < end;) {
        size_t block = start / block_inputs, offset = start % block_inputs;
        size_t size = min_size(block_inputs - offset, end - start);
        char *place = (char *)((uint32_t *)target->values + (block * target->capacity + row) * ROW_WORDS)
            + offset * 4 / inputs_per_word;
        size_t bytes = size * 4 / inputs_per_word;
        // A last word that is not full is completed with zeros.
        memset(place + bytes, 0, round_up(bytes, 4) - bytes);
        if (type == PHAROS_INT8) {
            size_t index = row * groups + start / group;
            kernels->quantize(
                x + start - first, (int)size, (int)group, (int8_t *)place, target->scales + index,
                target->sums + index);
        } else {
            kernels->from_float(type, x + start - first, place, size);
        }
        start += size;
    }
}

static void place_row(const preparing *job, const float *x, size_t row) {
    pharos_place_row(
        job->kernels, job->target, job->format, job->group, job->columns, row, 0, job->columns, x);
}

static void prepare_row(const void *context, size_t row) {
    const preparing *job = context;
    place_row(job, job->x + row * job->x_stride, row);
}

void pharos_prepare(
    const pharos_engine *engine, pharos_type format, size_t inputs, size_t group, const float *source,
    size_t stride, size_t rows, const pharos_activations *target
) {
    preparing job = {
        .kernels = engine->kernels, .format = format, .columns = inputs, .group = group, .target = target,
        .x = source, .x_stride = stride};
    for_rows(engine, rows, inputs, prepare_row, &job);
}

static void norm_prepare_row(const void *context, size_t row) {
    const preparing *job = context;
    float *y = pharos_scratch(SCRATCH_TASK, job->columns * sizeof(float));
    job->kernels->rms_norm(job->x + row * job->x_stride, job->columns, job->weight, job->epsilon, y);
    place_row(job, y, row);
}

void pharos_rms_norm_prepare(
    const pharos_engine *engine, pharos_type format, size_t group, const float *x, size_t x_stride, size_t rows,
    size_t columns, const float *weight, float epsilon, const pharos_activations *target
) {
    preparing job = {
        .kernels = engine->kernels, .format = format, .columns = columns, .group = group, .target = target,
        .x = x, .x_stride = x_stride, .weight = weight, .epsilon = epsilon};
    for_rows(engine, rows, columns, norm_prepare_row, &job);
}

static void silu_prepare_row(const void *context, size_t row) {
    const preparing *job = context;
    float *y = pharos_scratch(SCRATCH_TASK, job->columns * sizeof(float));
    job->kernels->silu_multiply(job->x + row * job->x_stride, job->y + row * job->y_stride, y, job->columns);
    place_row(job, y, row);
}

void pharos_silu_multiply_prepare(
    const pharos_engine *engine, pharos_type format, size_t group, const float *gate, const float *up,
    size_t rows, size_t columns, const pharos_activations *target
) {
    preparing job = {
        .kernels = engine->kernels, .format = format, .columns = columns, .group = group, .target = target,
        .x = gate, .x_stride = columns, .y = up, .y_stride = columns};
    for_rows(engine, rows, columns * 4, silu_prepare_row, &job);
}

// MARK: Rows in place

static void norm_row(const void *context, size_t row) {
    const preparing *job = context;
    job->kernels->rms_norm(
        job->x + row * job->x_stride, job->columns, job->weight, job->epsilon, job->out + row * job->out_stride);
}

void pharos_rms_norm(
    const pharos_engine *engine, const float *x, size_t x_stride, size_t rows, size_t columns,
    const float *weight, float epsilon, float *y, size_t y_stride
) {
    preparing job = {
        .kernels = engine->kernels, .columns = columns, .x = x, .x_stride = x_stride, .weight = weight,
        .epsilon = epsilon, .out = y, .out_stride = y_stride};
    for_rows(engine, rows, columns, norm_row, &job);
}

enum { RUN = 4096 };

typedef struct {
    const pharos_kernels *kernels;
    float *x;
    const float *y;
    size_t count;
} run_job;

static void silu_run(const void *context, size_t run) {
    const run_job *job = context;
    size_t start = run * RUN;
    job->kernels->silu_multiply(job->x + start, job->y + start, job->x + start, min_size(RUN, job->count - start));
}

void pharos_silu_multiply(const pharos_engine *engine, float *gate, const float *up, size_t count) {
    run_job job = {engine->kernels, gate, up, count};
    for_rows(engine, divide_up(count, RUN), RUN, silu_run, &job);
}

static void add_run(const void *context, size_t run) {
    const run_job *job = context;
    size_t start = run * RUN;
    job->kernels->add(job->x + start, job->y + start, min_size(RUN, job->count - start));
}

void pharos_add(const pharos_engine *engine, float *x, const float *y, size_t count) {
    run_job job = {engine->kernels, x, (float *)y, count};
    for_rows(engine, divide_up(count, RUN), RUN, add_run, &job);
}

// MARK: Heads

typedef struct {
    const pharos_kernels *kernels;
    const float *x;
    size_t x_stride;
    const pharos_placement *placements;
    const int64_t *positions;
    size_t heads;
    size_t head_dim;
    pharos_rotary table;
    float *y;
    size_t y_stride;
    pharos_heads from;
    pharos_heads to;
    size_t first;
    size_t base;
    size_t count;
} rotating;

static void rotate_head(const rotating *job, const float *x, int64_t position, float *y) {
    size_t half = job->head_dim / 2, offset = (size_t)position * half;
    job->kernels->rotate(x, job->table.cosines + offset, job->table.sines + offset, half, y);
}

static void rotate_row(const void *context, size_t row) {
    const rotating *job = context;
    const float *x = job->x + row * job->x_stride;
    float *y = job->y + (size_t)job->placements[row].row * job->y_stride;
    for (size_t head = 0; head < job->heads; head++)
        rotate_head(job, x + head * job->head_dim, job->placements[row].position, y + head * job->head_dim);
}

void pharos_rotate_rows(
    const pharos_engine *engine, const float *x, size_t x_stride, const pharos_placement *placements, size_t rows,
    size_t heads, size_t head_dim, pharos_rotary table, float *y, size_t y_stride
) {
    rotating job = {
        .kernels = engine->kernels, .x = x, .x_stride = x_stride, .placements = placements, .heads = heads,
        .head_dim = head_dim, .table = table, .y = y, .y_stride = y_stride};
    for_rows(engine, rows, heads * head_dim, rotate_row, &job);
}

static void scatter_row(const void *context, size_t row) {
    const rotating *job = context;
    float rotated[PHAROS_MAXIMUM_HEAD_DIM];
    for (size_t head = 0; head < job->heads; head++) {
        const float *x = job->x + row * job->x_stride + head * job->head_dim;
        if (job->table.cosines) {
            rotate_head(job, x, job->placements[row].position, rotated);
            x = rotated;
        }
        size_t token = job->base + (size_t)job->placements[row].row;
        job->kernels->from_float(job->to.type, x, head_row(&job->to, job->head_dim, head, token), job->head_dim);
    }
}

void pharos_scatter_rows(
    const pharos_engine *engine, const float *x, size_t x_stride, const pharos_placement *placements, size_t rows,
    size_t heads, size_t head_dim, pharos_rotary table, pharos_heads y, size_t base
) {
    rotating job = {
        .kernels = engine->kernels, .x = x, .x_stride = x_stride, .placements = placements, .heads = heads,
        .head_dim = head_dim, .table = table, .to = y, .base = base};
    for_rows(engine, rows, heads * head_dim, scatter_row, &job);
}

static void rotate_token(const void *context, size_t index) {
    const rotating *job = context;
    size_t head = index / job->count, offset = index % job->count;
    float values[PHAROS_MAXIMUM_HEAD_DIM], rotated[PHAROS_MAXIMUM_HEAD_DIM];
    const void *source = head_row(&job->from, job->head_dim, head, job->first + offset);
    job->kernels->to_float(job->from.type, source, values, job->head_dim);
    rotate_head(job, values, job->positions[offset], rotated);
    void *target = head_row(&job->to, job->head_dim, head, job->base + offset);
    job->kernels->from_float(job->to.type, rotated, target, job->head_dim);
}

void pharos_rotate_heads(
    const pharos_engine *engine, pharos_heads x, size_t first, const int64_t *positions, size_t count,
    size_t heads, size_t head_dim, pharos_rotary table, pharos_heads y, size_t base
) {
    rotating job = {
        .kernels = engine->kernels, .positions = positions, .head_dim = head_dim, .table = table, .from = x,
        .to = y, .first = first, .base = base, .count = count};
    for_rows(engine, heads * count, head_dim * 2, rotate_token, &job);
}
