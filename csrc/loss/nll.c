/* The negative log-likelihood in plain C, without variants for an ISA: it takes one element of each
 * row of classes, so there is nothing for vectors. */
#include "nll.h"

#include "../runtime/lines.h"
#include "../runtime/sizes.h"
#include "../vec/typed.h"
#include "classes.h"

enum { TARGET, X, WEIGHT };

/* A call taken apart. What it does not have is NULL. */
typedef struct {
    const tgc_operand *weight, *total, *y, *partial;
    tgc_classes classes;
    ptrdiff_t class_stride;
    int reduction;
} nll;

static tgc_classes classes_of(const tgc_call *call)
{
    return (tgc_classes){call->sizes[TGC_NLL_CLASSES], call->sizes[TGC_NLL_IGNORE_INDEX]};
}

static nll unpack(const tgc_call *call, int backward)
{
    const int weighted = call->sizes[TGC_NLL_WEIGHTED] != 0;
    nll c = {.classes = classes_of(call),
             .class_stride = call->sizes[TGC_NLL_STRIDE],
             .reduction = (int)call->sizes[TGC_LOSS_REDUCTION]};
    const tgc_operand *next = &call->operands[WEIGHT];
    c.weight = weighted ? next++ : NULL;
    if (backward) {
        c.total = c.reduction == TGC_LOSS_MEAN ? next++ : NULL;
        c.y = next;
        return c;
    }
    c.y = next++;
    if (c.reduction != TGC_LOSS_NONE) {
        c.total = next++;
        c.partial = next;
    }
    return c;
}

static void plan_chunks(tgc_call *call, ptrdiff_t chunk, double cost)
{
    const ptrdiff_t n = tgc_operand_size(&call->operands[TARGET]);
    call->sizes[TGC_NLL_CHUNK] = chunk;
    call->n_chunks = tgc_ceil_div(n, chunk);
    call->work = (double)n * cost;
}

static void plan(tgc_call *call)
{
    plan_chunks(call, TGC_LOSS_CHUNK, call->kernel->cost);
}

static void plan_backward(tgc_call *call)
{
    const ptrdiff_t n_classes = call->sizes[TGC_NLL_CLASSES];
    const ptrdiff_t chunk = n_classes < TGC_LOSS_CHUNK ? TGC_LOSS_CHUNK / (n_classes + 1) : 1;
    plan_chunks(call, chunk, call->kernel->cost * (double)(n_classes + 8));
}

/* Starts a chunk's walk over the targets, x or grad, and, unless it is NULL, y. Returns the
 * position of the first target. */
static ptrdiff_t begin(const tgc_call *call, ptrdiff_t index, tgc_lines *w,
                       const tgc_operand *y)
{
    const tgc_operand walked[3] = {call->operands[TARGET], call->operands[X],
                                   y ? *y : call->operands[TARGET]};
    const ptrdiff_t chunk = call->sizes[TGC_NLL_CHUNK], first = index * chunk;
    const ptrdiff_t left = tgc_operand_size(&call->operands[TARGET]) - first;
    tgc_lines_begin(w, walked, 3, walked[0].ndim);
    tgc_lines_merge(w);
    tgc_lines_seek(w, first, tgc_min(left, chunk));
    return first;
}

static tgc_error explain(const tgc_call *call, char *text, size_t size)
{
    return tgc_explain_class(call, "nll_loss", classes_of(call), &call->operands[TARGET], text,
                             size);
}

#define T float
#define TYPE f32
#include "nll.template.h"
#undef T
#undef TYPE
#define T double
#define TYPE f64
#include "nll.template.h"

void tgc_nll_loss(tgc_table table)
{
#define FORWARD(loop, end)                                                                   \
    (tgc_kernel)                                                                             \
    {                                                                                        \
        .name = "nll_loss", .plan = plan, .chunk = loop, .finish = end, .cost = 2,           \
        .explain = explain                                                                   \
    }
#define BACKWARD(loop)                                                                       \
    (tgc_kernel)                                                                             \
    {                                                                                        \
        .name = "nll_loss_backward", .plan = plan_backward, .chunk = loop, .cost = 0.1,      \
        .explain = explain                                                                   \
    }
    table[TGC_nll_loss][TGC_F32] = FORWARD(forward_f32, finish_f32);
    table[TGC_nll_loss][TGC_F64] = FORWARD(forward_f64, finish_f64);
    table[TGC_nll_loss_backward][TGC_F32] = BACKWARD(backward_f32);
    table[TGC_nll_loss_backward][TGC_F64] = BACKWARD(backward_f64);
}
