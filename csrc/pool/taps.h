/* Where the taps of max pooling stand. */
#ifndef TGC_POOL_TAPS_H
#define TGC_POOL_TAPS_H

#include "pool.h"

/* How to find a tap: its distance in elements from tap 0 of the window. */
typedef struct {
    ptrdiff_t row_step, column_step; /* from tap to tap, down and along a row */
    ptrdiff_t kernel;                /* taps in a row */
    /* The distance of each tap, in the workspace; NULL for taps of four bytes, maybe many. */
    const ptrdiff_t *distances;
} tgc_taps;

/* For a plane whose rows and columns are that many elements apart. */
tgc_taps tgc_taps_begin(const tgc_pool *pool, ptrdiff_t row_step, ptrdiff_t column_step);

/* The distance of the tap whose number is element j of `taps`. */
static inline ptrdiff_t tgc_tap_distance(const tgc_taps *w, const char *taps, ptrdiff_t j)
{
    if (w->distances) {
        return w->distances[((const uint8_t *)taps)[j]];
    }
    const int32_t tap = ((const int32_t *)(const void *)taps)[j];
    return tap / w->kernel * w->row_step + tap % w->kernel * w->column_step;
}

/* The taps of row `row`, from those of its plane. */
static inline char *tgc_tap_row(const tgc_operand *taps, char *plane, ptrdiff_t row)
{
    return plane + row * taps->strides[2] * (ptrdiff_t)tgc_item_size(taps->dtype);
}

#endif
