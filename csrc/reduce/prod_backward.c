/* The gradient of a product of rows, in plain C: each product waits for the one before it, so there
 * is nothing for vectors.
 *
 *     grad_a[i][k] = grad[i] times all a[i][j] but j = k
 *
 * Operands: grad (m,) of any stride, a and grad_a (m, n), contiguous. Nothing is divided, so that
 * zeros need no case of their own.
 */
#include "reduce.h"

#include "../runtime/lines.h"
#include "../vec/typed.h"

enum {
    /* Rows, or parts of a long one, whose products are taken in turns: a multiplication takes up to
     * four cycles. */
    BESIDE = 4,
    CHUNK = 16384 /* elements of a chunk, about */
};

_Static_assert(BESIDE == 4, "the template lists the rows one by one");

static ptrdiff_t rows_of_chunk(const tgc_call *call)
{
    const ptrdiff_t rows = CHUNK / tgc_max(call->operands[1].shape[1], 1);
    return tgc_max(rows / BESIDE, 1) * BESIDE;
}

static void plan(tgc_call *call)
{
    const tgc_operand *const a = &call->operands[1];
    call->n_chunks = tgc_ceil_div(a->shape[0], rows_of_chunk(call));
    call->work = (double)tgc_operand_size(a) * call->kernel->cost;
}

#define T float
#define TYPE f32
#define TGC_DTYPE TGC_F32
#include "prod_backward.template.h"
#undef T
#undef TYPE
#undef TGC_DTYPE

#define T double
#define TYPE f64
#define TGC_DTYPE TGC_F64
#include "prod_backward.template.h"

void tgc_prod_backward(tgc_table table)
{
    install_f32(table);
    install_f64(table);
}
