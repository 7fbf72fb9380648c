/*
 * The state of a random number generator and its raw draws.
 *
 * MT19937 (M. Matsumoto and T. Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed
 * uniform pseudo-random number generator", ACM TOMACS 8, 1998) with the 2002 initialisation, which
 * is what PyTorch's CPU generator uses: the same seed gives the same 32-bit words.
 * A 64-bit draw is two words, the first of them the upper half.
 *
 * The state lives in an array, so that a draw is a kernel call like any other, and a replayed call
 * draws new numbers.
 */
#ifndef TGC_GENERATOR_H
#define TGC_GENERATOR_H

#include <stddef.h>
#include <stdint.h>

enum { TGC_MT_WORDS = 624 };

/* Of Philox's stream (philox.h): the words that a counter gives, the counters and the words of a
 * block. */
enum {
    TGC_PHILOX_WORDS = 4,
    TGC_PHILOX_COUNTERS = 16,
    TGC_PHILOX_BLOCK = TGC_PHILOX_WORDS * TGC_PHILOX_COUNTERS
};

typedef struct {
    uint32_t words[TGC_MT_WORDS];
    uint32_t n_used;          /* words of this round that have been drawn */
    uint32_t has_next_normal; /* is next_normal the second half of a Box-Muller pair? */
    double next_normal;
    uint64_t seed;
    uint64_t philox_counter;  /* dropout's place in its own stream (philox.h) */
    uint32_t locked;          /* held during a draw: two threads may share a generator */
} tgc_generator;

/* Bytes that are the generator's state: all but the lock. */
enum { TGC_GENERATOR_STATE = offsetof(tgc_generator, locked) };

/* The state that PyTorch's manual_seed(seed) sets. */
void tgc_generator_seed(tgc_generator *g, uint64_t seed);
void tgc_generator_lock(tgc_generator *g);
void tgc_generator_unlock(tgc_generator *g);

/* A number in [0, 1): of the low 24 bits of a word, or of the low 53 bits of a 64-bit draw. */
static inline double tgc_u24(uint32_t word)
{
    return (int32_t)(word & 0xffffff) * 0x1p-24;
}

static inline double tgc_u53(uint64_t word)
{
    return (double)(int64_t)(word & 0x1fffffffffffff) * 0x1p-53;
}

/* The next n words, or n 64-bit draws. */
void tgc_generator_words(tgc_generator *g, uint32_t *words, ptrdiff_t n);
void tgc_generator_words64(tgc_generator *g, uint64_t *words, ptrdiff_t n);

/* n numbers in [0, 1), of 24 or 53 bits. */
void tgc_unit_f32(tgc_generator *g, float *y, ptrdiff_t n);
void tgc_unit_f64(tgc_generator *g, double *y, ptrdiff_t n);

#endif
