/* Chunks are handed out by one atomic counter. A thread that has nothing to do polls for a while
 * and then sleeps. */
#define _GNU_SOURCE
#include "threads.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "limits.h"
#include "workspace.h"

/* How long a waiting thread polls before it sleeps: a worker for the next region, the caller for the
 * end of this one. A sleeping thread takes tens of microseconds to wake. Between the regions of a
 * small model's step there are up to some tenths of a millisecond of Python and of kernels for which
 * a second thread would come too late. */
static const int64_t SPIN_NS = 500000;

/* Members that different threads write stand on cache lines of their own. */
#define OWN_LINE _Alignas(128)

/*
 * The pool has one region at a time. The low half of `claims` counts the chunks that nobody has
 * taken, the high half those that the caller has; one atomic addition takes a chunk. The caller
 * takes from the front and the workers from the back, so that with two threads a core mostly gets
 * the same part of an array in one kernel after the other, and finds it in its cache.
 *
 * The region cannot end before a chunk that is taken is done. So a thread reads the plain members
 * that describe the region when it has taken a chunk, and only then: a thread that wakes late
 * finds either nothing to take or a chunk of the region that is running by then.
 */
static struct {
    void (*work)(const void *context, ptrdiff_t index);
    const void *context;
    ptrdiff_t first; /* index of the region's first chunk */
    tgc_workspaces workspaces;
    OWN_LINE _Atomic uint64_t claims;
    OWN_LINE atomic_ptrdiff_t unfinished;
    OWN_LINE atomic_int busy;   /* a caller has the pool */
    atomic_int size;            /* threads that take part, the caller included */
    atomic_int sleeping;        /* workers that wait for `wake` */
    atomic_int caller_sleeping; /* the caller waits for `finished` */
    atomic_int cpu;             /* where the caller runs */
    _Atomic int64_t spin_ns;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    pthread_cond_t finished;
    pthread_t workers[TGC_MAX_THREADS];
} pool = {
    .size = 1,
    .mutex = PTHREAD_MUTEX_INITIALIZER,
    .wake = PTHREAD_COND_INITIALIZER,
    .finished = PTHREAD_COND_INITIALIZER,
};

static atomic_int n_threads; /* what tgc_get_num_threads returns; 0: not settled yet */

/* ---- waiting ---- */

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline void pause_cpu(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static int current_cpu(void)
{
#if defined(__linux__)
    return sched_getcpu();
#else
    return -1;
#endif
}

/* Lets the caller run, if a worker polls on the caller's CPU because all others are busy. */
static void give_way(int id)
{
    if (id > 0 && current_cpu() == atomic_load_explicit(&pool.cpu, memory_order_relaxed)) {
        sched_yield();
    }
}

/* Polls until ready(id) or the time is up; returns what ready said last. */
static int spin(int (*ready)(int id), int id)
{
    const int64_t end = now_ns() + atomic_load(&pool.spin_ns);
    do {
        for (int i = 0; i < 32; i++) {
            if (ready(id)) {
                return 1;
            }
            pause_cpu();
        }
        give_way(id);
    } while (now_ns() < end);
    return 0;
}

static int32_t unclaimed(uint64_t claims)
{
    return (int32_t)(uint32_t)claims;
}

static int worker_ready(int id)
{
    return unclaimed(atomic_load(&pool.claims)) > 0 || id >= atomic_load(&pool.size);
}

static int region_finished(int id)
{
    (void)id;
    return atomic_load(&pool.unfinished) == 0;
}

/* Waits for a chunk; returns 0 when the worker is to end. The thread that sets the condition and
 * the thread that sleeps each write first and then read what the other wrote, so one of them
 * always sees the other. */
static int wait_for_chunk(int id)
{
    if (!spin(worker_ready, id)) {
        pthread_mutex_lock(&pool.mutex);
        atomic_fetch_add(&pool.sleeping, 1);
        while (!worker_ready(id)) {
            pthread_cond_wait(&pool.wake, &pool.mutex);
        }
        atomic_fetch_sub(&pool.sleeping, 1);
        pthread_mutex_unlock(&pool.mutex);
    }
    return id < atomic_load(&pool.size);
}

static void wait_for_finish(void)
{
    if (!spin(region_finished, 0)) {
        pthread_mutex_lock(&pool.mutex);
        atomic_store(&pool.caller_sleeping, 1);
        while (!region_finished(0)) {
            pthread_cond_wait(&pool.finished, &pool.mutex);
        }
        atomic_store(&pool.caller_sleeping, 0);
        pthread_mutex_unlock(&pool.mutex);
    }
}

/* Passing through the lock makes sure that a thread about to sleep does sleep, or has looked. */
static void pass_lock(void)
{
    pthread_mutex_lock(&pool.mutex);
    pthread_mutex_unlock(&pool.mutex);
}

static void wake_workers(int32_t n)
{
    const int sleeping = atomic_load(&pool.sleeping);
    if (sleeping == 0) {
        return;
    }
    pass_lock();
    if (n >= sleeping) {
        pthread_cond_broadcast(&pool.wake);
        return;
    }
    while (n-- > 0) {
        pthread_cond_signal(&pool.wake);
    }
}

/* ---- a region ---- */

/* The index of a chunk for the running thread, or -1 when none is left. A thread that comes after
 * the last chunk takes the count below 0, which the next region overwrites. */
static ptrdiff_t claim_chunk(int is_caller)
{
    static const uint64_t FRONT = UINT64_C(1) << 32;
    const uint64_t claims = atomic_fetch_add(&pool.claims, is_caller ? FRONT - 1 : UINT64_MAX);
    const int32_t left = unclaimed(claims);
    const ptrdiff_t front = (ptrdiff_t)(claims >> 32);
    return left <= 0 ? -1 : is_caller ? front : front + left - 1;
}

/* Runs chunks until none is left. Thread 0 is the caller. */
static void take_chunks(int id)
{
    ptrdiff_t done = 0, index;
    while ((index = claim_chunk(id == 0)) >= 0) {
        if (done++ == 0 && id > 0) {
            tgc_workspace_enter(&pool.workspaces, id);
        }
        pool.work(pool.context, pool.first + index);
    }
    if (done > 0 && atomic_fetch_sub(&pool.unfinished, done) == done &&
        atomic_load(&pool.caller_sleeping)) {
        pass_lock();
        pthread_cond_signal(&pool.finished);
    }
}

static void *worker(void *argument)
{
    const int id = (int)(intptr_t)argument;
    while (wait_for_chunk(id)) {
        take_chunks(id);
    }
    return NULL;
}

static void run_region(void (*work)(const void *context, ptrdiff_t index), const void *context,
                       ptrdiff_t first, int32_t n)
{
    pool.work = work;
    pool.context = context;
    pool.first = first;
    pool.workspaces = tgc_workspace_own();
    atomic_store_explicit(&pool.cpu, current_cpu(), memory_order_relaxed);
    atomic_store(&pool.unfinished, n);
    atomic_store(&pool.claims, (uint32_t)n);
    wake_workers(n - 1);
    take_chunks(0);
    wait_for_finish();
}

/* ---- the threads ---- */

/* The threads of the parent do not exist in the child; whatever they were doing is forgotten and
 * the next region starts new ones. */
static void forget_threads(void)
{
    atomic_store(&pool.claims, 0);
    atomic_store(&pool.unfinished, 0);
    atomic_store(&pool.busy, 0);
    atomic_store(&pool.size, 1);
    atomic_store(&pool.sleeping, 0);
    atomic_store(&pool.caller_sleeping, 0);
    pool.mutex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    pool.wake = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    pool.finished = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
}

static void stop_threads(int size)
{
    const int old_size = atomic_load(&pool.size);
    pthread_mutex_lock(&pool.mutex);
    atomic_store(&pool.size, size);
    pthread_cond_broadcast(&pool.wake);
    pthread_mutex_unlock(&pool.mutex);
    for (int id = size; id < old_size; id++) {
        pthread_join(pool.workers[id], NULL);
    }
}

/* Signals are the process's own business: none is delivered to a worker. */
static int start_thread(int id)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int failed = pthread_create(&pool.workers[id], NULL, worker, (void *)(intptr_t)id);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

/* Makes the pool `size` threads large, or as large as the system lets it be. */
static void resize(int size)
{
    /* With more threads than CPUs the thread that polls may be in the way of the one that works. */
    atomic_store(&pool.spin_ns, size <= tgc_cpu_limit("") ? SPIN_NS : 0);
    if (size < atomic_load(&pool.size)) {
        stop_threads(size);
    }
    while (atomic_load(&pool.size) < size) {
        const int id = atomic_fetch_add(&pool.size, 1);
        if (start_thread(id) != 0) {
            atomic_store(&pool.size, id);
            atomic_store(&n_threads, id);
            return;
        }
    }
}

static void watch_forks(void)
{
    pthread_atfork(NULL, NULL, forget_threads);
}

/* Takes the pool for the calling thread, if it is free and has more than one thread. */
static int acquire_pool(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    const int wanted = tgc_get_num_threads();
    pthread_once(&once, watch_forks);
    if (wanted == 1 || atomic_exchange(&pool.busy, 1)) {
        return 0;
    }
    if (atomic_load(&pool.size) != wanted) {
        resize(wanted);
    }
    if (tgc_workspace_share(atomic_load(&pool.size)) != 0) {
        atomic_store(&pool.busy, 0);
        return 0;
    }
    return 1;
}

void tgc_parallel(void (*work)(const void *context, ptrdiff_t index), const void *context,
                  ptrdiff_t n)
{
    ptrdiff_t i = 0;
    /* A call from inside a region finds the pool busy, too. */
    if (n > 1 && acquire_pool()) {
        while (i < n) {
            const int32_t piece = n - i < INT32_MAX ? (int32_t)(n - i) : INT32_MAX;
            run_region(work, context, i, piece);
            i += piece;
        }
        atomic_store(&pool.busy, 0);
        return;
    }
    for (; i < n; i++) {
        work(context, i);
    }
}

static int clamp_threads(long n)
{
    return n < 1 ? 1 : n > TGC_MAX_THREADS ? TGC_MAX_THREADS : (int)n;
}

int tgc_get_num_threads(void)
{
    const int n = atomic_load_explicit(&n_threads, memory_order_relaxed);
    if (n == 0) {
        const char *wanted = getenv("TINYGRAD_C_NUM_THREADS");
        const long number = wanted ? strtol(wanted, NULL, 10) : 0;
        int unset = 0;
        atomic_compare_exchange_strong(
            &n_threads, &unset, clamp_threads(number > 0 ? number : tgc_cpu_limit("")));
        return atomic_load(&n_threads);
    }
    return n;
}

void tgc_set_num_threads(int n)
{
    atomic_store(&n_threads, clamp_threads(n));
}
