/* The definition of convolution: what the other variants are compared with. */
#include "conv.h"

/* A chunk for each plane of the result, whose elements are sums of `terms` products. */
static void plan_planes(tgc_call *call, double terms)
{
    const tgc_operand *const result = &call->operands[call->n_operands - 1];
    const double plane = (double)result->shape[2] * (double)result->shape[3];
    call->n_chunks = plane > 0 ? result->shape[0] * result->shape[1] : 0;
    call->work = (double)call->n_chunks * plane * (terms + 1) * call->kernel->cost;
}

/* An element of the image sums over a window of the weight. */
static void plan_moving(tgc_call *call)
{
    const tgc_window window = tgc_window_of(call);
    plan_planes(call, (double)call->operands[1].shape[1] * (double)window.h.kernel *
                          (double)window.w.kernel);
}

/* An element of the weight sums over the places of all images. */
static void plan_weight(tgc_call *call)
{
    const tgc_operand *const image = &call->operands[0];
    plan_planes(call,
                (double)image->shape[0] * (double)image->shape[2] * (double)image->shape[3]);
}

#include "../vec/f32.h"
#include "naive.template.h"

#include "../vec/f64.h"
#include "naive.template.h"

void tgc_conv_naive(tgc_table table)
{
    install_naive_f32(table);
    install_naive_f64(table);
}
