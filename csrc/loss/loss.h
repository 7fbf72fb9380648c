/*
 * Losses of an input x and a target t, element by element and reduced in the same pass.
 *
 *     mse_loss                          l = (x - t)^2
 *     binary_cross_entropy              l = -t log x - (1 - t) log(1 - x), logarithms at least -100
 *     binary_cross_entropy_with_logits  l = (1 - t) x + log(1 + e^-x)
 *
 *     <loss>           x, t, y                 without reduction: all of one shape
 *                      x, t, y, partial sums   y is 0-d
 *     <loss>_backward  grad, x, t, grad_x      of one shape; grad_x = scalars[0] grad dl/dx
 *
 * x and t may have any strides, 0 where they are broadcast; y is contiguous.
 * sizes[TGC_LOSS_REDUCTION] is the reduction; partial sums are tgc_loss_chunks(number of elements)
 * float64. Blocks of at most 64 vectors are summed in T, and their sums are added in order in
 * double.
 *
 * binary_cross_entropy reports the position of an x or t that is not in [0, 1]. Its gradient is
 * (x - t) / (x (1 - x)), divided by 1e-12 at least, as in PyTorch.
 */
#ifndef TGC_LOSS_H
#define TGC_LOSS_H

#include "../runtime/dispatch.h"
#include "../runtime/sizes.h"

enum { TGC_LOSS_REDUCTION };
enum { TGC_LOSS_NONE, TGC_LOSS_MEAN, TGC_LOSS_SUM };

/* Elements of one chunk. */
enum { TGC_LOSS_CHUNK = 16384 };

static inline ptrdiff_t tgc_loss_chunks(ptrdiff_t n)
{
    return tgc_ceil_div(n, TGC_LOSS_CHUNK);
}

void tgc_loss_plan(tgc_call *call);
tgc_error tgc_loss_explain(const tgc_call *call, char *text, size_t size);
/* The mean or the sum from the partial sums. */
double tgc_loss_total(const tgc_call *call);

void tgc_nll_loss(tgc_table table);
void tgc_loss_generic(tgc_table table);
void tgc_loss_avx2(tgc_table table);
void tgc_loss_avx512(tgc_table table);

#endif
