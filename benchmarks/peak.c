/*
 * What the machine can do: fused multiply-adds per second, and bytes per second.
 *
 * Compiled by `peak.py` for the CPU at hand, with WIDTH bytes to a vector.
 */
#include <pthread.h>
#include <stddef.h>
#include <time.h>

#define ACCUMULATORS (WIDTH == 64 ? 24 : 12)

typedef float floats __attribute__((vector_size(WIDTH)));
typedef double doubles __attribute__((vector_size(WIDTH)));

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Independent sums: enough of them to keep every unit busy for the latency of an instruction. */
#define FMA_LOOP(name, vector)                                                                     \
    static void *name(void *argument)                                                              \
    {                                                                                              \
        const long n = *(const long *)argument;                                                    \
        vector sum[ACCUMULATORS] = {0}, factor = {0}, term = {0};                                  \
        factor += 1;                                                                               \
        term += 1;                                                                                 \
        __asm__ volatile("" : "+v"(factor), "+v"(term));                                           \
        for (long i = 0; i < n; i++) {                                                             \
            _Pragma("GCC unroll 24") for (int j = 0; j < ACCUMULATORS; j++)                        \
            {                                                                                      \
                sum[j] = sum[j] * factor + term;                                                   \
            }                                                                                      \
            _Pragma("GCC unroll 24") for (int j = 0; j < ACCUMULATORS; j++)                        \
            {                                                                                      \
                __asm__ volatile("" : "+v"(sum[j]));                                               \
            }                                                                                      \
        }                                                                                          \
        return NULL;                                                                               \
    }
FMA_LOOP(fma_floats, floats)
FMA_LOOP(fma_doubles, doubles)

typedef struct {
    void *(*work)(void *);
    void *argument;
} job;

static double time_on(int n_threads, const job *jobs)
{
    pthread_t threads[64];
    const double start = seconds();
    for (int t = 1; t < n_threads; t++) {
        pthread_create(&threads[t], NULL, jobs[t].work, jobs[t].argument);
    }
    jobs[0].work(jobs[0].argument);
    for (int t = 1; t < n_threads; t++) {
        pthread_join(threads[t], NULL);
    }
    return seconds() - start;
}

/* Floating-point operations per second of `n_threads` threads, at most 64: the best of 20 tries. */
double peak_flops(int n_threads, int item_size)
{
    long n = 400000;
    job jobs[64];
    double best = 0;
    for (int t = 0; t < n_threads; t++) {
        jobs[t] = (job){item_size == 4 ? fma_floats : fma_doubles, &n};
    }
    const double operations = 2.0 * ACCUMULATORS * (WIDTH / item_size) * (double)n * n_threads;
    for (int i = 0; i < 20; i++) {
        const double rate = operations / time_on(n_threads, jobs);
        best = rate > best ? rate : best;
    }
    return best;
}

typedef struct {
    const float *from;
    float *to;
    size_t n;
    long repeats;
} stretch;

static void *scale(void *argument)
{
    const stretch *const s = argument;
    for (long r = 0; r < s->repeats; r++) {
        for (size_t i = 0; i + WIDTH / 4 <= s->n; i += WIDTH / 4) {
            floats v;
            __builtin_memcpy(&v, s->from + i, WIDTH);
            v *= 3;
            __builtin_memcpy(s->to + i, &v, WIDTH);
        }
        __asm__ volatile("" ::: "memory");
    }
    return NULL;
}

/* Bytes read and written per second by to = 3 * from, each of n floats, on `n_threads` threads. */
double peak_bandwidth(int n_threads, float *to, const float *from, size_t n)
{
    stretch parts[64];
    job jobs[64];
    double best = 0;
    const long repeats = 1 + (long)(4000000 / (n + 1));
    for (int t = 0; t < n_threads; t++) {
        const size_t part = n / (size_t)n_threads;
        parts[t] = (stretch){from + part * (size_t)t, to + part * (size_t)t, part, repeats};
        jobs[t] = (job){scale, &parts[t]};
    }
    for (int i = 0; i < 20; i++) {
        const double rate = 8.0 * (double)n * (double)repeats / time_on(n_threads, jobs);
        best = rate > best ? rate : best;
    }
    return best;
}
