// Blocked attention: tiles of query rows by tiles of keys, softmax partial by partial.
//
// Keys are divided into tiles of 256 and spans of 1024 columns at fixed places. A tile's softmax has its own
// maximum; tiles are joined in order to spans and spans in order to the result. However the work is divided, every row
// therefore goes through the same arithmetic: one decoded token gets what it would get in a long prefill.
#include <math.h>
#include <string.h>

#include "internal.h"

enum {
    KEY_TILE = BLOCK_WORDS,
    SPAN_TILES = 4,
    SPAN = KEY_TILE * SPAN_TILES,
    /// Query rows of a tile: tokens times the query heads that share a kv head.
    QUERY_ROWS = 112,
    /// Floats of probabilities to keep for `mass`; more inputs are taken in parts.
    MASS_FLOATS = 16 << 20,
};

_Static_assert(PANEL == PHAROS_SHARED_MULTIPLE, "a panel's keys lie in one piece");

/// Running softmax of some rows: outputs not yet divided, largest scores and sums of exponentials.
typedef struct {
    float *o;
    float *m;
    float *l;
} partial;

typedef struct {
    const pharos_attention *call;
    const pharos_kernels *kernels;
    /// Query heads per kv head.
    size_t group;
    /// Tokens and rows of a full query tile.
    size_t tile_tokens;
    size_t tile_rows;
    size_t query_tiles;
    size_t spans;
    /// `head_dim` in whole vectors.
    size_t width;
    float scale;
    /// Partial results of [unit, span] where spans are separate tasks, else NULL.
    float *partials;
    size_t partial_floats;
    /// For `mass`: unnormalised probabilities [unit, row, columns], their tiles' maxima [unit, row, tiles], and the final
    /// maxima and sums [unit, row].
    float *probabilities;
    float *tops;
    float *final;
    size_t columns;
    size_t tiles;
} attending;

/// One kv head and one tile of tokens.
typedef struct {
    size_t index;
    size_t kv_head;
    size_t token;
    size_t tokens;
    int rows;
} unit;

static unit unit_at(const attending *job, size_t index) {
    // The last tokens see the most keys; starting with them leaves short tasks for the end.
    size_t tile = job->query_tiles - 1 - index % job->query_tiles;
    unit result = {.index = index, .kv_head = index / job->query_tiles, .token = tile * job->tile_tokens};
    result.tokens = min_size(job->tile_tokens, job->call->inputs - result.token);
    result.rows = (int)(result.tokens * job->group);
    return result;
}

/// Keys that the unit's last token sees.
static size_t visible_keys(const attending *job, const unit *each) {
    const pharos_attention *call = job->call;
    return call->mask ? call->total : call->total - call->inputs + each->token + each->tokens;
}

/// Memory of a task, carved from the thread's scratch.
typedef struct {
    float *queries;
    float *keys;
    float *values;
    float *scores;
    float *rows;
    float *output;
    int *visible;
    float *m;
    float *l;
    partial span;
    partial total;
} workspace;

static size_t workspace_floats(const attending *job) {
    size_t rows = job->tile_rows;
    return rows * ROW_WORDS * 2 + KEY_TILE * job->width * 2 + PANEL * PHAROS_MAXIMUM_HEAD_DIM
        + 3 * rows * job->width + 7 * round_up(rows, 16);
}

static workspace carve(const attending *job, float *base) {
    size_t rows = job->tile_rows, counts = round_up(rows, 16);
    workspace space;
    space.queries = base;
    space.scores = space.queries + rows * ROW_WORDS;
    space.keys = space.scores + rows * ROW_WORDS;
    space.values = space.keys + KEY_TILE * job->width;
    space.rows = space.values + KEY_TILE * job->width;
    space.output = space.rows + PANEL * PHAROS_MAXIMUM_HEAD_DIM;
    space.span.o = space.output + rows * job->width;
    space.total.o = space.span.o + rows * job->width;
    space.m = space.total.o + rows * job->width;
    space.l = space.m + counts;
    space.span.m = space.l + counts;
    space.span.l = space.span.m + counts;
    space.total.m = space.span.l + counts;
    space.total.l = space.total.m + counts;
    space.visible = (int *)(space.total.l + counts);
    return space;
}

/// Copies the unit's queries, scaled, as rows of activations: token by token, the group's heads together.
static void gather_queries(const attending *job, const unit *each, float *queries) {
    const pharos_attention *call = job->call;
    for (size_t token = 0; token < each->tokens; token++) {
        const float *source = call->queries + (each->token + token) * call->query_stride
            + each->kv_head * job->group * call->head_dim;
        for (size_t head = 0; head < job->group; head++) {
            float *row = queries + (token * job->group + head) * ROW_WORDS;
            for (size_t at = 0; at < call->head_dim; at++) row[at] = source[head * call->head_dim + at] * job->scale;
        }
    }
}

/// Panels of `count` keys: `[count / 16, head_dim, 16]`.
static void pack_keys(const attending *job, size_t kv_head, size_t first, size_t count, workspace *space) {
    const pharos_attention *call = job->call;
    size_t dim = call->head_dim;
    for (size_t key = 0; key < count; key += PANEL) {
        size_t size = min_size(PANEL, count - key);
        const void *source = head_row(&call->keys, dim, kv_head, first + key);
        if (call->keys.type != PHAROS_F32) {
            job->kernels->to_float(call->keys.type, source, space->rows, size * dim);
            source = space->rows;
        }
        job->kernels->pack(source, dim * 4, (int)size, (int)dim, 0, space->keys + key * dim);
    }
}

/// Panels of the values of `count` keys: `[width / 16, KEY_TILE, 16]`, columns beyond `head_dim` zero.
static void pack_values(const attending *job, size_t kv_head, size_t first, size_t count, workspace *space) {
    const pharos_attention *call = job->call;
    size_t dim = call->head_dim;
    for (size_t key = 0; key < count; key += PANEL) {
        size_t size = min_size(PANEL, count - key);
        const float *source = head_row(&call->values, dim, kv_head, first + key);
        if (call->values.type != PHAROS_F32) {
            job->kernels->to_float(call->values.type, source, space->rows, size * dim);
            source = space->rows;
        }
        for (size_t panel = 0; panel * PANEL < dim; panel++) {
            float *to = space->values + (panel * KEY_TILE + key) * PANEL;
            size_t columns = min_size(PANEL, dim - panel * PANEL);
            for (size_t row = 0; row < size; row++, to += PANEL) {
                const float *from = source + row * dim + panel * PANEL;
                if (columns == PANEL) {
                    memcpy(to, from, PANEL * sizeof(float));
                } else {
                    memset(to, 0, PANEL * sizeof(float));
                    memcpy(to, from, columns * sizeof(float));
                }
            }
        }
    }
}

static void apply_mask(const attending *job, const unit *each, size_t first, size_t count, float *scores) {
    const pharos_attention *call = job->call;
    for (int row = 0; row < each->rows; row++) {
        const uint8_t *bits = call->mask + (each->token + (size_t)row / job->group) * call->total + first;
        float *score = scores + (size_t)row * ROW_WORDS;
        for (size_t key = 0; key < count; key++)
            if (!bits[key]) score[key] = -INFINITY;
    }
}

/// Keeps a tile's exponentials and maxima for `mass`.
static void keep_probabilities(const attending *job, const unit *each, size_t first, size_t count, workspace *space) {
    for (int row = 0; row < each->rows; row++) {
        size_t at = each->index * job->tile_rows + (size_t)row;
        memcpy(
            job->probabilities + at * job->columns + first, space->scores + (size_t)row * ROW_WORDS,
            count * sizeof(float));
        job->tops[at * job->tiles + first / KEY_TILE] = space->m[row];
    }
}

/// Attends to one tile of keys: `output`, `m` and `l` of the workspace.
static void attend_tile(const attending *job, const unit *each, size_t first, size_t count, workspace *space) {
    const pharos_attention *call = job->call;
    const tile_kernel *kernel = &job->kernels->f32;
    size_t dim = call->head_dim;
    int columns = (int)round_up(count, PANEL);
    pack_keys(job, each->kv_head, first, count, space);
    pharos_tile product = {
        .a = space->queries, .b = space->keys, .panel_stride = dim * 64, .c = space->scores, .c_stride = ROW_WORDS,
        .rows = each->rows, .panels = columns / PANEL, .words = (int)dim, .columns = columns};
    pharos_multiply_block(kernel, &product);
    if (call->mask) apply_mask(job, each, first, count, space->scores);
    for (int row = 0; row < each->rows; row++) {
        size_t limit = call->mask ? call->total : call->total - call->inputs + each->token + (size_t)row / job->group + 1;
        space->visible[row] = limit <= first ? 0 : (int)min_size(count, limit - first);
    }
    job->kernels->softmax(space->scores, space->visible, each->rows, columns, space->m, space->l);
    if (job->probabilities) keep_probabilities(job, each, first, count, space);
    pack_values(job, each->kv_head, first, count, space);
    pharos_tile mixture = {
        .a = space->scores, .b = space->values, .panel_stride = KEY_TILE * 64, .c = space->output,
        .c_stride = job->width, .rows = each->rows, .panels = (int)(job->width / PANEL), .words = (int)count,
        .columns = (int)job->width};
    pharos_multiply_block(kernel, &mixture);
}

static void copy_partial(const attending *job, int rows, partial to, const float *o, const float *m, const float *l) {
    memcpy(to.o, o, (size_t)rows * job->width * sizeof(float));
    memcpy(to.m, m, (size_t)rows * sizeof(float));
    memcpy(to.l, l, (size_t)rows * sizeof(float));
}

static void attend_span(const attending *job, const unit *each, size_t span, workspace *space, partial result) {
    size_t end = min_size(visible_keys(job, each), (span + 1) * SPAN);
    for (size_t first = span * SPAN; first < end; first += KEY_TILE) {
        attend_tile(job, each, first, min_size(KEY_TILE, end - first), space);
        if (first == span * SPAN) {
            copy_partial(job, each->rows, result, space->output, space->m, space->l);
        } else {
            job->kernels->merge(
                result.o, result.m, result.l, space->output, space->m, space->l, each->rows, job->width,
                (int)job->width);
        }
    }
}

static void write_output(const attending *job, const unit *each, partial total) {
    const pharos_attention *call = job->call;
    for (int row = 0; row < each->rows; row++) {
        size_t token = each->token + (size_t)row / job->group;
        size_t head = each->kv_head * job->group + (size_t)row % job->group;
        float *out = call->output + token * call->output_stride + head * call->head_dim;
        // A row that sees no key at all is left with nothing.
        float inverse = total.l[row] > 0 ? 1 / total.l[row] : 0;
        for (size_t at = 0; at < call->head_dim; at++) out[at] = total.o[(size_t)row * job->width + at] * inverse;
        if (job->final) {
            float *final = job->final + (each->index * job->tile_rows + (size_t)row) * 2;
            final[0] = total.m[row];
            final[1] = inverse;
        }
    }
}

/// A unit with all its keys.
static void attend_unit(void *context, size_t index) {
    const attending *job = context;
    unit each = unit_at(job, index);
    workspace space = carve(job, pharos_scratch(SCRATCH_TASK, workspace_floats(job) * sizeof(float)));
    gather_queries(job, &each, space.queries);
    size_t spans = divide_up(visible_keys(job, &each), SPAN);
    for (size_t span = 0; span < spans; span++) {
        attend_span(job, &each, span, &space, span == 0 ? space.total : space.span);
        if (span > 0)
            job->kernels->merge(
                space.total.o, space.total.m, space.total.l, space.span.o, space.span.m, space.span.l, each.rows,
                job->width, (int)job->width);
    }
    write_output(job, &each, space.total);
}

static partial partial_at(const attending *job, size_t index, size_t span) {
    float *base = job->partials + (index * job->spans + span) * job->partial_floats;
    float *m = base + job->tile_rows * job->width;
    return (partial){base, m, m + round_up(job->tile_rows, 16)};
}

/// One span of a unit.
static void attend_part(void *context, size_t index) {
    const attending *job = context;
    unit each = unit_at(job, index / job->spans);
    size_t span = index % job->spans;
    if (span * SPAN >= visible_keys(job, &each)) return;
    workspace space = carve(job, pharos_scratch(SCRATCH_TASK, workspace_floats(job) * sizeof(float)));
    gather_queries(job, &each, space.queries);
    attend_span(job, &each, span, &space, partial_at(job, each.index, span));
}

static void join_parts(const attending *job, size_t index) {
    unit each = unit_at(job, index);
    partial total = partial_at(job, index, 0);
    size_t spans = divide_up(visible_keys(job, &each), SPAN);
    for (size_t span = 1; span < spans; span++) {
        partial part = partial_at(job, index, span);
        job->kernels->merge(
            total.o, total.m, total.l, part.o, part.m, part.l, each.rows, job->width, (int)job->width);
    }
    write_output(job, &each, total);
}

/// Adds one tile of keys' mass: units and rows in order, so the sum does not depend on the division.
static void add_mass(void *context, size_t tile) {
    const attending *job = context;
    size_t first = tile * KEY_TILE;
    for (size_t index = 0; index < job->call->kv_heads * job->query_tiles; index++) {
        unit each = unit_at(job, index);
        size_t end = min_size(visible_keys(job, &each), first + KEY_TILE);
        if (end <= first) continue;
        for (int row = 0; row < each.rows; row++) {
            size_t at = index * job->tile_rows + (size_t)row;
            float top = job->tops[at * job->tiles + tile];
            if (top == -INFINITY) continue;
            float factor = job->kernels->exponential(top - job->final[at * 2]) * job->final[at * 2 + 1];
            job->kernels->accumulate(
                job->call->mass + first, job->probabilities + at * job->columns + first, factor, (int)(end - first));
        }
    }
}

/// Takes the inputs in parts, so that what `mass` needs stays small.
static int attend_in_parts(const pharos_engine *engine, const pharos_attention *call) {
    size_t row = call->heads * round_up(call->total, KEY_TILE);
    if (!call->mass || call->inputs == 1 || row * call->inputs <= MASS_FLOATS) return 0;
    size_t step = max_size(1, MASS_FLOATS / row);
    for (size_t first = 0; first < call->inputs; first += step) {
        pharos_attention part = *call;
        part.inputs = min_size(step, call->inputs - first);
        part.queries += first * call->query_stride;
        part.output += first * call->output_stride;
        if (call->mask) {
            part.mask += first * call->total;
        } else {
            part.total = call->total - call->inputs + first + part.inputs;
        }
        pharos_attend(engine, &part);
    }
    return 1;
}

void pharos_attend(const pharos_engine *engine, const pharos_attention *call) {
    if (call->inputs == 0 || attend_in_parts(engine, call)) return;
    attending job = {.call = call, .kernels = engine->kernels, .group = call->heads / call->kv_heads};
    job.tile_tokens = min_size(call->inputs, max_size(1, QUERY_ROWS / job.group));
    job.tile_rows = job.tile_tokens * job.group;
    job.query_tiles = divide_up(call->inputs, job.tile_tokens);
    job.spans = divide_up(call->total, SPAN);
    job.width = round_up(call->head_dim, PANEL);
    job.scale = 1 / sqrtf((float)call->head_dim);
    job.tiles = divide_up(call->total, KEY_TILE);
    job.columns = job.tiles * KEY_TILE;
    size_t units = call->kv_heads * job.query_tiles;
    int by_span = engine->threads > 1 && job.spans > 1 && units < 2 * (size_t)engine->threads;

    job.partial_floats = job.tile_rows * job.width + 2 * round_up(job.tile_rows, 16);
    size_t partials = by_span ? units * job.spans * job.partial_floats : 0;
    size_t rows = call->mass ? units * job.tile_rows : 0;
    size_t floats = partials + rows * (job.columns + job.tiles + 2);
    float *base = floats ? pharos_scratch(SCRATCH_DRIVER, floats * sizeof(float)) : NULL;
    if (by_span) job.partials = base;
    if (call->mass) {
        job.probabilities = base + partials;
        job.tops = job.probabilities + rows * job.columns;
        job.final = job.tops + rows * job.tiles;
    }
    if (by_span) {
        pharos_pool_run(engine->pool, units * job.spans, attend_part, &job);
        for (size_t index = 0; index < units; index++) join_parts(&job, index);
    } else {
        pharos_pool_run(engine->pool, units, attend_unit, &job);
    }
    if (call->mass) pharos_pool_run(engine->pool, job.tiles, add_mass, &job);
}
