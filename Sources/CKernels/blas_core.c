#include "CTrainingKernels.h"

#if defined(__linux__)
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// OpenBLAS picks its kernels by processor model when it is loaded. A model it does not know gets the oldest
// ones, without AVX: five to ten times slower. Its own start-up can be run again under another name.
static void choose(void) {
#if defined(__x86_64__)
    if (getenv("OPENBLAS_CORETYPE")) return;
    char *(*name)(void) = (char *(*)(void))dlsym(RTLD_DEFAULT, "openblas_get_corename");
    void (*quit)(void) = (void (*)(void))dlsym(RTLD_DEFAULT, "gotoblas_dynamic_quit");
    void (*start)(void) = (void (*)(void))dlsym(RTLD_DEFAULT, "gotoblas_dynamic_init");
    if (!name || !quit || !start) return;
    const char *chosen = name();
    static const char *const old[] = {"Prescott", "Katmai", "Coppermine", "Northwood", "Banias", "Core2",
                                      "Penryn",   "Dunnington", "Nehalem", "Atom", "Unknown"};
    int outdated = 0;
    for (size_t i = 0; i < sizeof old / sizeof *old; i++) outdated |= chosen && !strcmp(chosen, old[i]);
    if (!outdated) return;
    const char *better = NULL;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl"))
        better = "SKYLAKEX";
    else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        better = "HASWELL";
    if (!better) return;
    setenv("OPENBLAS_CORETYPE", better, 0);
    quit();
    start();
#endif
}

void pharos_blas_choose_core(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, choose);
}
