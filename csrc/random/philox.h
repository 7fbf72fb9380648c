/*
 * Philox4x32-10: J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, "Parallel random numbers:
 * as easy as 1, 2, 3", SC 2011. Four words are a function of a 64-bit key and a 128-bit counter,
 * so that any thread can draw any part of the stream.
 *
 * The counter's upper half is 0 here. Words come in blocks of 64: word j of counter c stands at
 * 16 * j + c % 16 of block c / 16, which is the same for vectors of 1, 4 or 8 lanes.
 *
 * The file that includes this one defines philox_lanes, a vector of 64-bit lanes that hold 32-bit
 * numbers, and PHILOX_MUL(a, b), their products.
 */
#ifndef TGC_PHILOX_H
#define TGC_PHILOX_H

#include <stdint.h>
#include <string.h>

#include "generator.h"

enum {
    PHILOX_ROUNDS = 10,
    PHILOX_LANES = sizeof(philox_lanes) / sizeof(uint64_t),
    /* Vectors that are computed together: each round waits for the products of the round before,
     * and meanwhile another vector has its turn. */
    PHILOX_GROUP = PHILOX_LANES == 1 ? TGC_PHILOX_COUNTERS : 2,
    /* Counters that are computed together. */
    PHILOX_STEP = PHILOX_GROUP * PHILOX_LANES
};

/* Stores the low 32 bits of each lane. */
static inline void philox_store(uint32_t *words, philox_lanes v)
{
    uint64_t lanes[PHILOX_LANES];
    memcpy(lanes, &v, sizeof lanes);
    for (int i = 0; i < PHILOX_LANES; i++) {
        words[i] = (uint32_t)lanes[i];
    }
}

/* The words of the counters first, ..., first + PHILOX_STEP - 1; word j to words[16 * j]. */
static inline void philox_step(uint64_t first, uint64_t key, uint32_t *words)
{
    const philox_lanes zero = {0}, low = zero + 0xffffffffu;
    const philox_lanes multiplier_0 = zero + 0xd2511f53u, multiplier_1 = zero + 0xcd9e8d57u;
    philox_lanes x0[PHILOX_GROUP], x1[PHILOX_GROUP], x2[PHILOX_GROUP], x3[PHILOX_GROUP];
    uint64_t counters[PHILOX_STEP];
    for (int i = 0; i < PHILOX_STEP; i++) {
        counters[i] = first + (uint64_t)i;
    }
    memcpy(x0, counters, sizeof x0);
    for (int g = 0; g < PHILOX_GROUP; g++) {
        x1[g] = x0[g] >> 32;
        x0[g] &= low;
        x2[g] = x3[g] = zero;
    }
    uint32_t key_0 = (uint32_t)key, key_1 = (uint32_t)(key >> 32);
    for (int round = 0; round < PHILOX_ROUNDS; round++) {
#pragma GCC unroll 2
        for (int g = 0; g < PHILOX_GROUP; g++) {
            const philox_lanes product_0 = PHILOX_MUL(x0[g], multiplier_0);
            const philox_lanes product_1 = PHILOX_MUL(x2[g], multiplier_1);
            x0[g] = (product_1 >> 32) ^ x1[g] ^ key_0;
            x1[g] = product_1 & low;
            x2[g] = (product_0 >> 32) ^ x3[g] ^ key_1;
            x3[g] = product_0 & low;
        }
        key_0 += 0x9e3779b9u;
        key_1 += 0xbb67ae85u;
    }
    for (int g = 0; g < PHILOX_GROUP; g++, words += PHILOX_LANES) {
        philox_store(words, x0[g]);
        philox_store(words + TGC_PHILOX_COUNTERS, x1[g]);
        philox_store(words + 2 * TGC_PHILOX_COUNTERS, x2[g]);
        philox_store(words + 3 * TGC_PHILOX_COUNTERS, x3[g]);
    }
}

/* The words of the counters of a block, of which `first` is the first. */
static inline void philox_block(uint64_t first, uint64_t key, uint32_t *words)
{
    for (int i = 0; i < TGC_PHILOX_COUNTERS; i += PHILOX_STEP) {
        philox_step(first + (uint64_t)i, key, words + i);
    }
}

#endif
