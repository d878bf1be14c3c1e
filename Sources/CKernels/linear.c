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

/// Words of weights that a block of activations meets.
static size_t block_words_of(const pharos_kernels *kernels, pharos_type format) {
    return format == PHAROS_BF16 && kernels->bf16_input == PHAROS_F32 ? BLOCK_WORDS / 2 : BLOCK_WORDS;
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
static size_t block_offset(const pharos_weights *weights, size_t block_words, size_t block) {
    size_t offset = block * block_words * 64;
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
    /// Gated products: the weights beside the gate's, and what the results are prepared as.
    const pharos_weights *up;
    const pharos_activations *target;
    pharos_type target_type;
    size_t target_group;
} product;

/// Results that lie in `c`, columns `column ..< column + columns` of the weights' outputs.
typedef struct {
    float *c;
    size_t stride;
    size_t column;
    size_t columns;
    int adding;
} result_part;

static void start_with_bias(const product *job, const pharos_weights *weights, size_t rows, const result_part *part) {
    const float *bias = weights->bias + part->column;
    for (size_t row = 0; row < rows; row++) {
        float *c = part->c + row * part->stride;
        if (part->adding) {
            job->kernels->add(c, bias, part->columns);
        } else {
            memcpy(c, bias, part->columns * sizeof(float));
        }
    }
}

/// Multiplies rows `first ..< first + rows` with the panels of `part`; `packed` has room for a block of them
/// where the weights are not packed.
static void multiply_part(
    const product *job, const pharos_weights *weights, size_t first, size_t rows, const result_part *part, char *packed
) {
    const pharos_kernels *kernels = job->kernels;
    size_t panels = divide_up(part->columns, PANEL), groups = 0;
    size_t words = words_of(weights), full_block = block_words_of(kernels, weights->format);
    if (weights->bias) start_with_bias(job, weights, rows, part);
    pharos_tile tile = {
        .c = part->c, .c_stride = part->stride, .rows = (int)rows, .panels = (int)panels,
        .columns = (int)part->columns};
    if (weights->format == PHAROS_INT8) {
        tile.group_words = (int)(weights->group / 4);
        tile.group_stride = groups = groups_of(weights);
    }
    for (size_t block = 0; block * full_block < words; block++) {
        size_t block_words = min_size(full_block, words - block * full_block);
        tile.words = (int)block_words;
        tile.adding = part->adding || weights->bias || block > 0;
        tile.a = (const uint32_t *)job->activations->values
            + (block * job->activations->capacity + first) * ROW_WORDS;
        if (groups) {
            size_t group = first * groups + block * (BLOCK_WORDS * 4 / weights->group);
            tile.scales = job->activations->scales + group;
            tile.sums = job->activations->sums + group;
        }
        if (weights->panels) {
            tile.panel_stride = panel_size(weights);
            tile.b = (const char *)weights->panels + part->column / PANEL * tile.panel_stride
                + block_offset(weights, full_block, block);
        } else {
            size_t stride = weights->inputs * element_size(weights->format);
            size_t start = block * full_block * 4, bytes = min_size(block_words * 4, stride - start);
            for (size_t panel = 0; panel < panels; panel++) {
                size_t row = part->column + panel * PANEL;
                pack_words(
                    kernels, (const char *)weights->rows + row * stride + start, stride,
                    (int)min_size(PANEL, weights->outputs - row), bytes, 0, packed + panel * BLOCK_WORDS * 64);
            }
            tile.b = packed;
            tile.panel_stride = BLOCK_WORDS * 64;
        }
        pharos_multiply_block(kernel_for(kernels, weights->format), &tile);
    }
}

/// The columns of a task.
static result_part part_at(const product *job, const pharos_weights *weights, size_t index) {
    size_t column = index * job->chunk * PANEL;
    return (result_part){
        .c = job->result + column, .stride = job->stride, .column = column,
        .columns = min_size(job->chunk * PANEL, weights->outputs - column), .adding = job->adding};
}

static void multiply_panels(void *context, size_t index) {
    const product *job = context;
    result_part part = part_at(job, job->weights, index);
    char *packed = job->weights->panels ? NULL : pharos_scratch(SCRATCH_TASK, job->chunk * BLOCK_WORDS * 64);
    multiply_part(job, job->weights, job->first, job->rows, &part, packed);
}

/// Rows of activations up to which bf16 weights in a mapped file are multiplied row by row, without panels.
enum { DOT_ROWS = 2 };

static void multiply_dots(void *context, size_t index) {
    const product *job = context;
    const pharos_weights *weights = job->weights;
    result_part part = part_at(job, weights, index);
    size_t block_stride = job->activations->capacity * ROW_WORDS;
    int adding = part.adding || weights->bias;
    if (weights->bias) start_with_bias(job, weights, job->rows, &part);
    float sums[PANEL];
    for (size_t start = 0; start < part.columns; start += PANEL) {
        size_t count = min_size(PANEL, part.columns - start);
        const uint16_t *rows = (const uint16_t *)weights->rows + (part.column + start) * weights->inputs;
        for (size_t row = 0; row < job->rows; row++) {
            const uint32_t *x = (const uint32_t *)job->activations->values + (job->first + row) * ROW_WORDS;
            float *c = part.c + row * part.stride + start;
            job->kernels->dots_bf16(rows, weights->inputs, (int)count, x, block_stride, weights->inputs, sums);
            for (size_t each = 0; each < count; each++) c[each] = adding ? c[each] + sums[each] : sums[each];
        }
    }
}

/// Panels of a task.
///
/// Wide tasks read the activations less often. There should still be enough of them that a thread which is held up
/// leaves its share to others, and none should be shorter than some microseconds.
static size_t chunk_for(const pharos_engine *engine, const pharos_weights *weights, size_t rows) {
    // Rows that are packed on the way should still be in the nearest cache when they are multiplied.
    if (!weights->panels && rows <= 8) return 4;
    size_t panels = divide_up(weights->outputs, PANEL), chunk = 32;
    if (engine->threads == 1) return chunk;
    while (chunk > 4 && panels < chunk * 4 * (size_t)engine->threads) chunk /= 2;
    size_t visits = rows < 16 ? 16 : rows;
    while (chunk < panels && chunk * words_of(weights) * visits < 200000) chunk *= 2;
    return chunk;
}

void pharos_multiply(
    const pharos_engine *engine, const pharos_weights *weights, const pharos_activations *activations,
    size_t first, size_t rows, float *result, size_t stride, int adding
) {
    if (rows == 0) return;
    size_t chunk = chunk_for(engine, weights, rows);
    product job = {
        .kernels = engine->kernels, .weights = weights, .activations = activations, .first = first, .rows = rows,
        .result = result, .stride = stride, .adding = adding, .chunk = chunk};
    int by_dots = !weights->panels && weights->format == PHAROS_BF16 && rows <= DOT_ROWS;
    pharos_pool_run(
        engine->pool, divide_up(weights->outputs, chunk * PANEL), by_dots ? multiply_dots : multiply_panels, &job);
}

// MARK: Gated products

/// Rows whose gates and values lie in the cache between the products and what is made of them.
enum { GATED_ROWS = 112 };

static void multiply_gated(void *context, size_t index) {
    const product *job = context;
    result_part part = part_at(job, job->weights, index);
    // Weights that are packed on the way are packed once for all rows.
    size_t step = job->weights->panels && job->up->panels ? min_size(GATED_ROWS, job->rows) : job->rows;
    size_t floats = step * part.columns;
    float *gates = pharos_scratch(SCRATCH_TASK, floats * 2 * sizeof(float) + job->chunk * BLOCK_WORDS * 64 + 64);
    float *values = gates + floats;
    char *packed = (char *)gates + round_up(floats * 2 * sizeof(float), 64);
    part.stride = part.columns;
    part.adding = 0;
    for (size_t first = 0; first < job->rows; first += step) {
        size_t rows = min_size(step, job->rows - first);
        part.c = gates;
        multiply_part(job, job->weights, job->first + first, rows, &part, packed);
        part.c = values;
        multiply_part(job, job->up, job->first + first, rows, &part, packed);
        job->kernels->silu_multiply(gates, values, gates, rows * part.columns);
        for (size_t row = 0; row < rows; row++)
            pharos_place_row(
                job->kernels, job->target, job->target_type, job->target_group, job->weights->outputs, first + row,
                part.column, part.columns, gates + row * part.columns);
    }
}

void pharos_multiply_gated(
    const pharos_engine *engine, const pharos_weights *gate, const pharos_weights *up,
    const pharos_activations *activations, size_t rows, pharos_type type, size_t group,
    const pharos_activations *target
) {
    if (rows == 0) return;
    // Whole blocks and groups of the target for every task.
    size_t least = type == PHAROS_INT8 ? group / PANEL : 1;
    size_t chunk = max_size(min_size(chunk_for(engine, gate, rows), 16), least);
    product job = {
        .kernels = engine->kernels, .weights = gate, .up = up, .activations = activations, .rows = rows,
        .chunk = chunk, .target = target, .target_type = type, .target_group = group};
    pharos_pool_run(engine->pool, divide_up(gate->outputs, chunk * PANEL), multiply_gated, &job);
}
