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
 * Forward and backward are two calls each, which read and write in the order of memory. The first
 * call computes factors for each channel, the second one applies them:
 *
 *     batch_norm_statistics      x, [weight], [bias], [running_mean, running_var], factors,
 *                                stats, parts
 *     batch_norm_apply           x, factors, y
 *     batch_norm_backward_sums   grad, x, [weight], stats, grad_weight, grad_bias, factors, parts
 *     batch_norm_backward_apply  grad, x, factors, grad_x
 *
 * An operand in brackets is there if sizes[TGC_NORM_HAS] says so. A chunk of the first call sums up
 * an area of x, which is some of the n rows and a group of the channels, into its part of `parts`.
 * The parts are merged in order. In evaluation batch_norm_statistics reads nothing of x. Sums are
 * taken in T over blocks of a few thousand elements and merged in double. A number near the mean of
 * x is subtracted before, so that the variance of a block loses at most 4 of its bits.
 *
 * grad, x, y, grad_x are (n, channels, length). The `length` elements of a row and a channel, a
 * plane, lie side by side; where the length is 1, the channels of a row do. stats is (2, channels):
 * mean and invstd. factors is (TGC_NORM_FACTORS, channels). parts is (tgc_norm_split(...).parts, 2,
 * channels) of float64. scalars: eps, momentum.
 */
#ifndef TGC_NORM_H
#define TGC_NORM_H

#include "../reduce/moments.h"
#include "../runtime/sizes.h"
#include "../runtime/dispatch.h"

/* What call->sizes holds. */
enum {
    TGC_NORM_HAS,   /* the bits below */
    TGC_NORM_CHUNK, /* set by plan: the rows of an area, or the lines of a chunk of apply */
    TGC_NORM_GROUPS /* set by plan: the groups of channels */
};

/* Factors of a channel: forward mean, scale and bias; backward mean, scale, slope and shift. */
enum { TGC_NORM_FACTORS = 4 };

enum {
    TGC_NORM_WORK = 65536, /* elements of an area and of a chunk of apply, about */
    TGC_NORM_AREAS = 16,   /* the most parts, and about the most areas, of an operand */
    TGC_NORM_RUN = 8192    /* the fewest elements of a row in an area, if channels are divided */
};

/* The n rows are summed in `parts` parts, the channels in `groups` groups. */
typedef struct {
    ptrdiff_t parts, groups;
} tgc_norm_areas;

/* Inline because the binding, which allocates the parts, is linked apart from the kernels. */
static inline tgc_norm_areas tgc_norm_split(ptrdiff_t n, ptrdiff_t channels, ptrdiff_t length)
{
    const ptrdiff_t row = channels * length;
    const ptrdiff_t areas = tgc_clamp(n * row / TGC_NORM_WORK, 1, TGC_NORM_AREAS);
    const ptrdiff_t groups = tgc_clamp(row / TGC_NORM_RUN, 1, tgc_clamp(channels, 1, areas));
    return (tgc_norm_areas){tgc_clamp(tgc_ceil_div(areas, groups), 1, tgc_max(n, 1)), groups};
}

/* Bits of TGC_NORM_HAS. */
enum {
    TGC_NORM_WEIGHT = 1,
    TGC_NORM_BIAS = 2,
    TGC_NORM_RUNNING = 4,
    TGC_NORM_TRAINING = 8
};

/* A call taken apart: its operands by name, NULL where there is none. */
typedef struct {
    const tgc_operand *grad, *x, *weight, *bias, *running_mean, *running_var, *stats;
    const tgc_operand *grad_weight, *grad_bias, *factors, *parts;
    ptrdiff_t n, channels, length;
    int training;
    double eps, momentum;
} tgc_norm;

tgc_norm tgc_norm_statistics_unpack(const tgc_call *call);
tgc_norm tgc_norm_sums_unpack(const tgc_call *call);

/* What a chunk sums up: rows begin .. end - 1 of `channels` channels from `first` on. Each channel
 * has two numbers in the part, which begin at `one` and `two`: mean and squared distances, or the
 * two sums. */
typedef struct {
    ptrdiff_t begin, end, first, channels;
    double *one, *two;
} tgc_norm_area;

/* The area of a chunk, with its numbers set to 0. */
tgc_norm_area tgc_norm_clear_area(const tgc_call *call, const tgc_norm *norm, ptrdiff_t index);

/* What a chunk of apply writes: lines begin .. end - 1. A line is a plane, and each row has
 * `of_row` of them; where a plane is one element, a line is a whole row. */
typedef struct {
    ptrdiff_t begin, end, of_row;
} tgc_norm_lines;

tgc_norm_lines tgc_norm_find_lines(const tgc_call *call, ptrdiff_t index);

/* A chunk is an area. */
void tgc_norm_sums_plan(tgc_call *call);
void tgc_norm_statistics_plan(tgc_call *call);
/* A chunk is some lines. */
void tgc_norm_apply_plan(tgc_call *call);
/* Merge the parts, and write the numbers of each channel: factors, stats, gradients. */
void tgc_norm_statistics_finish(const tgc_call *call);
void tgc_norm_sums_finish(const tgc_call *call);

/* Element i of a vector in float32 or float64. */
double tgc_norm_get(const tgc_operand *vector, ptrdiff_t i);

void tgc_norm_generic(tgc_table table);
void tgc_norm_avx2(tgc_table table);
void tgc_norm_avx512(tgc_table table);

#endif
