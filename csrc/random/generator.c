/* MT19937 itself. Apart from random.c, which makes the numbers of a distribution from its words. */
#include "generator.h"

#include <sched.h>
#include <string.h>

#include "../runtime/sizes.h"

/* The constants of MT19937, named as in the paper. */
enum { N = TGC_MT_WORDS, M = 397 };
static const uint32_t A = 0x9908b0df, UPPER_MASK = 0x80000000, LOWER_MASK = 0x7fffffff;

/* Four words at a time: plain C that every CPU runs on its vector unit. */
typedef uint32_t words4 __attribute__((vector_size(16)));

void tgc_generator_seed(tgc_generator *g, uint64_t seed)
{
    g->words[0] = (uint32_t)seed;
    for (uint32_t i = 1; i < N; i++) {
        const uint32_t x = g->words[i - 1];
        g->words[i] = 1812433253u * (x ^ (x >> 30)) + i;
    }
    g->n_used = N;
    g->has_next_normal = 0;
    g->next_normal = 0;
    g->seed = seed;
    g->philox_counter = 0;
}

void tgc_generator_lock(tgc_generator *g)
{
    while (__atomic_exchange_n(&g->locked, 1, __ATOMIC_ACQUIRE)) {
        sched_yield();
    }
}

void tgc_generator_unlock(tgc_generator *g)
{
    __atomic_store_n(&g->locked, 0, __ATOMIC_RELEASE);
}

static inline uint32_t twist(uint32_t x, uint32_t next, uint32_t far)
{
    const uint32_t y = (x & UPPER_MASK) | (next & LOWER_MASK);
    return far ^ (y >> 1) ^ (-(y & 1) & A);
}

/* w[i] for begin <= i < end from w[i], w[i + 1] and w[i + far], all read before they change. */
static void twist_range(uint32_t *w, ptrdiff_t begin, ptrdiff_t end, ptrdiff_t far)
{
    ptrdiff_t i = begin;
    for (; i + 4 <= end; i += 4) {
        words4 x, next, other;
        memcpy(&x, w + i, sizeof x);
        memcpy(&next, w + i + 1, sizeof next);
        memcpy(&other, w + i + far, sizeof other);
        const words4 y = (x & UPPER_MASK) | (next & LOWER_MASK);
        x = other ^ (y >> 1) ^ (-(y & 1) & A);
        memcpy(w + i, &x, sizeof x);
    }
    for (; i < end; i++) {
        w[i] = twist(w[i], w[i + 1], w[i + far]);
    }
}

static void next_round(tgc_generator *g)
{
    uint32_t *w = g->words;
    twist_range(w, 0, N - M, M);
    twist_range(w, N - M, N - 1, M - N);
    w[N - 1] = twist(w[N - 1], w[0], w[M - 1]);
    g->n_used = 0;
}

#define TEMPER(y)                      \
    do {                               \
        y ^= y >> 11;                  \
        y ^= (y << 7) & 0x9d2c5680u;   \
        y ^= (y << 15) & 0xefc60000u;  \
        y ^= y >> 18;                  \
    } while (0)

static void temper(const uint32_t *state, uint32_t *words, ptrdiff_t n)
{
    ptrdiff_t i = 0;
    for (; i + 4 <= n; i += 4) {
        words4 y;
        memcpy(&y, state + i, sizeof y);
        TEMPER(y);
        memcpy(words + i, &y, sizeof y);
    }
    for (; i < n; i++) {
        uint32_t y = state[i];
        TEMPER(y);
        words[i] = y;
    }
}

void tgc_generator_words(tgc_generator *g, uint32_t *words, ptrdiff_t n)
{
    while (n > 0) {
        if (g->n_used == N) {
            next_round(g);
        }
        const ptrdiff_t unused = N - (ptrdiff_t)g->n_used;
        const ptrdiff_t m = tgc_min(n, unused);
        temper(g->words + g->n_used, words, m);
        g->n_used += (uint32_t)m;
        words += m;
        n -= m;
    }
}

/* Words are converted in whole blocks, which the compiler vectorises. */
enum { BLOCK = 64 };

void tgc_generator_words64(tgc_generator *g, uint64_t *words, ptrdiff_t n)
{
    uint32_t halves[2 * BLOCK];
    for (ptrdiff_t done = 0; done < n; done += BLOCK) {
        const ptrdiff_t m = tgc_min(n - done, BLOCK);
        tgc_generator_words(g, halves, 2 * m);
        for (ptrdiff_t i = 0; i < m; i++) {
            words[done + i] = (uint64_t)halves[2 * i] << 32 | halves[2 * i + 1];
        }
    }
}

void tgc_unit_f32(tgc_generator *g, float *y, ptrdiff_t n)
{
    uint32_t words[BLOCK] = {0};
    float numbers[BLOCK];
    for (ptrdiff_t done = 0; done < n; done += BLOCK) {
        const ptrdiff_t m = tgc_min(n - done, BLOCK);
        tgc_generator_words(g, words, m);
        for (int i = 0; i < BLOCK; i++) {
            numbers[i] = (float)tgc_u24(words[i]);
        }
        memcpy(y + done, numbers, (size_t)m * sizeof *y);
    }
}

void tgc_unit_f64(tgc_generator *g, double *y, ptrdiff_t n)
{
    uint64_t words[BLOCK];
    for (ptrdiff_t done = 0; done < n; done += BLOCK) {
        const ptrdiff_t m = tgc_min(n - done, BLOCK);
        tgc_generator_words64(g, words, m);
        for (ptrdiff_t i = 0; i < m; i++) {
            y[done + i] = tgc_u53(words[i]);
        }
    }
}
