/* one_hot: compares each index with all classes. Apart from index.c, because no element is fetched
 * from the place that an index names. */
#include <stdio.h>

#include "index.h"
#include "nonzero.h"
#include "../runtime/sizes.h"

/* Elements of y in a chunk, about. */
enum { CHUNK_ELEMENTS = 16384 };

/* What the plan leaves in call->sizes: the number of classes, and the indices of a chunk. */
enum { CLASSES, CHUNK };

static void plan(tgc_call *call)
{
    const tgc_operand *y = &call->operands[1];
    const ptrdiff_t n = tgc_operand_size(&call->operands[0]), classes = y->shape[y->ndim - 1];
    const ptrdiff_t chunk = classes < CHUNK_ELEMENTS ? CHUNK_ELEMENTS / classes : 1;
    call->sizes[CLASSES] = classes;
    call->sizes[CHUNK] = chunk;
    call->n_chunks = tgc_ceil_div(n, chunk);
    call->work = (double)n * (double)classes * call->kernel->cost;
}

static void chunk(const tgc_call *call, ptrdiff_t index)
{
    const tgc_operand *a = &call->operands[0];
    const ptrdiff_t classes = call->sizes[CLASSES], first = index * call->sizes[CHUNK];
    const ptrdiff_t left = tgc_operand_size(a) - first;
    tgc_lines w;
    tgc_lines_begin(&w, a, 1, a->ndim);
    tgc_lines_seek(&w, first, left < call->sizes[CHUNK] ? left : call->sizes[CHUNK]);
    ptrdiff_t p = first;
    for (ptrdiff_t n; (n = tgc_lines_left(&w)) > 0; tgc_lines_next(&w, n)) {
        for (ptrdiff_t i = 0; i < n; i++, p++) {
            const int64_t class = tgc_read_index(w.data[0] + i * w.step[0], a->dtype);
            int64_t *y = (int64_t *)(void *)call->operands[1].data + p * classes;
            for (ptrdiff_t c = 0; c < classes; c++) {
                y[c] = c == class;
            }
            if (class < 0 || class >= classes) {
                tgc_report(call, p);
            }
        }
    }
}

static tgc_error explain(const tgc_call *call, char *text, size_t size)
{
    const tgc_operand *a = &call->operands[0];
    char position[TGC_POSITION_TEXT];
    const int64_t class = tgc_index_at(a, call->status);
    tgc_write_position(a, call->status, 0, a->ndim, position);
    snprintf(text, size, "one_hot: class %lld must be from 0 to %td (at position %s)",
             (long long)class, call->sizes[CLASSES] - 1, position);
    return TGC_INDEX_ERROR;
}

void tgc_one_hot(tgc_table table)
{
    const tgc_kernel kernel = {
        .name = "one_hot", .plan = plan, .chunk = chunk, .cost = 0.3, .explain = explain};
    table[TGC_one_hot][TGC_I64] = table[TGC_one_hot][TGC_I32] = kernel;
    table[TGC_one_hot][TGC_U8] = kernel;
}
