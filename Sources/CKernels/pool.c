// The worker pool: tasks of one job at a time, claimed one by one from a ticket that names job and task together.
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "internal.h"

#if PHAROS_X86
#define pause_core() __builtin_ia32_pause()
#else
#define pause_core() ((void)0)
#endif

/// How long a thread without work spins before it blocks: about the length of the work between two jobs.
static const int64_t spin_nanoseconds = 40000;

struct pharos_pool {
    /// Number of the job in the upper half, unclaimed tasks in the lower.
    _Alignas(128) _Atomic uint64_t ticket;
    _Alignas(128) _Atomic size_t done;
    /// Read only by a thread that owns an unfinished task, and written only while there is none.
    pharos_task task;
    void *context;
    size_t count;

    pthread_mutex_t running;
    pthread_mutex_t lock;
    pthread_cond_t work;
    pthread_cond_t finished;
    _Atomic int sleeping;
    _Atomic int waiting;
    _Atomic int stopping;
    int workers;
    pthread_t *threads;
};

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/// Claims and runs tasks until none is left.
static void work_off(pharos_pool *pool) {
    uint64_t ticket = atomic_load(&pool->ticket);
    while ((uint32_t)ticket != 0) {
        // Succeeds only for the current job: while a task of it is unfinished, the job stays as it is.
        if (!atomic_compare_exchange_weak(&pool->ticket, &ticket, ticket - 1)) continue;
        size_t count = pool->count;
        pool->task(pool->context, count - (uint32_t)ticket);
        if (atomic_fetch_add(&pool->done, 1) + 1 == count && atomic_load(&pool->waiting)) {
            pthread_mutex_lock(&pool->lock);
            pthread_cond_signal(&pool->finished);
            pthread_mutex_unlock(&pool->lock);
        }
        ticket = atomic_load(&pool->ticket);
    }
}

static int has_work(pharos_pool *pool) {
    return (uint32_t)atomic_load(&pool->ticket) != 0 || atomic_load(&pool->stopping);
}

static void *worker(void *argument) {
    pharos_pool *pool = argument;
    while (!atomic_load(&pool->stopping)) {
        work_off(pool);
        int64_t end = now() + spin_nanoseconds;
        int idle = 1;
        while (idle) {
            for (int turn = 0; turn < 64 && (idle = !has_work(pool)); turn++) pause_core();
            if (idle && now() > end) break;
        }
        if (!idle) continue;
        pthread_mutex_lock(&pool->lock);
        atomic_fetch_add(&pool->sleeping, 1);
        while (!has_work(pool)) pthread_cond_wait(&pool->work, &pool->lock);
        atomic_fetch_sub(&pool->sleeping, 1);
        pthread_mutex_unlock(&pool->lock);
    }
    return NULL;
}

pharos_pool *pharos_pool_create(int threads) {
    pharos_pool *pool = NULL;
    if (posix_memalign((void **)&pool, 128, sizeof(pharos_pool)) != 0) return NULL;
    atomic_init(&pool->ticket, 0);
    atomic_init(&pool->done, 0);
    atomic_init(&pool->sleeping, 0);
    atomic_init(&pool->waiting, 0);
    atomic_init(&pool->stopping, 0);
    pthread_mutex_init(&pool->running, NULL);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->finished, NULL);
    pool->workers = 0;
    pool->threads = calloc((size_t)(threads > 0 ? threads : 1), sizeof(pthread_t));
    // With fewer threads than asked for, the work takes longer and comes out the same.
    while (pool->threads && pool->workers < threads - 1
           && pthread_create(&pool->threads[pool->workers], NULL, worker, pool) == 0)
        pool->workers++;
    return pool;
}

void pharos_pool_destroy(pharos_pool *pool) {
    if (!pool) return;
    pthread_mutex_lock(&pool->lock);
    atomic_store(&pool->stopping, 1);
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (int index = 0; index < pool->workers; index++) pthread_join(pool->threads[index], NULL);
    pthread_mutex_destroy(&pool->running);
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->work);
    pthread_cond_destroy(&pool->finished);
    free(pool->threads);
    free(pool);
}

void pharos_pool_run(pharos_pool *pool, size_t count, pharos_task task, void *context) {
    if (count == 0) return;
    if (count == 1 || !pool || pool->workers == 0 || count > UINT32_MAX
        || pthread_mutex_trylock(&pool->running) != 0) {
        for (size_t index = 0; index < count; index++) task(context, index);
        return;
    }
    pool->task = task;
    pool->context = context;
    pool->count = count;
    atomic_store(&pool->done, 0);
    uint64_t job = (atomic_load(&pool->ticket) >> 32) + 1;
    atomic_store(&pool->ticket, job << 32 | (uint64_t)count);
    // A worker counts itself asleep before it looks for work the last time, so one of the two sees the other.
    if (atomic_load(&pool->sleeping) > 0) {
        pthread_mutex_lock(&pool->lock);
        pthread_cond_broadcast(&pool->work);
        pthread_mutex_unlock(&pool->lock);
    }
    work_off(pool);
    int64_t end = now() + spin_nanoseconds;
    while (atomic_load(&pool->done) != count) {
        for (int turn = 0; turn < 64 && atomic_load(&pool->done) != count; turn++) pause_core();
        if (atomic_load(&pool->done) == count || now() <= end) continue;
        pthread_mutex_lock(&pool->lock);
        atomic_store(&pool->waiting, 1);
        while (atomic_load(&pool->done) != count) pthread_cond_wait(&pool->finished, &pool->lock);
        atomic_store(&pool->waiting, 0);
        pthread_mutex_unlock(&pool->lock);
    }
    pthread_mutex_unlock(&pool->running);
}
