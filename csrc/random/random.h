/*
 * Random numbers: PyTorch's CPU numbers from PyTorch's seed, to rounding.
 *
 * The recipes are facts about PyTorch's CPU kernels (ATen/core/DistributionsHelper.h,
 * ATen/native/cpu/DistributionTemplates.h and ATen/native/TensorFactories.cpp in its public
 * sources), checked against torch 2.13. `w32` is one word of the generator, `w64` two of them:
 *
 *     u24 = (w32 mod 2**24) / 2**24            u53 = (w64 mod 2**53) / 2**53
 *
 *     uniform      float32: from + u24 * (to - from) in double, rounded once more to float32
 *                  float64: fma(u53, to - from, from)
 *     randint      base + w32 mod range, or base + w64 mod range
 *     bernoulli    u24 < p for p of float32, u53 < p for p of float64
 *     exponential  -1 / rate * log1p(-u53)
 *     randperm     for i = 0, ..., n - 2: swaps i and i + w32 mod (n - i)
 *     normal       see normal.h
 *
 * The numbers are drawn in the order in which the output lies in memory. They come out of the
 * generator one after the other, so that each of these kernels is a single chunk.
 *
 * Operands: the generator's state (updated), the inputs if there are any, the output.
 */
#ifndef TGC_RANDOM_H
#define TGC_RANDOM_H

#include "../runtime/dispatch.h"
#include "generator.h"

/* Draws n elements to out, one after the other in memory. */
typedef void tgc_draw(tgc_generator *g, const tgc_call *call, void *out, ptrdiff_t n);

/* Plans a single chunk. */
void tgc_random_plan(tgc_call *call);
/* Fills the last operand by kernel->loop, a tgc_draw. */
void tgc_random_chunk(const tgc_call *call, ptrdiff_t index);
/* The same, by any draw, for whoever holds the generator's lock. */
void tgc_random_fill(const tgc_call *call, tgc_draw *draw);

/* The generator that is the call's first operand. */
static inline tgc_generator *tgc_call_generator(const tgc_call *call)
{
    return (tgc_generator *)(void *)call->operands[0].data;
}

void tgc_random(tgc_table table);
/* normal and dropout, with the vectors of an ISA. */
void tgc_random_generic(tgc_table table);
void tgc_random_avx2(tgc_table table);
void tgc_random_avx512(tgc_table table);

#endif
