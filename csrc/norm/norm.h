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
 * Channels whose elements lie side by side, n times a length above 1, are one call in training:
 *
 *     batch_norm                 x, [weight], [bias], [running_mean, running_var], y, stats
 *     batch_norm_backward        grad, x, [weight], stats, grad_weight, grad_bias, [grad_x]
 *
 * whose operands in brackets are there where sizes[TGC_NORM_HAS] names them. A channel is one
 * chunk. Its mean and squared distances are taken in T over blocks of about 4096 elements, in two
 * passes of which the second reads the first-level cache (reduce/moments.template.h), and merged in
 * double in the order of the blocks; so are the sums of the gradients. y and grad_x are written
 * from the end on.
 *
 * Rows of channels, where the length is 1, and all that is in evaluation, are read and written in
 * the order of memory by two calls, of which the first leaves factors for each channel:
 *
 *     batch_norm_statistics      x, [weight], [bias], [running_mean, running_var], factors,
 *                                stats, parts
 *     batch_norm_apply           x, factors, y
 *     batch_norm_backward_sums   grad, x, [weight], stats, grad_weight, grad_bias, factors, parts
 *     batch_norm_backward_apply  grad, x, factors, grad_x
 *
 * A chunk of the first call takes some rows of all channels into its part of `parts`, which are
 * merged in their order; in evaluation batch_norm_statistics reads none of x. The sums of at most
 * 128 rows are taken in T, those of x less the mean of their first 8: that is within sqrt(n / 8)
 * standard deviations of the mean of n rows, so that their variance loses at most 4 of its bits,
 * in one pass.
 *
 * grad, x, y, grad_x are (n, channels, length): the elements of a length lie side by side, and
 * where the length is 1 the channels do. stats is (2, channels), mean and invstd; factors is
 * (TGC_NORM_FACTORS, channels); parts is (tgc_norm_parts(n, channels), 2, channels) of float64.
 * scalars: eps, momentum.
 */
#ifndef TGC_NORM_H
#define TGC_NORM_H

#include "../reduce/moments.h"
#include "../runtime/sizes.h"
#include "../runtime/dispatch.h"
#include "../runtime/workspace.h"

/* What call->sizes holds. */
enum {
    TGC_NORM_HAS,
    TGC_NORM_CHUNK /* set by plan: the rows, or the planes of one number and channel, of a chunk */
};

/* Numbers for each channel: mean, scale and bias; mean, scale, slope and shift. */
enum { TGC_NORM_FACTORS = 4 };

/* Elements of a chunk, about. */
enum { TGC_NORM_WORK = 65536 };

/* In how many parts the n rows are summed. Inline because the binding, which allocates them, is
 * linked apart from the kernels. */
static inline ptrdiff_t tgc_norm_parts(ptrdiff_t n, ptrdiff_t channels)
{
    const ptrdiff_t parts = n * channels / TGC_NORM_WORK;
    return parts < 1 ? 1 : parts > 16 ? 16 : parts;
}

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
    const tgc_operand *grad_weight, *grad_bias, *grad_x, *factors, *parts;
    ptrdiff_t n, channels, length;
    int training;
    double eps, momentum;
} tgc_norm;

tgc_norm tgc_batch_norm_unpack(const tgc_call *call);
tgc_norm tgc_batch_norm_backward_unpack(const tgc_call *call);
tgc_norm tgc_norm_statistics_unpack(const tgc_call *call);
tgc_norm tgc_norm_sums_unpack(const tgc_call *call);
/* Chunks of channels, of parts, of rows or planes. */
void tgc_batch_norm_plan(tgc_call *call);
void tgc_norm_parts_plan(tgc_call *call);
void tgc_norm_statistics_plan(tgc_call *call);
void tgc_norm_apply_plan(tgc_call *call);
/* Merge the parts, and write all that is written for each channel. */
void tgc_norm_statistics_finish(const tgc_call *call);
void tgc_norm_sums_finish(const tgc_call *call);

/* What one channel is computed with: y = (x - mean) * scale + bias. */
typedef struct {
    double mean, invstd, scale, bias;
} tgc_channel;

/* Of channel c, from the moments of x in training, else from the running statistics; writes the
 * stats, and in training the running statistics. */
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
