/* The plans and the text of the error, the same for every type and ISA. */
#include "embedding.h"

#include <stdio.h>

enum {
    CHUNK = 16384,  /* elements of a chunk, about; backward, at least */
    MAX_CHUNKS = 32 /* the most chunks of the gradient: each of them looks at all indices */
};

void tgc_embedding_plan(tgc_call *call)
{
    const tgc_operand *y = &call->operands[2];
    const ptrdiff_t n = y->shape[0], columns = y->shape[1];
    call->sizes[TGC_EMBEDDING_CHUNK] = tgc_clamp(CHUNK / (columns > 0 ? columns : 1), 1, CHUNK);
    call->n_chunks = tgc_ceil_div(n, call->sizes[TGC_EMBEDDING_CHUNK]);
    call->work = (double)n * (2 + (double)columns * call->kernel->cost);
}

void tgc_embedding_backward_plan(tgc_call *call)
{
    const tgc_operand *weight = &call->operands[2], *y = &call->operands[0];
    const ptrdiff_t rows = weight->shape[0], columns = weight->shape[1];
    const ptrdiff_t least = CHUNK / (columns > 0 ? columns : 1) + 1;
    const ptrdiff_t chunk = tgc_ceil_div(rows, MAX_CHUNKS);
    call->sizes[TGC_EMBEDDING_CHUNK] = chunk > least ? chunk : least;
    call->n_chunks = tgc_ceil_div(rows, call->sizes[TGC_EMBEDDING_CHUNK]);
    call->work = ((double)y->shape[0] + (double)rows) * (double)columns * call->kernel->cost;
}

tgc_error tgc_embedding_explain(const tgc_call *call, char *text, size_t size)
{
    const tgc_operand *index = &call->operands[1];
    const int forward = call->kernel->plan == tgc_embedding_plan;
    const tgc_operand *weight = &call->operands[forward ? 0 : 2];
    snprintf(text, size,
             "embedding: index out of range: input must be from 0 to %td, got %lld (element %td)",
             weight->shape[0] - 1, (long long)tgc_embedding_index(index, call->status),
             call->status);
    return TGC_INDEX_ERROR;
}
