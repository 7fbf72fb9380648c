/* Takes a call apart for the kernels of every ISA; the plans and the text of the error. */
#include "cross_entropy.h"

#include <stdio.h>

tgc_cross_entropy tgc_cross_entropy_unpack(const tgc_call *call)
{
    const tgc_operand *next = call->operands;
    const ptrdiff_t role = call->sizes[TGC_CE_ROLE];
    tgc_cross_entropy c = {.n_classes = call->sizes[TGC_CE_CLASSES],
                           .ignore_index = call->sizes[TGC_CE_IGNORE_INDEX],
                           .smoothing = tgc_scalar_value(&call->scalars[0]),
                           .reduction = (int)call->sizes[TGC_CE_REDUCTION]};
    c.grad = role == TGC_CE_BACKWARD ? next++ : NULL;
    c.logits = role != TGC_CE_TOTAL ? next++ : NULL;
    c.target = next++;
    c.weight = call->sizes[TGC_CE_WEIGHTED] ? next++ : NULL;
    c.lse = role != TGC_CE_TOTAL ? next++ : NULL;
    c.total = role == TGC_CE_BACKWARD && c.reduction == TGC_CE_MEAN ? next++ : NULL;
    c.y = next++;
    c.partial = role == TGC_CE_FORWARD && c.reduction != TGC_CE_NONE ? next++ : NULL;
    c.n = c.target->shape[0];
    return c;
}

void tgc_cross_entropy_plan(tgc_call *call)
{
    const tgc_cross_entropy c = tgc_cross_entropy_unpack(call);
    call->n_chunks = tgc_cross_entropy_chunks(c.n, c.n_classes);
    call->work = (double)c.n * (8 + (double)c.n_classes) * call->kernel->cost;
    const int unit = c.logits->strides[1] == 1 && (!c.weight || c.weight->strides[0] == 1);
    call->workspace = unit ? 0 : 2 * (size_t)c.n_classes * tgc_item_size(c.logits->dtype);
}

void tgc_cross_entropy_total_plan(tgc_call *call)
{
    call->n_chunks = 1;
    call->work = (double)call->operands[0].shape[0] * call->kernel->cost;
}

tgc_error tgc_cross_entropy_explain(const tgc_call *call, char *text, size_t size)
{
    const tgc_cross_entropy c = tgc_cross_entropy_unpack(call);
    const ptrdiff_t i = call->status;
    snprintf(text, size,
             "cross_entropy: target must be in [0, %td) or ignore_index, got %lld at position %td",
             c.n_classes, (long long)tgc_target(&c, i), i);
    return TGC_INDEX_ERROR;
}
