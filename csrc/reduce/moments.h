/* Mean and squared distances from it, of parts that are merged: Chan, Golub and LeVeque,
 * "Algorithms for computing the sample variance", 1983. */
#ifndef TGC_MOMENTS_H
#define TGC_MOMENTS_H

#include "reduce.h"

/* Of some elements their number, mean, and sum of squared distances from it. */
typedef struct {
    double n, mean, squares;
} tgc_moments;

_Static_assert(sizeof(tgc_moments) <= TGC_REDUCE_SLOT, "a reduction's scratch has no room for it");

/* Adds further elements; `weight` is their share of all, b.n / (a->n + b.n). */
static inline void tgc_moments_add(tgc_moments *a, tgc_moments b, double weight)
{
    const double step = b.mean - a->mean;
    a->mean += step * weight;
    a->squares += b.squares + (a->n > 0 ? step * step * (a->n * weight) : 0);
    a->n += b.n;
}

static inline void tgc_moments_merge(tgc_moments *a, tgc_moments b)
{
    tgc_moments_add(a, b, b.n / (a->n + b.n));
}

#endif
