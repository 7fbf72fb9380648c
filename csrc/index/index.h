/*
 * Gather and scatter: elements of `a` at places that arrays of indices name.
 *
 * All kernels follow one formula. Positions p run over n dimensions; index_0[p], ...,
 * index_{k-1}[p] are the places in the k indexed dimensions of `a`:
 *
 *     index, gather:           y[p] = a[p; index_0[p], ..., index_{k-1}[p]]
 *     index_put, scatter:      a[p; index_0[p], ..., index_{k-1}[p]] = x[p]
 *     index_put_add, ...:      a[p; index_0[p], ..., index_{k-1}[p]] += x[p]
 *
 * Operands: a, the k indices, y; or x, the k indices, a. The indices, x and y are seen through
 * the n dimensions, with stride 0 where they do not vary. `a` is seen through the n dimensions,
 * with stride 0 in those that only move the indices, and then through its k indexed dimensions.
 *
 * In index and index_put, a negative index i of a dimension of size m means i + m. After that an
 * index is bad unless 0 <= i < m. The first bad index in the order of p is reported: for index_j,
 * call->status = p * k + j. index and gather check indices as they use them. Before index_put and
 * scatter, their check_ kernels look at all indices, so that nothing is changed if one is bad.
 *
 * If two positions name the same place, the later one wins, and sums are added in the order of p,
 * for any number of threads: the chunks of a kernel that writes to `a` are cut along a dimension in
 * which `a` is not indexed.
 */
#ifndef TGC_INDEX_H
#define TGC_INDEX_H

#include "../runtime/dispatch.h"
#include "../runtime/lines.h"

enum { TGC_MAX_INDICES = 6 };

/* What call->sizes holds. */
enum {
    TGC_INDEX_K,         /* k */
    TGC_INDEX_NDIM,      /* n */
    /* For the text of an error: which of the n dimensions are those of the user's index array. */
    TGC_INDEX_FIRST,     /* the first of them */
    TGC_INDEX_POSITIONS, /* their number */
    TGC_INDEX_FROM_END,  /* does a negative index count from the end? */
    TGC_INDEX_SPLIT,     /* set by plan: the dimension that chunks are cut along */
    TGC_INDEX_CHUNK,     /* set by plan: the elements, or places in that dimension, of a chunk */
    TGC_INDEX_DIM        /* the first of k, for the text of an error: the indexed dimensions */
};
_Static_assert(TGC_INDEX_DIM + TGC_MAX_INDICES <= TGC_MAX_SIZES,
               "a call has no room for so many sizes");

/* The index that the element at `p` of an array holds. */
static inline int64_t tgc_read_index(const char *p, int dtype)
{
    switch (dtype) {
    case TGC_I64:
        return *(const int64_t *)(const void *)p;
    case TGC_I32:
        return *(const int32_t *)(const void *)p;
    default:
        return *(const uint8_t *)p;
    }
}

/* For the text of an error: element p, in row-major order, of an array of indices. */
int64_t tgc_index_at(const tgc_operand *index, ptrdiff_t p);
/* "(3, 4)": the place of element p in n dimensions from `first` on; at most TGC_POSITION_TEXT
 * characters. */
void tgc_write_position(const tgc_operand *o, ptrdiff_t p, int first, int n, char *text);
enum { TGC_POSITION_TEXT = 22 * TGC_MAX_DIMS + 4 };

void tgc_index(tgc_table table);

#endif
