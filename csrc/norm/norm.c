#include "norm.h"

#include <math.h>

tgc_norm tgc_batch_norm_unpack(const tgc_call *call, int backward)
{
    const tgc_operand *next = call->operands;
    const ptrdiff_t has = call->sizes[TGC_NORM_HAS];
    tgc_norm norm = {.training = (has & TGC_NORM_TRAINING) != 0};
    norm.grad = backward ? next++ : NULL;
    norm.x = next++;
    norm.weight = has & TGC_NORM_WEIGHT ? next++ : NULL;
    norm.bias = has & TGC_NORM_BIAS ? next++ : NULL;
    norm.running_mean = has & TGC_NORM_RUNNING ? next++ : NULL;
    norm.running_var = has & TGC_NORM_RUNNING ? next++ : NULL;
    norm.y = backward ? NULL : next++;
    norm.stats = next++;
    norm.grad_weight = backward ? next++ : NULL;
    norm.grad_bias = backward ? next++ : NULL;
    norm.grad_x = has & TGC_NORM_GRAD_X ? next++ : NULL;
    norm.n = norm.x->shape[0];
    norm.channels = norm.x->shape[1];
    norm.length = norm.x->shape[2];
    norm.eps = backward ? 0 : tgc_scalar_value(&call->scalars[0]);
    norm.momentum = backward ? 0 : tgc_scalar_value(&call->scalars[1]);
    return norm;
}

/* Elements of a chunk in evaluation, about, and how many of the n there must be to cut those. */
enum { CHUNK = 65536, IMAGES = 4 };

static void plan(tgc_call *call, int backward)
{
    const tgc_norm norm = tgc_batch_norm_unpack(call, backward);
    const ptrdiff_t per_chunk = norm.length == 1 ? TGC_NORM_LANES : 1;
    const ptrdiff_t image = norm.channels * norm.length;
    call->n_chunks = tgc_ceil_div(norm.channels, per_chunk);
    call->sizes[TGC_NORM_IMAGES] = 0;
    if (!backward && !norm.training && norm.length > 1 && norm.n >= IMAGES && image > 0) {
        call->sizes[TGC_NORM_IMAGES] = tgc_clamp(CHUNK / image, 1, norm.n);
        call->n_chunks = tgc_ceil_div(norm.n, call->sizes[TGC_NORM_IMAGES]);
        call->workspace = (size_t)norm.channels * sizeof(tgc_channel);
    }
    call->work = (double)norm.n * (double)norm.channels * (double)norm.length * call->kernel->cost;
}

void tgc_batch_norm_plan(tgc_call *call)
{
    plan(call, 0);
}

void tgc_batch_norm_backward_plan(tgc_call *call)
{
    plan(call, 1);
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

tgc_channel tgc_channel_evaluation(const tgc_norm *norm, ptrdiff_t c, int first)
{
    const tgc_channel values = channel(norm, c, tgc_norm_get(norm->running_mean, c),
                                       tgc_norm_get(norm->running_var, c));
    return first ? with_stats(norm, c, values) : values;
}

tgc_channel tgc_channel_forward(const tgc_norm *norm, ptrdiff_t c, const tgc_moments *moments)
{
    if (!norm->training) {
        return tgc_channel_evaluation(norm, c, 1);
    }
    if (moments->n == 0) {
        return with_stats(norm, c, channel(norm, c, 0, 0));
    }
    if (norm->running_mean) {
        update(norm->running_mean, c, norm->momentum, moments->mean);
        update(norm->running_var, c, norm->momentum, moments->squares / (moments->n - 1));
    }
    return with_stats(norm, c, channel(norm, c, moments->mean, moments->squares / moments->n));
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
