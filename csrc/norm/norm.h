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
 * All is read and written in the order of memory, by two calls, of which the first leaves factors
 * for each channel:
 *
 *     batch_norm_statistics      x, [weight], [bias], [running_mean, running_var], factors,
 *                                stats, parts
 *     batch_norm_apply           x, factors, y
 *     batch_norm_backward_sums   grad, x, [weight], stats, grad_weight, grad_bias, factors, parts
 *     batch_norm_backward_apply  grad, x, factors, grad_x
 *
 * The operands in brackets are there where sizes[TGC_NORM_HAS] names them. A chunk of the first
 * call sums up an area of x, some of the n rows and a group of the channels, into its part of
 * `parts`, which are merged in their order; in evaluation batch_norm_statistics reads none of x.
 * Sums are taken in T over blocks of a few thousand elements, those of x less a number near its
 * mean, so that the variance of a block loses at most 4 of its bits, and merged in double.
 *
 * grad, x, y, grad_x are (n, channels, length): the elements of a length, a plane, lie side by
 * side, and where the length is 1 the channels do. stats is (2, channels), mean and invstd; factors
 * is (TGC_NORM_FACTORS, channels); parts is (tgc_norm_split(...).parts, 2, channels) of float64.
 * scalars: eps, momentum.
 */
#ifndef TGC_NORM_H
#define TGC_NORM_H

#include "../reduce/moments.h"
#include "../runtime/sizes.h"
#include "../runtime/dispatch.h"

/* What call->sizes holds. */
enum {
    TGC_NORM_HAS,
    TGC_NORM_CHUNK, /* set by plan: the rows of an area, the lines of a chunk of apply */
    TGC_NORM_GROUPS /* set by plan: of channels */
};

/* Numbers for each channel: mean, scale and bias; mean, scale, slope and shift. */
enum { TGC_NORM_FACTORS = 4 };

/* About so many elements make a chunk, so many areas an operand; elements side by side in an area,
 * at least. */
enum { TGC_NORM_WORK = 65536, TGC_NORM_AREAS = 16, TGC_NORM_RUN = 8192 };

/* In how many parts the n rows are summed, in how many groups the channels. */
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

/* The operands by their names, NULL where there is none. */
typedef struct {
    const tgc_operand *grad, *x, *weight, *bias, *running_mean, *running_var, *stats;
    const tgc_operand *grad_weight, *grad_bias, *factors, *parts;
    ptrdiff_t n, channels, length;
    int training;
    double eps, momentum;
} tgc_norm;

tgc_norm tgc_norm_statistics_unpack(const tgc_call *call);
tgc_norm tgc_norm_sums_unpack(const tgc_call *call);

/* What a chunk sums up: rows begin .. end - 1, some channels from `first` on. Their numbers in the
 * part begin at `one` and `two`: means and squared distances, or the two sums. */
typedef struct {
    ptrdiff_t begin, end, first, channels;
    double *one, *two;
} tgc_norm_area;

/* The area of a chunk, its numbers 0. */
tgc_norm_area tgc_norm_clear_area(const tgc_call *call, const tgc_norm *norm, ptrdiff_t index);

/* What a chunk of apply writes, lines begin .. end - 1: planes, of_row of them in each row, or whole
 * rows where a plane is one element. */
typedef struct {
    ptrdiff_t begin, end, of_row;
} tgc_norm_lines;

tgc_norm_lines tgc_norm_find_lines(const tgc_call *call, ptrdiff_t index);

/* Chunks that are areas, that are lines. */
void tgc_norm_sums_plan(tgc_call *call);
void tgc_norm_statistics_plan(tgc_call *call);
void tgc_norm_apply_plan(tgc_call *call);
/* Merge the parts, and write all that is written for each channel. */
void tgc_norm_statistics_finish(const tgc_call *call);
void tgc_norm_sums_finish(const tgc_call *call);

/* Element i of a vector in float32 or float64. */
double tgc_norm_get(const tgc_operand *vector, ptrdiff_t i);

void tgc_norm_generic(tgc_table table);
void tgc_norm_avx2(tgc_table table);
void tgc_norm_avx512(tgc_table table);

#endif
