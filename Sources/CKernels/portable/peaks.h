// Loops that only multiply, to measure a core by.

static double peak_f32(long rounds) {
    v16 sums[16];
    for (int i = 0; i < 16; i++) sums[i] = splat((float)i);
    v16 x = splat(0.999f), y = splat(0.001f);
    for (long round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < 16; i++) sums[i] = sums[i] * x + y;
#if PHAROS_X86
        __asm__ volatile("" ::: "memory");
#endif
    }
    v16 all = sums[0];
    for (int i = 1; i < 16; i++) all += sums[i];
    volatile float sink = sum(all);
    (void)sink;
    return (double)rounds * 16 * 16 * 2;
}

static double read_memory(const void *base, size_t size) {
    const char *at = base;
    v16u all[4] = {{0}};
    for (size_t offset = 0; offset + 256 <= size; offset += 256) {
#pragma clang loop unroll(full)
        for (int i = 0; i < 4; i++) all[i] ^= *(const v16u_unaligned *)(at + offset + (size_t)i * 64);
        __builtin_prefetch(at + offset + 2048);
    }
    v16u any = all[0] ^ all[1] ^ all[2] ^ all[3];
    uint32_t folded = 0;
    for (int lane = 0; lane < 16; lane++) folded ^= any[lane];
    volatile uint32_t sink = folded;
    (void)sink;
    return (double)size;
}
