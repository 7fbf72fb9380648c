/* Arithmetic of sizes, and how things are dealt out to chunks and tiles. */
#ifndef TGC_SIZES_H
#define TGC_SIZES_H

#include <stddef.h>
#include <stdint.h>

/* Lanes of the widest vectors, of float32 with AVX-512. */
enum { TGC_MAX_LANES = 16 };

static inline ptrdiff_t tgc_min(ptrdiff_t a, ptrdiff_t b)
{
    return a < b ? a : b;
}

static inline ptrdiff_t tgc_max(ptrdiff_t a, ptrdiff_t b)
{
    return a > b ? a : b;
}

static inline ptrdiff_t tgc_clamp(ptrdiff_t x, ptrdiff_t low, ptrdiff_t high)
{
    return tgc_min(tgc_max(x, low), high);
}

/* a / b for a >= 0, b >= 1. Most sizes are far below 2^32, and CPUs divide such numbers several
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

/* n things dealt out evenly: each part gets `least` of them, the first `longer` parts one more. */
typedef struct {
    ptrdiff_t least, longer;
} tgc_shares;

/* If `parts` is 0, n must be 0. */
static inline tgc_shares tgc_share(ptrdiff_t n, ptrdiff_t parts)
{
    const ptrdiff_t least = parts ? tgc_div(n, parts) : 0;
    return (tgc_shares){least, n - least * parts};
}

static inline ptrdiff_t tgc_share_size(tgc_shares shares, ptrdiff_t part)
{
    return shares.least + (part < shares.longer);
}

/* The first thing of a part; for the part after the last, the number of things. */
static inline ptrdiff_t tgc_share_start(tgc_shares shares, ptrdiff_t part)
{
    return shares.least * part + tgc_min(part, shares.longer);
}

/* The same for a caller that asks for one part only. */
static inline ptrdiff_t tgc_deal(ptrdiff_t n, ptrdiff_t parts, ptrdiff_t index)
{
    return tgc_share_start(tgc_share(n, parts), index);
}

/* The number of elements in dimensions begin .. end - 1. */
static inline ptrdiff_t tgc_product(const ptrdiff_t *shape, int begin, int end)
{
    ptrdiff_t n = 1;
    for (int d = begin; d < end; d++) {
        n *= shape[d];
    }
    return n;
}

/* How far apart neighbours are, in whichever direction. */
static inline ptrdiff_t tgc_distance(ptrdiff_t stride)
{
    return stride < 0 ? -stride : stride;
}

/* How many of n things a chunk gets: at most `most`, but at least one. Where there are several
 * chunks, the size is that of an even number of equal ones, because two threads take them from both
 * ends. */
static inline ptrdiff_t tgc_even_chunk(ptrdiff_t n, ptrdiff_t most)
{
    const ptrdiff_t chunks = tgc_ceil_div(n, tgc_max(most, 1));
    return chunks > 1 ? tgc_ceil_div(n, (chunks + 1) / 2 * 2) : tgc_max(n, 1);
}

/* The first of n things that part `index` gets. Unlike tgc_deal this spreads the larger parts, so
 * that either half of the parts has half of the things: threads take parts from both ends. The
 * product n * parts must not overflow. */
static inline ptrdiff_t tgc_spread(ptrdiff_t n, ptrdiff_t parts, ptrdiff_t index)
{
    return tgc_div(n * index, parts);
}

#endif
