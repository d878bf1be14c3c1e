// Products with weights: blocks of the summed dimension, tiles of rows and panels, tasks of panels.
#include <string.h>

#include "internal.h"

static const tile_kernel *kernel_for(const pharos_kernels *kernels, pharos_type format) {
    switch (format) {
    case PHAROS_F32: return &kernels->f32;
    case PHAROS_BF16: return &kernels->bf16;
    default: return &kernels->int8;
    }
}

static size_t inputs_per_word(pharos_type format) {
    return format == PHAROS_F32 ? 1 : format == PHAROS_BF16 ? 2 : 4;
}

static size_t element_size(pharos_type type) {
    return type == PHAROS_F32 ? 4 : type == PHAROS_INT8 ? 1 : 2;
}

static size_t words_of(const pharos_weights *weights) {
    return divide_up(weights->inputs, inputs_per_word(weights->format));
}

static size_t groups_of(const pharos_weights *weights) { return divide_up(weights->inputs, weights->group); }

/// Bytes of a panel: its words, and for int8 the scales before each group.
static size_t panel_size(const pharos_weights *weights) {
    size_t size = words_of(weights) * 64;
    return weights->format == PHAROS_INT8 ? size + groups_of(weights) * 64 : size;
}

/// Bytes of a panel before `block`.
static size_t block_offset(const pharos_weights *weights, size_t block) {
    size_t offset = block * BLOCK_WORDS * 64;
    return weights->format == PHAROS_INT8 ? offset + block * (BLOCK_WORDS * 4 / weights->group) * 64 : offset;
}

size_t pharos_panels_size(const pharos_weights *weights) {
    return divide_up(weights->outputs, PANEL) * panel_size(weights);
}

// MARK: Packing

typedef struct {
    const pharos_kernels *kernels;
    const pharos_weights *weights;
    char *panels;
    const char *source;
    const float *scales;
    pharos_type type;
    size_t first;
    size_t count;
} packing;

/// Transposes rows `stride` bytes apart into a panel; a last word that is not full is completed with zeros.
static void pack_words(
    const pharos_kernels *kernels, const char *rows, size_t stride, int count, size_t bytes, uint32_t flip, char *panel
) {
    size_t words = bytes / 4;
    kernels->pack(rows, stride, count, (int)words, flip, panel);
    if (bytes % 4 == 0) return;
    uint32_t last[PANEL] = {0};
    for (int row = 0; row < count; row++) {
        memcpy(&last[row], rows + (size_t)row * stride + words * 4, bytes % 4);
        last[row] ^= flip;
    }
    memcpy(panel + words * 64, last, sizeof(last));
}

/// Writes the panel of int8 rows `[count, inputs]` with scales `[count, groups]`.
static void pack_int8(const packing *job, const char *values, const float *scales, int count, char *panel) {
    const pharos_weights *weights = job->weights;
    size_t groups = groups_of(weights);
    for (size_t group = 0; group < groups; group++) {
        float *record = (float *)(void *)panel;
        for (int row = 0; row < PANEL; row++) record[row] = row < count ? scales[(size_t)row * groups + group] : 0;
        panel += 64;
        size_t start = group * weights->group;
        size_t size = min_size(weights->group, weights->inputs - start);
        pack_words(job->kernels, values + start, weights->inputs, count, size, 0x80808080u, panel);
        panel += divide_up(size, 4) * 64;
    }
}

static void pack_panel(void *context, size_t index) {
    const packing *job = context;
    const pharos_weights *weights = job->weights;
    size_t inputs = weights->inputs, row = index * PANEL;
    int count = (int)min_size(PANEL, job->count - row);
    char *panel = job->panels + (job->first / PANEL + index) * panel_size(weights);
    size_t stride = inputs * element_size(job->type);
    const char *source = job->source + row * stride;
    if (job->type == PHAROS_INT8) {
        pack_int8(job, source, job->scales + row * groups_of(weights), count, panel);
        return;
    }
    if (job->type == weights->format) {
        pack_words(job->kernels, source, stride, count, stride, 0, panel);
        return;
    }
    size_t groups = weights->format == PHAROS_INT8 ? groups_of(weights) : 0;
    float *floats = pharos_scratch(SCRATCH_TASK, PANEL * (inputs * 8 + groups * 4));
    float *scales = floats + PANEL * inputs;
    char *converted = (char *)(scales + PANEL * groups);
    size_t size = inputs * element_size(weights->format);
    for (int each = 0; each < count; each++) {
        float *values = floats + (size_t)each * inputs;
        job->kernels->to_float(job->type, source + (size_t)each * stride, values, inputs);
        if (weights->format == PHAROS_INT8) {
            job->kernels->quantize(
                values, (int)inputs, (int)weights->group, (int8_t *)converted + (size_t)each * size,
                scales + (size_t)each * groups, NULL);
        } else {
            job->kernels->from_float(weights->format, values, converted + (size_t)each * size, inputs);
        }
    }
    if (weights->format == PHAROS_INT8) {
        pack_int8(job, converted, scales, count, panel);
    } else {
        pack_words(job->kernels, converted, size, count, size, 0, panel);
    }
}

void pharos_pack(
    const pharos_engine *engine, const pharos_weights *weights, void *panels, const void *source,
    pharos_type type, size_t first, size_t count
) {
    packing job = {
        .kernels = engine->kernels, .weights = weights, .panels = panels, .source = source, .type = type,
        .first = first, .count = count};
    pharos_pool_run(engine->pool, divide_up(count, PANEL), pack_panel, &job);
}

void pharos_pack_quantized(
    const pharos_engine *engine, const pharos_weights *weights, void *panels, const int8_t *values,
    const float *scales, size_t first, size_t count
) {
    packing job = {
        .kernels = engine->kernels, .weights = weights, .panels = panels, .source = (const char *)values,
        .scales = scales, .type = PHAROS_INT8, .first = first, .count = count};
    pharos_pool_run(engine->pool, divide_up(count, PANEL), pack_panel, &job);
}

typedef struct {
    const pharos_kernels *kernels;
    const char *source;
    pharos_type type;
    size_t inputs;
    size_t group;
    int8_t *values;
    float *scales;
} quantizing;

static void quantize_row(void *context, size_t row) {
    const quantizing *job = context;
    float *floats = pharos_scratch(SCRATCH_TASK, job->inputs * sizeof(float));
    job->kernels->to_float(job->type, job->source + row * job->inputs * element_size(job->type), floats, job->inputs);
    job->kernels->quantize(
        floats, (int)job->inputs, (int)job->group, job->values + row * job->inputs,
        job->scales + row * divide_up(job->inputs, job->group), NULL);
}

void pharos_quantize(
    const pharos_engine *engine, const void *source, pharos_type type, size_t outputs, size_t inputs,
    size_t group, int8_t *values, float *scales
) {
    quantizing job = {engine->kernels, source, type, inputs, group, values, scales};
    pharos_pool_run(engine->pool, outputs, quantize_row, &job);
}

void pharos_to_float(
    const pharos_kernels *kernels, pharos_type type, const void *source, float *target, size_t count
) {
    kernels->to_float(type, source, target, count);
}

void pharos_from_float(
    const pharos_kernels *kernels, pharos_type type, const float *source, void *target, size_t count
) {
    kernels->from_float(type, source, target, count);
}

// MARK: Multiplying

void pharos_multiply_block(const tile_kernel *kernel, const pharos_tile *whole) {
    int row_tiles = (whole->rows + kernel->rows - 1) / kernel->rows;
    pharos_tile tile = *whole;
    for (int index = 0, row = 0; index < row_tiles; index++, row += tile.rows) {
        // Tiles of nearly equal height keep more of the registers busy than full ones and a rest.
        tile.rows = (whole->rows - row + row_tiles - index - 1) / (row_tiles - index);
        int widest = tile.rows <= kernel->few_rows ? kernel->few_panels : kernel->panels;
        tile.a = (const uint32_t *)whole->a + (size_t)row * ROW_WORDS;
        tile.scales = whole->scales ? whole->scales + (size_t)row * whole->group_stride : NULL;
        tile.sums = whole->sums ? whole->sums + (size_t)row * whole->group_stride : NULL;
        for (int panel = 0; panel < whole->panels; panel += tile.panels) {
            tile.panels = widest;
            while (tile.panels > whole->panels - panel) tile.panels /= 2;
            tile.b = (const char *)whole->b + (size_t)panel * whole->panel_stride;
            tile.c = whole->c + (size_t)row * whole->c_stride + panel * PANEL;
            tile.columns = whole->columns - panel * PANEL;
            kernel->multiply(&tile);
        }
    }
}

typedef struct {
    const pharos_kernels *kernels;
    const pharos_weights *weights;
    const pharos_activations *activations;
    size_t first;
    size_t rows;
    float *result;
    size_t stride;
    int adding;
    /// Panels of a task.
    size_t chunk;
} product;

static void start_with_bias(const product *job, size_t column, size_t columns) {
    const float *bias = job->weights->bias + column;
    for (size_t row = 0; row < job->rows; row++) {
        float *c = job->result + row * job->stride + column;
        if (job->adding) {
            job->kernels->add(c, bias, columns);
        } else {
            memcpy(c, bias, columns * sizeof(float));
        }
    }
}

static void multiply_panels(void *context, size_t index) {
    const product *job = context;
    const pharos_weights *weights = job->weights;
    const tile_kernel *kernel = kernel_for(job->kernels, weights->format);
    size_t first = index * job->chunk;
    size_t panels = min_size(job->chunk, divide_up(weights->outputs, PANEL) - first);
    size_t column = first * PANEL, columns = min_size(panels * PANEL, weights->outputs - column);
    size_t words = words_of(weights), blocks = divide_up(words, BLOCK_WORDS);
    if (weights->bias) start_with_bias(job, column, columns);
    pharos_tile tile = {
        .c = job->result + column, .c_stride = job->stride, .rows = (int)job->rows, .panels = (int)panels,
        .columns = (int)columns};
    if (weights->format == PHAROS_INT8) {
        tile.group_words = (int)(weights->group / 4);
        tile.group_stride = groups_of(weights);
    }
    char *packed = weights->panels ? NULL : pharos_scratch(SCRATCH_TASK, panels * BLOCK_WORDS * 64);
    for (size_t block = 0; block < blocks; block++) {
        size_t block_words = min_size(BLOCK_WORDS, words - block * BLOCK_WORDS);
        tile.words = (int)block_words;
        tile.adding = job->adding || weights->bias || block > 0;
        tile.a = (const uint32_t *)job->activations->values
            + (block * job->activations->capacity + job->first) * ROW_WORDS;
        if (weights->format == PHAROS_INT8) {
            size_t group = job->first * tile.group_stride + block * (BLOCK_WORDS * 4 / weights->group);
            tile.scales = job->activations->scales + group;
            tile.sums = job->activations->sums + group;
        }
        if (packed) {
            size_t size = element_size(weights->format), stride = weights->inputs * size;
            size_t start = block * BLOCK_WORDS * 4, bytes = min_size(block_words * 4, stride - start);
            for (size_t panel = 0; panel < panels; panel++) {
                size_t row = column + panel * PANEL;
                pack_words(
                    job->kernels, (const char *)weights->rows + row * stride + start, stride,
                    (int)min_size(PANEL, weights->outputs - row), bytes, 0, packed + panel * BLOCK_WORDS * 64);
            }
            tile.b = packed;
            tile.panel_stride = BLOCK_WORDS * 64;
        } else {
            tile.panel_stride = panel_size(weights);
            tile.b = (const char *)weights->panels + first * tile.panel_stride + block_offset(weights, block);
        }
        pharos_multiply_block(kernel, &tile);
    }
}

void pharos_multiply(
    const pharos_engine *engine, const pharos_weights *weights, const pharos_activations *activations,
    size_t first, size_t rows, float *result, size_t stride, int adding
) {
    if (rows == 0) return;
    size_t panels = divide_up(weights->outputs, PANEL);
    size_t chunk = 16;
    // Enough tasks that a thread which is held up leaves its share to others, but none shorter than some microseconds.
    while (chunk > 4 && panels < chunk * 4 * (size_t)engine->threads) chunk /= 2;
    size_t visits = rows < 16 ? 16 : rows;
    while (chunk < panels && chunk * words_of(weights) * visits < 200000) chunk *= 2;
    if (engine->threads == 1) chunk = 16;
    product job = {
        engine->kernels, weights, activations, first, rows, result, stride, adding, chunk};
    pharos_pool_run(engine->pool, divide_up(panels, chunk), multiply_panels, &job);
}
