/*
 * Reductions over any axes of an array with any strides.
 *
 * Operands: a, then the outputs, then (if sizes[TGC_REDUCE_SPLITS] > 1) scratch for partial
 * results: splits * outputs * TGC_REDUCE_SLOT bytes. An output has a's dimensions; those that
 * are reduced are ignored. sum prod mean squared_distances amax amin any all argmax argmin have one
 * output; max and min have two, the values and their int64 indices along the reduced axis.
 * sizes[TGC_REDUCE_AXES]: bit d is set where axis d is reduced.
 *
 * Every output is made from runs of at most 2048 elements, or fewer if its rows are not whole
 * vectors. Within a run of floats, vectors of VL lanes are added one by one, to eight sums in turn
 * if a row has eight vectors; these sums and then their lanes are added pairwise. The runs are
 * added in index order in double. With u the unit roundoff of T, the error of a sum of n elements
 * is therefore at most
 *     (2048 / VL + log2(8 VL)) u sum|a_i|  +  n 2^-53 sum|a_i|,
 * and of a sum of columns (eight rows pairwise in T, the rest in double) at most 3 u sum|a_i| plus
 * n/8 times 2^-53 sum|a_i|, to which storing the result as T adds u times its size. Blocks and
 * splits follow from shape and strides alone, so any number of threads gives the same bits.
 *
 * squared_distances is the sum of squared distances from the mean, in one pass over memory: those
 * of runs (moments.template.h) are merged in double, in index order. In columns side by side, a run
 * is at most 128 rows. Its sums are taken in T of a minus the mean of its first 8 rows: that mean
 * is within sqrt(n / 8) standard deviations of the mean of all n rows, so that the sum of squares
 * loses at most 4 of its bits.
 *
 * The maximum of values with a NaN is NaN; the index is that of the first NaN, else that of the
 * first maximum, in C order of the reduced axes.
 */
#ifndef TGC_REDUCE_H
#define TGC_REDUCE_H

#include "../runtime/dispatch.h"
#include "../runtime/sizes.h"

enum { TGC_REDUCE_AXES, TGC_REDUCE_SPLITS };
/* Bytes of the largest accumulator. */
enum { TGC_REDUCE_SLOT = 24 };

enum {
    TGC_REDUCE_CHUNK = 32768, /* elements of one chunk, about */
    TGC_REDUCE_RUN = 2048,    /* the most elements side by side that are reduced in T */
    TGC_REDUCE_WIDTH = 1024,  /* the most outputs of a tile */
    /* With more outputs all threads are busy without splits, a split has at least so many terms of
     * each output, and there are at most so many splits. */
    TGC_REDUCE_MANY_OUTPUTS = 4096,
    TGC_REDUCE_FEWEST_TERMS = 128,
    TGC_REDUCE_MOST_SPLITS = 64
};

/* The number of independent pieces into which the reduction of n_in elements to n_out is cut. They
 * are several only if there are too few outputs to keep all threads busy, and an even number, so
 * that two threads get equally many. Inline because the binding, which allocates the scratch, is
 * linked apart from the kernels. */
static inline ptrdiff_t tgc_reduce_splits(ptrdiff_t n_in, ptrdiff_t n_out)
{
    if (n_in < 2 * TGC_REDUCE_CHUNK || n_out > TGC_REDUCE_MANY_OUTPUTS) {
        return 1;
    }
    const ptrdiff_t chunks = n_in / TGC_REDUCE_CHUNK;
    const ptrdiff_t splits = tgc_min(chunks, n_in / n_out / TGC_REDUCE_FEWEST_TERMS);
    return splits < 2 ? 1 : tgc_min(tgc_ceil_div(splits, 2) * 2, TGC_REDUCE_MOST_SPLITS);
}

/* What one call of `add` reduces: rows * n elements into each of `width` outputs. */
typedef struct {
    const char *a;
    ptrdiff_t width, width_stride;
    ptrdiff_t rows, row_stride;
    ptrdiff_t n, stride;
    /* The C-order index of the first element among those reduced. */
    ptrdiff_t first;
    /* 1 where outputs are closer in memory than the elements reduced into one. */
    int strips;
} tgc_reduce_block;

/* Where results go: for each output array its pointer, and its stride in elements. */
typedef struct {
    char *data[2];
    ptrdiff_t strides[2];
    /* The number of elements that were reduced into each output. */
    ptrdiff_t count;
} tgc_reduce_target;

/* What a reduction does with accumulators, each of at most TGC_REDUCE_SLOT bytes. */
typedef struct {
    void (*init)(void *acc, ptrdiff_t width);
    void (*add)(void *acc, const tgc_reduce_block *block);
    void (*combine)(void *acc, const void *later, ptrdiff_t width);
    void (*store)(const void *acc, ptrdiff_t width, const tgc_reduce_target *y);
    /* 1 where `first` matters, so that the reduced axes keep their order. */
    int ordered;
} tgc_reduce_op;

/* The `loop` of a reduction returns its tgc_reduce_op. */
typedef const tgc_reduce_op *tgc_reduce_loop(void);

void tgc_reduce_plan(tgc_call *call);
void tgc_reduce_chunk(const tgc_call *call, ptrdiff_t index);
void tgc_reduce_finish(const tgc_call *call);

#define TGC_REDUCE_KERNEL(label, functions)                                                  \
    (tgc_kernel)                                                                             \
    {                                                                                        \
        .name = label, .plan = tgc_reduce_plan, .chunk = tgc_reduce_chunk,                   \
        .finish = tgc_reduce_finish, .loop = (void (*)(void))(functions), .cost = 0.1        \
    }

/* Whole numbers, and what is plain C for every type; installed by tgc_reduce_generic. */
void tgc_reduce_plain(tgc_table table);
void tgc_reduce_arg(tgc_table table);
/* The gradient of prod (prod_backward.c), on every CPU. */
void tgc_prod_backward(tgc_table table);

void tgc_reduce_generic(tgc_table table);
void tgc_reduce_avx2(tgc_table table);
void tgc_reduce_avx512(tgc_table table);

#endif
