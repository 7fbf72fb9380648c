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
    call->sizes[TGC_EMBEDDING_CHUNK] = tgc_clamp(CHUNK / tgc_max(columns, 1), 1, CHUNK);
    call->n_chunks = tgc_ceil_div(n, call->sizes[TGC_EMBEDDING_CHUNK]);
    call->work = (double)n * (2 + (double)columns * call->kernel->cost);
}

void tgc_embedding_backward_plan(tgc_call *call)
{
    const tgc_operand *weight = &call->operands[2], *y = &call->operands[0];
    const ptrdiff_t rows = weight->shape[0], columns = weight->shape[1];
    const ptrdiff_t least = CHUNK / tgc_max(columns, 1) + 1;
    const ptrdiff_t chunk = tgc_ceil_div(rows, MAX_CHUNKS);
    call->sizes[TGC_EMBEDDING_CHUNK] = tgc_max(chunk, least);
    call->n_chunks = tgc_ceil_div(rows, call->sizes[TGC_EMBEDDING_CHUNK]);
    call->work = ((double)y->shape[0] + (double)rows) * (double)columns * call->kernel->cost;
}

static tgc_error explain(const tgc_call *call, ptrdiff_t rows, char *text, size_t size)
{
    snprintf(text, size,
             "embedding: index out of range: input must be from 0 to %td, got %lld (element %td)",
             rows - 1, (long long)tgc_embedding_index(&call->operands[1], call->status),
             call->status);
    return TGC_INDEX_ERROR;
}

tgc_error tgc_embedding_explain(const tgc_call *call, char *text, size_t size)
{
    return explain(call, call->operands[0].shape[0], text, size);
}

tgc_error tgc_embedding_backward_explain(const tgc_call *call, char *text, size_t size)
{
    return explain(call, call->operands[2].shape[0], text, size);
}
