/* Arithmetic of sizes. */
#ifndef TGC_SIZES_H
#define TGC_SIZES_H

#include <stddef.h>
#include <stdint.h>

static inline ptrdiff_t tgc_min(ptrdiff_t a, ptrdiff_t b)
{
    return a < b ? a : b;
}

static inline ptrdiff_t tgc_max(ptrdiff_t a, ptrdiff_t b)
{
    return a > b ? a : b;
}

/* a / b, of numbers from 0 and from 1. Most sizes are far below 2^32, of which CPUs divide several
 * times as fast. */
static inline ptrdiff_t tgc_div(ptrdiff_t a, ptrdiff_t b)
{
    if (((size_t)a | (size_t)b) >> 32 == 0) {
        return (uint32_t)a / (uint32_t)b;
    }
    return a / b;
}

/* a / b, rounded up. */
static inline ptrdiff_t tgc_ceil_div(ptrdiff_t a, ptrdiff_t b)
{
    const ptrdiff_t down = tgc_div(a, b);
    return down + (down * b != a);
}

/* The first of `n` things that part `index` of `parts` gets when they are dealt out evenly; `n`
 * for index == parts. */
static inline ptrdiff_t tgc_deal(ptrdiff_t n, ptrdiff_t parts, ptrdiff_t index)
{
    const ptrdiff_t least = tgc_div(n, parts);
    return least * index + tgc_min(index, n - least * parts);
}

#endif
