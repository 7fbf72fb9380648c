/* The plans, and what is computed once for each channel, in double. The loops over elements are
 * templates, compiled for every type and ISA. */
#include "norm.h"

#include <math.h>
#include <string.h>

tgc_norm tgc_norm_statistics_unpack(const tgc_call *call)
{
    const tgc_operand *next = call->operands;
    const ptrdiff_t has = call->sizes[TGC_NORM_HAS];
    tgc_norm norm = {.training = (has & TGC_NORM_TRAINING) != 0};
    norm.x = next++;
    norm.weight = has & TGC_NORM_WEIGHT ? next++ : NULL;
    norm.bias = has & TGC_NORM_BIAS ? next++ : NULL;
    norm.running_mean = has & TGC_NORM_RUNNING ? next++ : NULL;
    norm.running_var = has & TGC_NORM_RUNNING ? next++ : NULL;
    norm.factors = next++;
    norm.stats = next++;
    norm.parts = next;
    norm.n = norm.x->shape[0];
    norm.channels = norm.x->shape[1];
    norm.length = norm.x->shape[2];
    norm.eps = tgc_scalar_value(&call->scalars[0]);
    norm.momentum = tgc_scalar_value(&call->scalars[1]);
    return norm;
}

tgc_norm tgc_norm_sums_unpack(const tgc_call *call)
{
    const tgc_operand *next = call->operands;
    const ptrdiff_t has = call->sizes[TGC_NORM_HAS];
    tgc_norm norm = {.training = (has & TGC_NORM_TRAINING) != 0};
    norm.grad = next++;
    norm.x = next++;
    norm.weight = has & TGC_NORM_WEIGHT ? next++ : NULL;
    norm.stats = next++;
    norm.grad_weight = next++;
    norm.grad_bias = next++;
    norm.factors = next++;
    norm.parts = next;
    norm.n = norm.x->shape[0];
    norm.channels = norm.x->shape[1];
    norm.length = norm.x->shape[2];
    return norm;
}

void tgc_norm_sums_plan(tgc_call *call)
{
    const ptrdiff_t *shape = call->operands[0].shape, n = shape[0], row = shape[1] * shape[2];
    const tgc_norm_areas areas = tgc_norm_split(n, shape[1], shape[2]);
    call->sizes[TGC_NORM_CHUNK] = tgc_max(tgc_ceil_div(n, areas.parts), 1);
    call->sizes[TGC_NORM_GROUPS] = areas.groups;
    call->n_chunks = row == 0 ? 0 : tgc_ceil_div(n, call->sizes[TGC_NORM_CHUNK]) * areas.groups;
    call->work = (double)n * (double)row * call->kernel->cost;
}

void tgc_norm_statistics_plan(tgc_call *call)
{
    tgc_norm_sums_plan(call);
    if (!(call->sizes[TGC_NORM_HAS] & TGC_NORM_TRAINING)) {
        call->n_chunks = 0;
        call->work = 0;
    }
}

void tgc_norm_apply_plan(tgc_call *call)
{
    const ptrdiff_t *shape = call->operands[0].shape, length = shape[2];
    const ptrdiff_t lines = length == 1 ? shape[0] : shape[0] * shape[1];
    const ptrdiff_t line = length == 1 ? shape[1] : length;
    call->sizes[TGC_NORM_CHUNK] = tgc_even_chunk(lines, TGC_NORM_WORK / (line + 1));
    call->n_chunks = tgc_ceil_div(lines, call->sizes[TGC_NORM_CHUNK]);
    call->work = (double)lines * (double)line * call->kernel->cost;
}

tgc_norm_lines tgc_norm_find_lines(const tgc_call *call, ptrdiff_t index)
{
    const ptrdiff_t *shape = call->operands[0].shape, of_row = shape[2] == 1 ? 1 : shape[1];
    const ptrdiff_t begin = index * call->sizes[TGC_NORM_CHUNK];
    const ptrdiff_t end = tgc_min(begin + call->sizes[TGC_NORM_CHUNK], shape[0] * of_row);
    return (tgc_norm_lines){begin, end, of_row};
}

double tgc_norm_get(const tgc_operand *vector, ptrdiff_t i)
{
    const ptrdiff_t at = i * vector->strides[vector->ndim - 1];
    return vector->dtype == TGC_F32 ? (double)((const float *)(const void *)vector->data)[at]
                                    : ((const double *)(const void *)vector->data)[at];
}

static void set(const tgc_operand *vector, ptrdiff_t i, double value)
{
    const ptrdiff_t at = i * vector->strides[vector->ndim - 1];
    if (vector->dtype == TGC_F32) {
        ((float *)(void *)vector->data)[at] = (float)value;
    } else {
        ((double *)(void *)vector->data)[at] = value;
    }
}

static void update(const tgc_operand *running, ptrdiff_t c, double momentum, double value)
{
    set(running, c, momentum * value + (1 - momentum) * tgc_norm_get(running, c));
}

/* What one channel is computed with: y = (x - mean) * scale + bias. */
typedef struct {
    double mean, invstd, scale, bias;
} channel;

/* Rounds mean and invstd as they are stored in stats, because the gradient reads them there. */
static channel channel_of(const tgc_norm *norm, ptrdiff_t c, double mean, double variance)
{
    const double exact = 1 / sqrt(variance + norm->eps);
    const double invstd = norm->x->dtype == TGC_F32 ? (double)(float)exact : exact;
    return (channel){.mean = norm->x->dtype == TGC_F32 ? (double)(float)mean : mean,
                     .invstd = invstd,
                     .scale = norm->weight ? invstd * tgc_norm_get(norm->weight, c) : invstd,
                     .bias = norm->bias ? tgc_norm_get(norm->bias, c) : 0};
}

static channel with_stats(const tgc_norm *norm, ptrdiff_t c, channel values)
{
    set(norm->stats, c, values.mean);
    set(norm->stats, norm->channels + c, values.invstd);
    return values;
}

/* What channel c is computed with: from the moments of x in training, else from the running
 * statistics. Writes the stats, and in training the running statistics. */
static channel channel_forward(const tgc_norm *norm, ptrdiff_t c, const tgc_moments *moments)
{
    if (!norm->training) {
        return with_stats(norm, c, channel_of(norm, c, tgc_norm_get(norm->running_mean, c),
                                              tgc_norm_get(norm->running_var, c)));
    }
    if (moments->n == 0) {
        return with_stats(norm, c, channel_of(norm, c, 0, 0));
    }
    /* If all elements are large and equal, rounding may leave a little less than 0. */
    const double squares = moments->squares < 0 ? 0 : moments->squares;
    if (norm->running_mean) {
        update(norm->running_mean, c, norm->momentum, moments->mean);
        update(norm->running_var, c, norm->momentum, squares / (moments->n - 1));
    }
    return with_stats(norm, c, channel_of(norm, c, moments->mean, squares / moments->n));
}

/* grad_x = grad * scale - (x - mean) * slope - shift */
typedef struct {
    double mean, scale, slope, shift;
} channel_grad;

/* The factors of channel c, from the sums of grad and of grad * (x - mean), with the mean in stats.
 * Writes the channel's gradients of weight and bias. */
static channel_grad channel_backward(const tgc_norm *norm, ptrdiff_t c, double sum, double product)
{
    const double m = (double)norm->n * (double)norm->length;
    const double invstd = tgc_norm_get(norm->stats, norm->channels + c);
    const double weight = norm->weight ? tgc_norm_get(norm->weight, c) : 1;
    const double scale = weight * invstd;
    set(norm->grad_bias, c, sum);
    set(norm->grad_weight, c, product * invstd);
    channel_grad values = {.mean = tgc_norm_get(norm->stats, c), .scale = scale};
    if (norm->training) {
        values.slope = scale * invstd * invstd * product / m;
        values.shift = scale * sum / m;
    }
    return values;
}

/* The numbers of a part: two of each channel. */
static double *find_part(const tgc_norm *norm, ptrdiff_t p)
{
    return (double *)(void *)norm->parts->data + 2 * p * norm->channels;
}

tgc_norm_area tgc_norm_clear_area(const tgc_call *call, const tgc_norm *norm, ptrdiff_t index)
{
    const ptrdiff_t groups = call->sizes[TGC_NORM_GROUPS], p = tgc_div(index, groups);
    const ptrdiff_t group = index - p * groups, begin = p * call->sizes[TGC_NORM_CHUNK];
    const ptrdiff_t first = tgc_deal(norm->channels, groups, group);
    const tgc_norm_area area = {.begin = begin,
                                .end = tgc_min(begin + call->sizes[TGC_NORM_CHUNK], norm->n),
                                .first = first,
                                .channels = tgc_deal(norm->channels, groups, group + 1) - first,
                                .one = find_part(norm, p) + first,
                                .two = find_part(norm, p) + norm->channels + first};
    memset(area.one, 0, (size_t)area.channels * sizeof *area.one);
    memset(area.two, 0, (size_t)area.channels * sizeof *area.two);
    return area;
}

void tgc_norm_statistics_finish(const tgc_call *call)
{
    const tgc_norm norm = tgc_norm_statistics_unpack(call);
    const ptrdiff_t rows = call->sizes[TGC_NORM_CHUNK];
    const ptrdiff_t parts = tgc_div(call->n_chunks, call->sizes[TGC_NORM_GROUPS]);
    double elements[TGC_NORM_AREAS], weights[TGC_NORM_AREAS], before = 0;
    for (ptrdiff_t p = 0; p < parts; p++) {
        elements[p] = (double)tgc_min(rows, norm.n - p * rows) * (double)norm.length;
        before += elements[p];
        weights[p] = elements[p] / before;
    }
    for (ptrdiff_t c = 0; c < norm.channels; c++) {
        tgc_moments moments = {0};
        for (ptrdiff_t p = 0; p < parts; p++) {
            const double *part = find_part(&norm, p) + c;
            tgc_moments_add(&moments, (tgc_moments){elements[p], part[0], part[norm.channels]},
                            weights[p]);
        }
        const channel values = channel_forward(&norm, c, &moments);
        set(norm.factors, c, values.mean);
        set(norm.factors, norm.channels + c, values.scale);
        set(norm.factors, 2 * norm.channels + c, values.bias);
    }
}

void tgc_norm_sums_finish(const tgc_call *call)
{
    const tgc_norm norm = tgc_norm_sums_unpack(call);
    const ptrdiff_t parts = tgc_div(call->n_chunks, call->sizes[TGC_NORM_GROUPS]);
    for (ptrdiff_t c = 0; c < norm.channels; c++) {
        double sum = 0, product = 0;
        for (ptrdiff_t p = 0; p < parts; p++) {
            sum += find_part(&norm, p)[c];
            product += find_part(&norm, p)[norm.channels + c];
        }
        const channel_grad values = channel_backward(&norm, c, sum, product);
        set(norm.factors, c, values.mean);
        set(norm.factors, norm.channels + c, values.scale);
        set(norm.factors, 2 * norm.channels + c, values.slope);
        set(norm.factors, 3 * norm.channels + c, values.shift);
    }
}
