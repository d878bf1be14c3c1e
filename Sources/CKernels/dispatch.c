// Which kernels this CPU runs.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#if PHAROS_X86
static int has_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
}

static int has_avx512(void) {
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512vnni");
}

/// Intel's cores start a `vdpbf16ps` at best every other cycle, so that converting to fp32 and two FMAs are faster.
static int has_fast_bf16(void) { return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_is("amd"); }

static pharos_kernels avx512_bf16;

/// Runs before `main`, so that tables are complete before any thread reads them.
__attribute__((constructor)) static void complete_tables(void) {
    avx512_bf16 = pharos_kernels_avx512;
    avx512_bf16.bf16 = pharos_bf16_avx512_pairs;
    avx512_bf16.bf16_input = PHAROS_BF16;
    avx512_bf16.dots_bf16 = pharos_dots_bf16_pairs;
    avx512_bf16.peak_bf16 = pharos_peak_bf16_pairs;
}
#endif

const pharos_kernels *pharos_kernels_for(pharos_instruction_set set) {
    switch (set) {
    case PHAROS_AVX512_BF16_PAIRS:
#if PHAROS_X86
        return has_avx512() && __builtin_cpu_supports("avx512bf16") ? &avx512_bf16 : NULL;
#else
        return NULL;
#endif
    case PHAROS_SCALAR:
        return &pharos_kernels_scalar;
#if PHAROS_X86
    case PHAROS_AVX2:
        return has_avx2() ? &pharos_kernels_avx2 : NULL;
    case PHAROS_AVX512:
        if (!has_avx512()) return NULL;
        return has_fast_bf16() ? &avx512_bf16 : &pharos_kernels_avx512;
#endif
    default:
        return NULL;
    }
}

static const pharos_kernels *default_kernels;
static pthread_once_t default_once = PTHREAD_ONCE_INIT;

static const pharos_kernels *choose_kernels(void) {
    static const char *const names[] = {"scalar", "avx2", "avx512"};
    const char *wanted = getenv("PHAROS_KERNELS");
    for (int set = PHAROS_AVX512; set >= PHAROS_SCALAR; set--) {
        const pharos_kernels *kernels = pharos_kernels_for((pharos_instruction_set)set);
        if (kernels && wanted && strcmp(wanted, names[set]) == 0) return kernels;
    }
    for (int set = PHAROS_AVX512; set > PHAROS_SCALAR; set--) {
        const pharos_kernels *kernels = pharos_kernels_for((pharos_instruction_set)set);
        if (kernels) return kernels;
    }
    return &pharos_kernels_scalar;
}

static void choose_default(void) { default_kernels = choose_kernels(); }

const pharos_kernels *pharos_kernels_default(void) {
    pthread_once(&default_once, choose_default);
    return default_kernels;
}

pharos_type pharos_input_type(const pharos_kernels *kernels, pharos_type format) {
    return format == PHAROS_BF16 ? kernels->bf16_input : format;
}

const char *pharos_kernels_name(const pharos_kernels *kernels) { return kernels->name; }
const char *pharos_kernels_f32_name(const pharos_kernels *kernels) { return kernels->f32.name; }
const char *pharos_kernels_bf16_name(const pharos_kernels *kernels) { return kernels->bf16.name; }
const char *pharos_kernels_int8_name(const pharos_kernels *kernels) { return kernels->int8.name; }
