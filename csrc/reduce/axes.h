/* For kernels that treat some axes of their operands differently: reductions and softmax. */
#ifndef TGC_AXES_H
#define TGC_AXES_H

#include "../runtime/call.h"
#include "../runtime/sizes.h"

/* Which axes stand apart, and what decides on the new order of the dimensions. The first n_arrays
 * operands of a call take part; they all have the same number of dimensions. Bit d of `axes` is set
 * for an axis apart. The steps of operand `inner` decide on the order of these axes, which stay in
 * order if it is negative; the steps of operand `key` decide on the order of the others. */
typedef struct {
    int n_arrays;
    ptrdiff_t axes;
    int key;
    int inner;
} tgc_axes;

/* Rearranges the operands' dimensions and returns how many are kept, that is, not apart. Those
 * come first; within both groups the one with the smallest step in memory comes last. Dimensions
 * of size 1 are dropped; others are merged where that changes nothing (only operand 0 has a say
 * where axes apart are merged); axes apart that run backwards are reversed, if they need not stay
 * in order. */
int tgc_arrange(tgc_call *call, tgc_axes which);

/* Up to `width` positions side by side along the last kept dimension. */
typedef struct {
    char *data[4];
    ptrdiff_t width;
    ptrdiff_t position; /* of the first one, in row-major order of the kept dimensions */
} tgc_reduce_tile;

ptrdiff_t tgc_count_tiles(const tgc_operand *o, int kept, ptrdiff_t width);
/* Where the first n_arrays <= 4 operands have tile number `index`. */
tgc_reduce_tile tgc_find_tile(const tgc_call *call, int n_arrays, int kept, ptrdiff_t width,
                              ptrdiff_t index);

#endif
