/*
 * A walk over operands of one shape, line by line in row-major order.
 *
 *     tgc_lines w;
 *     tgc_lines_begin(&w, operands, n_operands, ndim);
 *     tgc_lines_merge(&w);
 *     tgc_lines_seek(&w, first, count);
 *     for (ptrdiff_t n; (n = tgc_lines_left(&w)) > 0; tgc_lines_next(&w, n)) {
 *         ... n elements at w.data[i], w.step[i] bytes apart ...
 *     }
 */
#ifndef TGC_LINES_H
#define TGC_LINES_H

#include "call.h"
#include "sizes.h"

typedef struct {
    int n_operands;
    int ndim;
    ptrdiff_t shape[TGC_MAX_DIMS];
    ptrdiff_t strides[TGC_MAX_OPERANDS][TGC_MAX_DIMS]; /* in bytes */
    ptrdiff_t position[TGC_MAX_DIMS];
    ptrdiff_t left;                                    /* elements still to be walked */
    ptrdiff_t step[TGC_MAX_OPERANDS];                  /* strides of the last dimension */
    char *data[TGC_MAX_OPERANDS];
} tgc_lines;

/* Sets up a walk over the operands' first ndim dimensions, which have the sizes of the last one. */
void tgc_lines_begin(tgc_lines *w, const tgc_operand *operands, int n_operands, int ndim);
/* Keeps only `count` positions of dimension d, from `first` on. */
void tgc_lines_narrow(tgc_lines *w, int d, ptrdiff_t first, ptrdiff_t count);
/* Puts the dimensions in the order in which the last operand lies in memory. */
void tgc_lines_sort(tgc_lines *w);
/* Joins neighbouring dimensions that every operand walks as one, and drops those of size 1. */
void tgc_lines_merge(tgc_lines *w);
ptrdiff_t tgc_lines_size(const tgc_lines *w);
/* Sets the walk to elements first, ..., first + count - 1 of the tgc_lines_size(w) elements. */
void tgc_lines_seek(tgc_lines *w, ptrdiff_t first, ptrdiff_t count);
/* Elements left in the line that the walk stands in; 0 at the end of the walk. */
static inline ptrdiff_t tgc_lines_left(const tgc_lines *w)
{
    if (w->ndim == 0) {
        return w->left;
    }
    const ptrdiff_t n = w->shape[w->ndim - 1] - w->position[w->ndim - 1];
    return tgc_min(n, w->left);
}
/* Steps n elements on, 0 < n <= tgc_lines_left(w). */
void tgc_lines_next(tgc_lines *w, ptrdiff_t n);

/* Do the elements lie one after the other in row-major order? */
static inline int tgc_is_contiguous(const tgc_operand *o)
{
    ptrdiff_t step = 1;
    for (int d = o->ndim - 1; d >= 0; d--) {
        if (o->shape[d] != 1 && o->strides[d] != step) {
            return 0;
        }
        step *= o->shape[d];
    }
    return 1;
}

/* The number of elements of an operand. */
static inline ptrdiff_t tgc_operand_size(const tgc_operand *o)
{
    return tgc_product(o->shape, 0, o->ndim);
}

#endif
