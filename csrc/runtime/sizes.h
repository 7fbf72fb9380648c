/* Arithmetic of sizes. */
#ifndef TGC_SIZES_H
#define TGC_SIZES_H

#include <stddef.h>

static inline ptrdiff_t tgc_min(ptrdiff_t a, ptrdiff_t b)
{
    return a < b ? a : b;
}

static inline ptrdiff_t tgc_max(ptrdiff_t a, ptrdiff_t b)
{
    return a > b ? a : b;
}

/* a / b, rounded up. */
static inline ptrdiff_t tgc_ceil_div(ptrdiff_t a, ptrdiff_t b)
{
    return a / b + (a % b != 0);
}

/* The first of `n` things that part `index` of `parts` gets when they are dealt out evenly; `n`
 * for index == parts. */
static inline ptrdiff_t tgc_deal(ptrdiff_t n, ptrdiff_t parts, ptrdiff_t index)
{
    return n / parts * index + tgc_min(index, n % parts);
}

#endif
