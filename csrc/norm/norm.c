#include "norm.h"

#include <math.h>

static tgc_norm unpack_forward(const tgc_call *call, int in_rows)
{
    const tgc_operand *next = call->operands;
    const ptrdiff_t has = call->sizes[TGC_NORM_HAS];
    tgc_norm norm = {.training = (has & TGC_NORM_TRAINING) != 0};
    norm.x = next++;
    norm.weight = has & TGC_NORM_WEIGHT ? next++ : NULL;
    norm.bias = has & TGC_NORM_BIAS ? next++ : NULL;
    norm.running_mean = has & TGC_NORM_RUNNING ? next++ : NULL;
    norm.running_var = has & TGC_NORM_RUNNING ? next++ : NULL;
    *(in_rows ? &norm.factors : &norm.y) = next++;
    norm.stats = next++;
    norm.parts = in_rows ? next : NULL;
    norm.n = norm.x->shape[0];
    norm.channels = norm.x->shape[1];
    norm.length = norm.x->shape[2];
    norm.eps = tgc_scalar_value(&call->scalars[0]);
    norm.momentum = tgc_scalar_value(&call->scalars[1]);
    return norm;
}

static tgc_norm unpack_backward(const tgc_call *call, int in_rows)
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
    norm.factors = in_rows ? next++ : NULL;
    norm.parts = in_rows ? next : NULL;
    norm.grad_x = !in_rows && has & TGC_NORM_GRAD_X ? next : NULL;
    norm.n = norm.x->shape[0];
    norm.channels = norm.x->shape[1];
    norm.length = norm.x->shape[2];
    return norm;
}

tgc_norm tgc_batch_norm_unpack(const tgc_call *call)
{
    return unpack_forward(call, 0);
}

tgc_norm tgc_batch_norm_backward_unpack(const tgc_call *call)
{
    return unpack_backward(call, 0);
}

tgc_norm tgc_norm_statistics_unpack(const tgc_call *call)
{
    return unpack_forward(call, 1);
}

tgc_norm tgc_norm_sums_unpack(const tgc_call *call)
{
    return unpack_backward(call, 1);
}

void tgc_batch_norm_plan(tgc_call *call)
{
    const tgc_operand *x = &call->operands[0];
    call->n_chunks = x->shape[1];
    call->work = (double)x->shape[0] * (double)x->shape[1] * (double)x->shape[2] * call->kernel->cost;
}

void tgc_norm_parts_plan(tgc_call *call)
{
    const tgc_operand *x = &call->operands[0];
    const ptrdiff_t n = x->shape[0], parts = tgc_norm_parts(n, x->shape[1]);
    call->sizes[TGC_NORM_CHUNK] = tgc_ceil_div(n, parts);
    call->n_chunks = n == 0 ? 0 : tgc_ceil_div(n, call->sizes[TGC_NORM_CHUNK]);
    call->work = (double)n * (double)x->shape[1] * call->kernel->cost;
}

void tgc_norm_statistics_plan(tgc_call *call)
{
    tgc_norm_parts_plan(call);
    if (!(call->sizes[TGC_NORM_HAS] & TGC_NORM_TRAINING)) {
        call->n_chunks = 0;
        call->work = 0;
    }
}

void tgc_norm_apply_plan(tgc_call *call)
{
    const tgc_operand *x = &call->operands[0];
    const ptrdiff_t length = x->shape[2], line = length == 1 ? x->shape[1] : length;
    const ptrdiff_t lines = length == 1 ? x->shape[0] : x->shape[0] * x->shape[1];
    call->sizes[TGC_NORM_CHUNK] = tgc_even_chunk(lines, TGC_NORM_WORK / (line + 1));
    call->n_chunks = tgc_ceil_div(lines, call->sizes[TGC_NORM_CHUNK]);
    call->work = (double)lines * (double)line * call->kernel->cost;
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

/* Rounded as the stats are, which the gradient reads. */
static tgc_channel channel(const tgc_norm *norm, ptrdiff_t c, double mean, double variance)
{
    const double exact = 1 / sqrt(variance + norm->eps);
    const double invstd = norm->x->dtype == TGC_F32 ? (double)(float)exact : exact;
    return (tgc_channel){.mean = norm->x->dtype == TGC_F32 ? (double)(float)mean : mean,
                         .invstd = invstd,
                         .scale = norm->weight ? invstd * tgc_norm_get(norm->weight, c) : invstd,
                         .bias = norm->bias ? tgc_norm_get(norm->bias, c) : 0};
}

static tgc_channel with_stats(const tgc_norm *norm, ptrdiff_t c, tgc_channel values)
{
    set(norm->stats, c, values.mean);
    set(norm->stats, norm->channels + c, values.invstd);
    return values;
}

tgc_channel tgc_channel_forward(const tgc_norm *norm, ptrdiff_t c, const tgc_moments *moments)
{
    if (!norm->training) {
        return with_stats(norm, c, channel(norm, c, tgc_norm_get(norm->running_mean, c),
                                           tgc_norm_get(norm->running_var, c)));
    }
    if (moments->n == 0) {
        return with_stats(norm, c, channel(norm, c, 0, 0));
    }
    /* Of equal elements that are large, rounding may leave less than 0. */
    const double squares = moments->squares < 0 ? 0 : moments->squares;
    if (norm->running_mean) {
        update(norm->running_mean, c, norm->momentum, moments->mean);
        update(norm->running_var, c, norm->momentum, squares / (moments->n - 1));
    }
    return with_stats(norm, c, channel(norm, c, moments->mean, squares / moments->n));
}

tgc_channel_grad tgc_channel_backward(const tgc_norm *norm, ptrdiff_t c, double sum, double product)
{
    const double m = (double)norm->n * (double)norm->length;
    const double invstd = tgc_norm_get(norm->stats, norm->channels + c);
    const double weight = norm->weight ? tgc_norm_get(norm->weight, c) : 1;
    const double scale = weight * invstd;
    set(norm->grad_bias, c, sum);
    set(norm->grad_weight, c, product * invstd);
    tgc_channel_grad channel = {.mean = tgc_norm_get(norm->stats, c), .scale = scale};
    if (norm->training) {
        channel.slope = scale * invstd * invstd * product / m;
        channel.shift = scale * sum / m;
    }
    return channel;
}

/* The numbers of channel c in a part: one of each kind. */
static const double *part(const tgc_norm *norm, ptrdiff_t p, ptrdiff_t c)
{
    return (const double *)(const void *)norm->parts->data + 2 * p * norm->channels + c;
}

void tgc_norm_statistics_finish(const tgc_call *call)
{
    const tgc_norm norm = tgc_norm_statistics_unpack(call);
    const ptrdiff_t rows = call->sizes[TGC_NORM_CHUNK];
    for (ptrdiff_t c = 0; c < norm.channels; c++) {
        tgc_moments moments = {0};
        for (ptrdiff_t p = 0; p < call->n_chunks; p++) {
            const double *values = part(&norm, p, c), n = (double)tgc_min(rows, norm.n - p * rows);
            tgc_moments_merge(&moments, (tgc_moments){n, values[0], values[norm.channels]});
        }
        const tgc_channel values = tgc_channel_forward(&norm, c, &moments);
        set(norm.factors, c, values.mean);
        set(norm.factors, norm.channels + c, values.scale);
        set(norm.factors, 2 * norm.channels + c, values.bias);
    }
}

void tgc_norm_sums_finish(const tgc_call *call)
{
    const tgc_norm norm = tgc_norm_sums_unpack(call);
    for (ptrdiff_t c = 0; c < norm.channels; c++) {
        double sum = 0, product = 0;
        for (ptrdiff_t p = 0; p < call->n_chunks; p++) {
            sum += part(&norm, p, c)[0];
            product += part(&norm, p, c)[norm.channels];
        }
        const tgc_channel_grad values = tgc_channel_backward(&norm, c, sum, product);
        set(norm.factors, c, values.mean);
        set(norm.factors, norm.channels + c, values.scale);
        set(norm.factors, 2 * norm.channels + c, values.slope);
        set(norm.factors, 3 * norm.channels + c, values.shift);
    }
}
