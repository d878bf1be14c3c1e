// Memory: aligned and zeroed, scratch of a thread, and pages of a mapped file.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"

/// From here on memory comes from its own mapping: zeroed by the system, returned at once, in huge pages.
static const size_t mapping_threshold = (size_t)1 << 20;

void *pharos_allocate(size_t size) {
    if (size >= mapping_threshold) {
        void *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (base == MAP_FAILED) return NULL;
#ifdef MADV_HUGEPAGE
        if (size >= ((size_t)4 << 20)) madvise(base, size, MADV_HUGEPAGE);
#endif
        return base;
    }
    void *base = NULL;
    if (posix_memalign(&base, 64, size ? size : 64) != 0) return NULL;
    memset(base, 0, size ? size : 64);
    return base;
}

void pharos_deallocate(void *base, size_t size) {
    if (!base) return;
    if (size >= mapping_threshold) {
        munmap(base, size);
    } else {
        free(base);
    }
}

void pharos_release_pages(const void *base, size_t size) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = ((uintptr_t)base + page - 1) / page * page;
    uintptr_t end = ((uintptr_t)base + size) / page * page;
    if (end > start) madvise((void *)start, end - start, MADV_DONTNEED);
}

typedef struct {
    void *base[SCRATCH_SLOTS];
    size_t size[SCRATCH_SLOTS];
} scratch;

static pthread_once_t scratch_once = PTHREAD_ONCE_INIT;
static pthread_key_t scratch_key;

static void scratch_free(void *value) {
    scratch *held = value;
    for (int slot = 0; slot < SCRATCH_SLOTS; slot++) free(held->base[slot]);
    free(held);
}

static void scratch_create_key(void) {
    if (pthread_key_create(&scratch_key, scratch_free) != 0) abort();
}

void *pharos_scratch(scratch_slot slot, size_t size) {
    pthread_once(&scratch_once, scratch_create_key);
    scratch *held = pthread_getspecific(scratch_key);
    if (!held) {
        held = calloc(1, sizeof(scratch));
        if (!held || pthread_setspecific(scratch_key, held) != 0) abort();
    }
    if (held->size[slot] < size) {
        free(held->base[slot]);
        if (posix_memalign(&held->base[slot], 4096, size + size / 4) != 0) abort();
        held->size[slot] = size + size / 4;
    }
    return held->base[slot];
}
