/* The plan, the total of the partial sums and the text of the error, the same for every ISA. */
#include "loss.h"

#include <stdio.h>

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

/* The element of a float operand at a position in row-major order. */
static double element_at(const tgc_operand *o, ptrdiff_t position)
{
    tgc_lines w;
    tgc_lines_begin(&w, o, 1, o->ndim);
    tgc_lines_seek(&w, position, 1);
    const void *const element = w.data[0];
    return o->dtype == TGC_F32 ? (double)*(const float *)element : *(const double *)element;
}

tgc_error tgc_loss_explain(const tgc_call *call, char *text, size_t size)
{
    const double x = element_at(&call->operands[0], call->status);
    const int x_is_good = x >= 0 && x <= 1;
    snprintf(text, size, "%s: all elements of %s should be between 0 and 1, got %g",
             call->kernel->name, x_is_good ? "target" : "input",
             x_is_good ? element_at(&call->operands[1], call->status) : x);
    return TGC_RUNTIME_ERROR;
}
