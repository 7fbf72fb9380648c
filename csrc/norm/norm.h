/*
 * Batch normalisation over all but the channels, and its gradients.
 *
 *     batch_norm           y = (x - mean) * invstd * weight + bias
 *     batch_norm_backward  grad_bias = sum(grad), grad_weight = sum(grad * (x - mean)) * invstd,
 *                          grad_x = weight * invstd * (grad - grad_bias / m
 *                                                      - (x - mean) * invstd * grad_weight / m)
 *
 * for m elements of each channel. In training mean and variance are those of x, and
 *
 *     running_mean += momentum * (mean - running_mean)
 *     running_var  += momentum * (variance * m / (m - 1) - running_var)
 *
 * in evaluation they are the running ones, and grad_x = weight * invstd * grad. invstd is
 * 1 / sqrt(variance + eps).
 *
 * Operands of batch_norm, those in brackets where sizes[TGC_NORM_HAS] names them:
 *     x, [weight], [bias], [running_mean, running_var], y, stats
 * and of batch_norm_backward:
 *     grad, x, [weight], stats, grad_weight, grad_bias, [grad_x]
 *
 * grad, x, y, grad_x are (n, channels, length): the elements of a length lie side by side, and
 * where the length is 1 the channels do. stats is (2, channels): mean and invstd. scalars: eps,
 * momentum.
 *
 * In evaluation a chunk is some of the n, in the order of memory. Else a channel is one chunk. Its mean and squared distances are taken in T over blocks of about 4096
 * elements, in two passes of which the second reads the first-level cache, and merged in double in
 * the order of the blocks (Chan, Golub and LeVeque, "Algorithms for computing the sample
 * variance", 1983); so are the sums of the gradients.
 */
#ifndef TGC_NORM_H
#define TGC_NORM_H

#include "../reduce/axes.h"
#include "../runtime/dispatch.h"
#include "../runtime/workspace.h"

/* Channels of a chunk where the length is 1. */
enum { TGC_NORM_LANES = 64 };

/* What call->sizes holds. */
enum {
    TGC_NORM_HAS,
    TGC_NORM_IMAGES /* set by plan: how many of the n a chunk has in evaluation, or 0 */
};

/* Bits of TGC_NORM_HAS. */
enum {
    TGC_NORM_WEIGHT = 1,
    TGC_NORM_BIAS = 2,
    TGC_NORM_RUNNING = 4,
    TGC_NORM_TRAINING = 8,
    TGC_NORM_GRAD_X = 16
};

/* The operands by their names, NULL where there is none. */
typedef struct {
    const tgc_operand *grad, *x, *y, *weight, *bias, *running_mean, *running_var, *stats;
    const tgc_operand *grad_weight, *grad_bias, *grad_x;
    ptrdiff_t n, channels, length;
    int training;
    double eps, momentum;
} tgc_norm;

tgc_norm tgc_batch_norm_unpack(const tgc_call *call, int backward);
void tgc_batch_norm_plan(tgc_call *call);
void tgc_batch_norm_backward_plan(tgc_call *call);

/* Of some elements their number, mean, and sum of squared distances from it. */
typedef struct {
    double n, mean, squares;
} tgc_moments;

/* Adds further elements. */
static inline void tgc_moments_merge(tgc_moments *a, tgc_moments b)
{
    const double n = a->n + b.n, step = b.mean - a->mean;
    a->mean += step * (b.n / n);
    a->squares += b.squares + step * step * (a->n * b.n / n);
    a->n = n;
}

/* What one channel is computed with: y = (x - mean) * scale + bias. */
typedef struct {
    double mean, invstd, scale, bias;
} tgc_channel;

/* Of channel c, from the moments of x in training, whose stats and running statistics are written
 * first; from the running statistics, with the stats written if `first`. */
tgc_channel tgc_channel_evaluation(const tgc_norm *norm, ptrdiff_t c, int first);
tgc_channel tgc_channel_forward(const tgc_norm *norm, ptrdiff_t c, const tgc_moments *moments);

/* grad_x = grad * scale - (x - mean) * slope - shift */
typedef struct {
    double mean, scale, slope, shift;
} tgc_channel_grad;

/* Of channel c, from the sums of grad and of grad * (x - mean), where mean is that of the stats;
 * writes its gradients of weight and bias. */
tgc_channel_grad tgc_channel_backward(const tgc_norm *norm, ptrdiff_t c, double sum, double product);

/* Element i of a vector in float32 or float64. */
double tgc_norm_get(const tgc_operand *vector, ptrdiff_t i);

void tgc_norm_generic(tgc_table table);
void tgc_norm_avx2(tgc_table table);
void tgc_norm_avx512(tgc_table table);

#endif
