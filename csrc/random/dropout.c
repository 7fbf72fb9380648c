/* Dropout but for its arithmetic: the plan, the draw from the generator, the input in order. The
 * loop over elements is a template, compiled for every type and ISA. */
#include "dropout.h"

#include <string.h>

#include "../runtime/lines.h"
#include "../runtime/sizes.h"

/* Elements of a chunk. */
enum { CHUNK = 16384 };
_Static_assert(CHUNK % TGC_PHILOX_BLOCK == 0, "chunks are whole blocks");

/* What the plan leaves in call->sizes: the number of elements, and whether a is contiguous. */
enum { ELEMENTS = TGC_DROPOUT_END, CONTIGUOUS };

void tgc_dropout_plan(tgc_call *call)
{
    const tgc_operand *a = &call->operands[0];
    const ptrdiff_t n = tgc_operand_size(a);
    call->sizes[ELEMENTS] = n;
    call->sizes[CONTIGUOUS] = tgc_is_contiguous(a);
    call->n_chunks = tgc_ceil_div(n, CHUNK);
    call->work = (double)n * call->kernel->cost;
}

void tgc_dropout_start(tgc_call *call)
{
    tgc_generator *g = (tgc_generator *)(void *)call->operands[1].data;
    const ptrdiff_t blocks = tgc_ceil_div(call->sizes[ELEMENTS], TGC_PHILOX_BLOCK);
    tgc_generator_lock(g);
    call->sizes[TGC_DROPOUT_COUNTER] = (ptrdiff_t)g->philox_counter;
    call->sizes[TGC_DROPOUT_SEED] = (ptrdiff_t)g->seed;
    g->philox_counter += (uint64_t)blocks * TGC_PHILOX_COUNTERS;
    tgc_generator_unlock(g);
}

void tgc_dropout_range(const tgc_call *call, ptrdiff_t index, ptrdiff_t *first, ptrdiff_t *n)
{
    const ptrdiff_t left = call->sizes[ELEMENTS] - index * CHUNK;
    *first = index * CHUNK;
    *n = tgc_min(left, CHUNK);
}

const void *tgc_dropout_input(const tgc_call *call, ptrdiff_t first, ptrdiff_t n, void *buffer)
{
    const tgc_operand *a = &call->operands[0];
    const ptrdiff_t item = (ptrdiff_t)tgc_item_size(a->dtype);
    if (call->sizes[CONTIGUOUS] && n == TGC_PHILOX_BLOCK) {
        return a->data + first * item;
    }
    memset(buffer, 0, (size_t)(TGC_PHILOX_BLOCK * item));
    tgc_lines w;
    tgc_lines_begin(&w, a, 1, a->ndim);
    tgc_lines_merge(&w);
    tgc_lines_seek(&w, first, n);
    char *to = buffer;
    for (ptrdiff_t m; (m = tgc_lines_left(&w)) > 0; tgc_lines_next(&w, m)) {
        for (ptrdiff_t i = 0; i < m; i++, to += item) {
            memcpy(to, w.data[0] + i * w.step[0], (size_t)item);
        }
    }
    return buffer;
}
