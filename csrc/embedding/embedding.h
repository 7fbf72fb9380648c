/*
 * Rows of a table, looked up by their numbers; and the gradient.
 *
 *     embedding           y[p] = weight[index[p]], 0 where index[p] is `skip`
 *     embedding_backward  weight = 0, and y[p] added to weight[index[p]] in the order of p unless
 *                         index[p] is `skip`
 *
 * Operands: weight, index, y; or y, index, weight. weight is (rows, columns), index (n) of int64 or
 * int32, y (n, columns); columns are side by side. sizes[TGC_EMBEDDING_SKIP] is `skip`, negative
 * for none.
 *
 * An index is bad unless 0 <= index < rows. Indices are checked as they are used, and a chunk stops
 * at its first bad one; the report is the first in order of p, as the least position wins. The
 * result is then incomplete. Forward, a chunk is some positions p. Backward, it is some rows of the
 * weight, so that no two chunks add to the same row, and each chunk looks at all indices.
 */
#ifndef TGC_EMBEDDING_H
#define TGC_EMBEDDING_H

#include "../index/index.h"
#include "../runtime/sizes.h"
#include "../runtime/dispatch.h"

/* What call->sizes holds. */
enum {
    TGC_EMBEDDING_SKIP,
    TGC_EMBEDDING_CHUNK /* set by plan: rows of a chunk */
};

/* Rows of y whose memory is prefetched before the first of them is added to the gradient. */
enum { TGC_EMBEDDING_PENDING = 16 };

void tgc_embedding_plan(tgc_call *call);
void tgc_embedding_backward_plan(tgc_call *call);
tgc_error tgc_embedding_explain(const tgc_call *call, char *text, size_t size);
tgc_error tgc_embedding_backward_explain(const tgc_call *call, char *text, size_t size);

/* The index at position p. */
static inline int64_t tgc_embedding_index(const tgc_operand *index, ptrdiff_t p)
{
    const ptrdiff_t at = p * index->strides[0] * (ptrdiff_t)tgc_item_size(index->dtype);
    return tgc_read_index(index->data + at, index->dtype);
}

void tgc_embedding_generic(tgc_table table);
void tgc_embedding_avx2(tgc_table table);
void tgc_embedding_avx512(tgc_table table);

#endif
