/*
 * Element by element: y[i] = f(a[i], b[i], ...), with broadcasting by strides of 0.
 *
 * Operands: the inputs in order, then the outputs; all have the output's shape. An output's
 * elements are distinct; it may be one of the inputs, but may not overlap one otherwise.
 *
 * The driver below walks operands of any strides, so that a kernel needs only one loop over
 * contiguous elements: what is not contiguous is packed into a small buffer first.
 */
#ifndef TGC_ELEMENTWISE_H
#define TGC_ELEMENTWISE_H

#include "../runtime/dispatch.h"
#include "../runtime/sizes.h"

/* The `loop` of an elementwise kernel: n elements. An operand's step is 1 if its elements lie side
 * by side, and 0 if it is one number for all; outputs have step 1. */
typedef void tgc_elementwise_loop(const tgc_call *call, ptrdiff_t n, char *const *data,
                                  const ptrdiff_t *steps);

/* Brings the dimensions into the order of memory, merges them, and cuts the call into chunks. */
void tgc_elementwise_plan(tgc_call *call);
/* The same for a copy within a type, which packs no tiles. */
void tgc_elementwise_copy_plan(tgc_call *call);
void tgc_elementwise_chunk(const tgc_call *call, ptrdiff_t index);

/* What the table holds for an elementwise kernel. */
#define TGC_ELEMENTWISE_ROW(kernel_name, kernel_loop, kernel_cost) \
    ((tgc_kernel){.name = kernel_name,                             \
                  .plan = tgc_elementwise_plan,                    \
                  .chunk = tgc_elementwise_chunk,                  \
                  .loop = (void (*)(void))(kernel_loop),           \
                  .cost = kernel_cost})

void tgc_elementwise_generic(tgc_table table);
void tgc_elementwise_avx2(tgc_table table);
void tgc_elementwise_avx512(tgc_table table);
/* Parts of tgc_elementwise_generic: types and kernels that have no variants for an ISA. */
void tgc_elementwise_integer(tgc_table table);
void tgc_elementwise_bool(tgc_table table);
void tgc_elementwise_cast(tgc_table table);
void tgc_elementwise_copy(tgc_table table);

#endif
