/*
 * What the machine can do: fused multiply-adds per second, and bytes per second.
 *
 * Compiled by `peak.py` for the CPU at hand, with WIDTH bytes to a vector. The threads of one
 * measurement start together, and the best of several tries counts.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

/* The letter of assembler constraints for a vector register. */
#if defined(__aarch64__)
#define VECTOR "w"
#else
#define VECTOR "v"
#endif
#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { MAX_THREADS = 64, MIN_TRIES = 3, UNROLLED = 8, LINE = 64, HUGE_PAGE = 2 << 20 };

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- threads that start together ---- */

/* What one thread does: `repeats` passes over n floats of each array. */
typedef struct job {
    void (*work)(const struct job *job);
    long repeats;
    float *to;
    const float *a, *b;
    size_t n;
} job;

typedef struct {
    const job *jobs;
    int n_threads;
    double budget;    /* seconds to go on trying */
    double best;      /* seconds of the fastest try */
    atomic_int waits; /* calls of `meet` so far, of all threads */
    atomic_int done;
    atomic_int next;  /* the index of the next thread to start */
} contest;

/* Returns when all threads are here. */
static void meet(contest *c)
{
    const int arrived = atomic_fetch_add(&c->waits, 1);
    const int wanted = (arrived / c->n_threads + 1) * c->n_threads;
    for (int spins = 1; atomic_load(&c->waits) < wanted; spins++) {
        if (spins % 1000 == 0) {
            sched_yield();
        }
    }
}

static void *compete(void *argument)
{
    contest *const c = argument;
    const int index = atomic_fetch_add(&c->next, 1);
    const job *const own = &c->jobs[index];
    const double first = seconds();
    for (int tries = 1; !atomic_load(&c->done); tries++) {
        meet(c);
        const double start = seconds();
        own->work(own);
        meet(c);
        const double end = seconds();
        if (index == 0) {
            c->best = end - start < c->best ? end - start : c->best;
            atomic_store(&c->done, tries >= MIN_TRIES && end - first > c->budget);
        }
        meet(c);
    }
    return NULL;
}

/* Seconds of the fastest try of all jobs at once. */
static double fastest(const job *jobs, int n_threads, double budget)
{
    pthread_t threads[MAX_THREADS];
    contest c = {.jobs = jobs, .n_threads = n_threads, .budget = budget, .best = 1e9};
    for (int t = 1; t < n_threads; t++) {
        pthread_create(&threads[t], NULL, compete, &c);
    }
    compete(&c);
    for (int t = 1; t < n_threads; t++) {
        pthread_join(threads[t], NULL);
    }
    return c.best;
}

/* ---- arithmetic ---- */

#define ACCUMULATORS (WIDTH == 64 ? 24 : 12)

typedef float floats __attribute__((vector_size(WIDTH)));

/* Independent sums: enough of them to keep every unit busy for the latency of an instruction. */
static void fma_loop(const job *job)
{
    floats sum[ACCUMULATORS] = {0}, factor = {0}, term = {0};
    factor += 1;
    term += 1;
    __asm__ volatile("" : "+" VECTOR(factor), "+" VECTOR(term));
    for (long i = 0; i < job->repeats; i++) {
        _Pragma("GCC unroll 24") for (int j = 0; j < ACCUMULATORS; j++)
        {
            sum[j] = sum[j] * factor + term;
        }
        _Pragma("GCC unroll 24") for (int j = 0; j < ACCUMULATORS; j++)
        {
            __asm__ volatile("" : "+" VECTOR(sum[j]));
        }
    }
}

/* Operations per second on floats by `n_threads` threads, at most MAX_THREADS, as a fused
 * multiply-add is two; found in `budget` seconds. */
double peak_flops(int n_threads, double budget)
{
    job jobs[MAX_THREADS];
    const long n = 50000;
    for (int t = 0; t < n_threads; t++) {
        jobs[t] = (job){.work = fma_loop, .repeats = n};
    }
    const double operations = 2.0 * ACCUMULATORS * (WIDTH / sizeof(float)) * (double)n * n_threads;
    return operations / fastest(jobs, n_threads, budget);
}

/* ---- memory ---- */

/* Vectors of half the width keep some CPUs at a higher clock. */
#define HALF (WIDTH > 16 ? WIDTH / 2 : 16)
typedef float halves __attribute__((vector_size(HALF)));

/* Stores that pass by the caches, where the CPU has them. */
#define STORE(p, v) (*(p) = (v))
#if defined(__AVX512F__)
#define STREAM(p, v) _mm512_stream_ps((float *)(p), (__m512)(v))
#define STREAM_HALF(p, v) _mm256_stream_ps((float *)(p), (__m256)(v))
#elif defined(__AVX__)
#define STREAM(p, v) _mm256_stream_ps((float *)(p), (__m256)(v))
#define STREAM_HALF(p, v) _mm_stream_ps((float *)(p), (__m128)(v))
#elif defined(__x86_64__)
#define STREAM(p, v) _mm_stream_ps((float *)(p), (__m128)(v))
#define STREAM_HALF STREAM
#else
#define STREAM STORE
#define STREAM_HALF STORE
#endif

#define EACH(vector) for (size_t i = 0; i < job->n; i += sizeof(vector) / sizeof(float))
#define AT(vector, array) ((vector *)(job->array + i))
#define PASSES(loop)                                                                               \
    for (long r = 0; r < job->repeats; r++) {                                                      \
        _Pragma("GCC unroll 8") loop                                                               \
        __asm__ volatile("" ::: "memory");                                                         \
    }

/* The loops that read only; that write as they read, half as much, and only write. */
#define READING_LOOP(suffix, vector)                                                               \
    static void read_##suffix(const job *job)                                                      \
    {                                                                                              \
        PASSES(EACH(vector) {                                                                      \
            const vector x = *AT(const vector, a);                                                 \
            __asm__ volatile("" ::VECTOR(x));                                                         \
        })                                                                                         \
    }
#define WRITING_LOOPS(suffix, vector, store)                                                       \
    static void scale_##suffix(const job *job)                                                     \
    {                                                                                              \
        PASSES(EACH(vector) { store(AT(vector, to), 3 * *AT(const vector, a)); })                  \
    }                                                                                              \
    static void add_##suffix(const job *job)                                                       \
    {                                                                                              \
        PASSES(EACH(vector) {                                                                      \
            store(AT(vector, to), *AT(const vector, a) + *AT(const vector, b));                    \
        })                                                                                         \
    }                                                                                              \
    static void fill_##suffix(const job *job)                                                      \
    {                                                                                              \
        vector x = {0};                                                                            \
        __asm__ volatile("" : "+" VECTOR(x));                                                            \
        PASSES(EACH(vector) { store(AT(vector, to), x); })                                         \
    }

READING_LOOP(wide, floats)
READING_LOOP(half, halves)
WRITING_LOOPS(wide, floats, STORE)
WRITING_LOOPS(half, halves, STORE)
WRITING_LOOPS(streaming, floats, STREAM)
WRITING_LOOPS(half_streaming, halves, STREAM_HALF)

/* The loops of each kind, and the arrays that they go through. */
enum { KINDS = 4, LOOPS = 4 };
static const struct {
    size_t n_arrays;
    void (*loops[LOOPS])(const job *);
} kinds[KINDS] = {
    {1, {read_wide, read_half}},
    {3, {add_wide, add_half, add_streaming, add_half_streaming}},
    {2, {scale_wide, scale_half, scale_streaming, scale_half_streaming}},
    {1, {fill_wide, fill_half, fill_streaming, fill_half_streaming}},
};

/* Bytes read and written per second by the fastest loop of `kind` over `nbytes` in all, each tried
 * for `budget` seconds. `memory` has peak_room more bytes than that, aligned to a page. */
const size_t peak_room = 1 << 20;

double peak_bandwidth(int n_threads, int kind, char *memory, size_t nbytes, double budget)
{
    job jobs[MAX_THREADS];
    const size_t n_arrays = kinds[kind].n_arrays, threads = (size_t)n_threads;
    /* Floats of one array for one thread: whole turns of the unrolled loops. */
    const size_t turn = UNROLLED * WIDTH / sizeof(float);
    const size_t n = (nbytes / (n_arrays * threads * sizeof(float)) + turn - 1) / turn * turn;
    const double moved = (double)(n_arrays * threads * n * sizeof(float));
    const long repeats = 1 + (long)(16e6 / moved);
    /* A load must not seem to depend on a recent store to the same place in another page. */
    const size_t stride = (n * threads * sizeof(float) + 4095) / 4096 * 4096 + 21 * LINE;
    float *arrays[3];
    for (size_t k = 0; k < 3; k++) {
        arrays[k] = (float *)(memory + k % n_arrays * stride);
    }
    double best = 1e9;
    for (int loop = 0; loop < LOOPS && kinds[kind].loops[loop]; loop++) {
        for (size_t t = 0; t < threads; t++) {
            const size_t first = t * n;
            jobs[t] = (job){kinds[kind].loops[loop], repeats, arrays[0] + first,
                            arrays[1 % n_arrays] + first, arrays[2] + first, n};
        }
        const double took = fastest(jobs, n_threads, budget);
        best = took < best ? took : best;
    }
    return moved * (double)repeats / best;
}

/* Memory of `nbytes` in huge pages where the system has them, touched; never given back. */
char *peak_memory(size_t nbytes)
{
    char *memory = mmap(NULL, nbytes + HUGE_PAGE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return NULL;
    }
    memory += (HUGE_PAGE - (size_t)memory % HUGE_PAGE) % HUGE_PAGE;
#ifdef MADV_HUGEPAGE
    madvise(memory, nbytes, MADV_HUGEPAGE);
#endif
    return memset(memory, 0, nbytes);
}
