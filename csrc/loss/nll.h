/*
 * The negative log-likelihood of classes t, given log-probabilities x of all classes: with w the
 * weights of the classes (1 where there are none)
 *
 *     l[p] = -w[t[p]] x[t[p], p]
 *
 * and 0 where t[p] is the ignored index. The mean divides the sum by `total`, the sum of w[t[p]]
 * over the positions that count, and is NaN where there are none.
 *
 *     nll_loss           target, x, [weight], y, [total, partial sums]
 *     nll_loss_backward  target, grad, [weight], [total], grad_x
 *
 * x and grad_x come without their dimension of classes, so that they have the shape of target:
 * there are sizes[TGC_NLL_CLASSES] classes, sizes[TGC_NLL_STRIDE] elements apart. With that
 * dimension, grad_x is contiguous. weight is there if sizes[TGC_NLL_WEIGHTED]. For mean and sum, y
 * is 0-d, and there are total (0-d) and 2 * tgc_loss_chunks(number of targets) partial sums, all
 * float64. The backward pass has total for the mean only.
 *
 * A target that is neither a class nor ignored is reported with its position.
 */
#ifndef TGC_NLL_H
#define TGC_NLL_H

#include "loss.h"

/* What call->sizes holds after TGC_LOSS_REDUCTION. */
enum {
    TGC_NLL_CLASSES = 1,
    TGC_NLL_STRIDE,
    TGC_NLL_WEIGHTED,
    TGC_NLL_IGNORE_INDEX,
    TGC_NLL_CHUNK /* set by plan: positions of a chunk */
};

#endif
