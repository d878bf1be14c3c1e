// The parts of attention between its two products.

static void softmax(float *scores, const int *visible, int rows, int columns, float *tops, float *sums) {
    const v16 nothing = splat(-INFINITY);
    for (int row = 0; row < rows; row++) {
        float *score = scores + (size_t)row * ROW_WORDS;
        int limit = visible[row];
        v16 top = nothing;
        int at = 0;
        for (; at + 16 <= limit; at += 16) top = largest(top, load(score + at));
        if (at < limit) top = largest(top, choose(lanes() < limit - at, load(score + at), nothing));
        float most = largest_lane(top);
        v16 total = splat(0);
        at = 0;
        // A top that is no number is not nothing: the sum has to say so.
        if (most != -INFINITY) {
            for (; at + 16 <= limit; at += 16) {
                v16 value = exponential(load(score + at) - splat(most));
                store(score + at, value);
                total += value;
            }
            if (at < limit) {
                v16 value = exponential(load(score + at) - splat(most));
                value = choose(lanes() < limit - at, value, splat(0));
                store(score + at, value);
                total += value;
                at += 16;
            }
        }
        for (; at < columns; at += 16) store(score + at, splat(0));
        tops[row] = most;
        sums[row] = sum(total);
    }
}

static float exponential_of(float x) { return exponential(splat(x))[0]; }

static void merge(
    float *o, float *m, float *l, const float *o2, const float *m2, const float *l2, int rows, size_t stride,
    int columns
) {
    for (int row = 0; row < rows; row++, o += stride, o2 += stride) {
        float top = m[row] > m2[row] ? m[row] : m2[row];
        if (top == -INFINITY) continue;
        float kept = exponential_of(m[row] - top), added = exponential_of(m2[row] - top);
        for (int at = 0; at < columns; at += 16)
            store(o + at, load(o + at) * splat(kept) + load(o2 + at) * splat(added));
        m[row] = top;
        l[row] = l[row] * kept + l2[row] * added;
    }
}

static void accumulate(float *mass, const float *scores, float factor, int columns) {
    int at = 0;
    for (; at + 16 <= columns; at += 16) store(mass + at, load(scores + at) * splat(factor) + load(mass + at));
    for (; at < columns; at++) mass[at] += scores[at] * factor;
}
