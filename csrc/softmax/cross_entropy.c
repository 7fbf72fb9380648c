/* Takes a call apart for the kernels of every ISA; the plans and the text of the error. */
#include "cross_entropy.h"

tgc_cross_entropy tgc_cross_entropy_unpack(const tgc_call *call)
{
    const tgc_operand *next = call->operands;
    const ptrdiff_t role = call->sizes[TGC_CE_ROLE];
    tgc_cross_entropy c = {.classes = {call->sizes[TGC_CE_CLASSES],
                                       call->sizes[TGC_CE_IGNORE_INDEX]},
                           .smoothing = tgc_scalar_value(&call->scalars[0]),
                           .reduction = (int)call->sizes[TGC_CE_REDUCTION]};
    c.grad = role == TGC_CE_BACKWARD ? next++ : NULL;
    c.logits = role != TGC_CE_TOTAL ? next++ : NULL;
    c.target = next++;
    c.weight = call->sizes[TGC_CE_WEIGHTED] ? next++ : NULL;
    c.norm = role != TGC_CE_TOTAL ? next++ : NULL;
    c.total = role == TGC_CE_BACKWARD && c.reduction == TGC_LOSS_MEAN ? next++ : NULL;
    c.y = next++;
    c.partial = role == TGC_CE_FORWARD && c.reduction != TGC_LOSS_NONE ? next++ : NULL;
    c.n = c.target->shape[0];
    return c;
}

void tgc_cross_entropy_plan(tgc_call *call)
{
    const tgc_cross_entropy c = tgc_cross_entropy_unpack(call);
    call->n_chunks = tgc_cross_entropy_chunks(c.n, c.classes.n);
    call->work = (double)c.n * (8 + (double)c.classes.n) * call->kernel->cost;
    const int unit = c.logits->strides[1] == 1 && (!c.weight || c.weight->strides[0] == 1);
    call->workspace = unit ? 0 : 2 * (size_t)c.classes.n * tgc_item_size(c.logits->dtype);
}

void tgc_cross_entropy_total_plan(tgc_call *call)
{
    call->n_chunks = 1;
    call->work = (double)call->operands[0].shape[0] * call->kernel->cost;
}

tgc_error tgc_cross_entropy_explain(const tgc_call *call, char *text, size_t size)
{
    const tgc_cross_entropy c = tgc_cross_entropy_unpack(call);
    return tgc_explain_class(call, "cross_entropy", c.classes, c.target, text, size);
}
