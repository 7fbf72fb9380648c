/*
 * Dropout: y[i] = a[i] / (1 - p) where mask[i] is true, else 0; it is true with probability 1 - p.
 *
 * Element i draws word i % 64 of block i / 64 of the generator's Philox stream (philox.h), whose
 * key is the generator's seed: mask[i] is (word >> 1) >= p * 2**31, the latter rounded to a whole
 * number. These numbers are not PyTorch's, but they need not be drawn in order, so that any number
 * of threads gives the same bits. The generator keeps its place in the stream, so that a replayed
 * call draws a new mask.
 *
 * Operands: a, the generator's state (updated), y, mask; y and mask are contiguous. Scalar: p.
 * dropout_backward is elementwise: operands g, mask, y; y = g / (1 - p) where mask, else 0.
 */
#ifndef TGC_DROPOUT_H
#define TGC_DROPOUT_H

#include "../elementwise/elementwise.h"
#include "random.h"

/* What call->sizes holds, set by start. */
enum {
    TGC_DROPOUT_COUNTER, /* the first counter that the call draws from */
    TGC_DROPOUT_SEED,    /* the key */
    TGC_DROPOUT_END
};

void tgc_dropout_plan(tgc_call *call);

/* What a kept element is multiplied by. */
static inline double tgc_dropout_scale(const tgc_call *call)
{
    const double p = tgc_scalar_value(&call->scalars[0]);
    return p < 1 ? 1 / (1 - p) : 0;
}

/* The largest word >> 1 that drops an element, or -1 if none does. */
static inline int32_t tgc_dropout_bound(const tgc_call *call)
{
    return (int32_t)((int64_t)(tgc_scalar_value(&call->scalars[0]) * 0x1p31 + 0.5) - 1);
}

/* Takes the blocks that the call draws from the generator, so that no other call draws them. */
void tgc_dropout_start(tgc_call *call);
/* Which elements chunk `index` draws: sets *first, a multiple of 64, and *n. */
void tgc_dropout_range(const tgc_call *call, ptrdiff_t index, ptrdiff_t *first, ptrdiff_t *n);
/* n <= 64 elements of a from `first` on, side by side: where they lie, or copied to `buffer`. */
const void *tgc_dropout_input(const tgc_call *call, ptrdiff_t first, ptrdiff_t n, void *buffer);

#endif
