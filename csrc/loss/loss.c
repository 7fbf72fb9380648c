#include "loss.h"

#include "../runtime/lines.h"

void tgc_loss_plan(tgc_call *call)
{
    const ptrdiff_t n = tgc_operand_size(&call->operands[1]);
    call->n_chunks = tgc_loss_chunks(n);
    call->work = (double)n * call->kernel->cost;
}

double tgc_loss_total(const tgc_call *call)
{
    const double *partial = (const double *)(const void *)call->operands[3].data;
    double sum = 0;
    for (ptrdiff_t k = 0; k < call->n_chunks; k++) {
        sum += partial[k];
    }
    const double n = (double)tgc_operand_size(&call->operands[1]);
    return call->sizes[TGC_LOSS_REDUCTION] == TGC_LOSS_MEAN ? sum / n : sum;
}
