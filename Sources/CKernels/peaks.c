// What a core and its memory give at most, by CPU time, so that other work on the machine does not count.
#define _GNU_SOURCE
#include <time.h>

#include "internal.h"

static double seconds_of(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

double pharos_cpu_seconds(void) { return seconds_of(CLOCK_PROCESS_CPUTIME_ID); }

/// The best of the samples that `seconds` allow: interruptions only ever slow one down.
static double best_rate(double (*loop)(long), double seconds) {
    double best = 0;
    double end = seconds_of(CLOCK_THREAD_CPUTIME_ID) + seconds;
    loop(10000);
    do {
        double start = seconds_of(CLOCK_THREAD_CPUTIME_ID);
        double operations = loop(200000);
        double rate = operations / (seconds_of(CLOCK_THREAD_CPUTIME_ID) - start);
        if (rate > best) best = rate;
    } while (seconds_of(CLOCK_THREAD_CPUTIME_ID) < end);
    return best;
}

double pharos_peak_f32(const pharos_kernels *kernels, double seconds) {
    return best_rate(kernels->peak_f32, seconds);
}

double pharos_peak_bf16(const pharos_kernels *kernels, double seconds) {
    return best_rate(kernels->peak_bf16, seconds);
}

double pharos_peak_int8(const pharos_kernels *kernels, double seconds) {
    return best_rate(kernels->peak_int8, seconds);
}

double pharos_peak_read(const pharos_kernels *kernels, double seconds) {
    // Larger than the caches that a process is likely to have for itself.
    const size_t size = (size_t)512 << 20;
    char *base = pharos_allocate(size);
    if (!base) return 0;
    for (size_t at = 0; at < size; at += 4096) base[at] = (char)at;
    double best = 0;
    double end = seconds_of(CLOCK_THREAD_CPUTIME_ID) + seconds;
    do {
        double start = seconds_of(CLOCK_THREAD_CPUTIME_ID);
        double bytes = kernels->read(base, size);
        double rate = bytes / (seconds_of(CLOCK_THREAD_CPUTIME_ID) - start);
        if (rate > best) best = rate;
    } while (seconds_of(CLOCK_THREAD_CPUTIME_ID) < end);
    pharos_deallocate(base, size);
    return best;
}
