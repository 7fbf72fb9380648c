/*
 * The windows of an image side by side, and the adjoint.
 *
 *     im2col  columns[n,c,k,l,i,j] = x[n,c,h,w], or 0 outside x
 *     col2im  x[n,c,h,w] = sum over the columns that im2col fills from there
 *
 * with h and w as in conv.h. Operands: x (any strides), columns; or columns (any strides), x.
 * With the columns as a matrix (C K L, I J) a convolution is a product of matrices. It is the way
 * to understand one; the columns hold the image K L times, which is why it is not the fastest.
 */
#include "conv.h"

/* A chunk for each channel of each image. */
static void plan_columns(tgc_call *call)
{
    const int images_first = call->operands[0].ndim == 4;
    const tgc_operand *const x = &call->operands[!images_first];
    const tgc_operand *const columns = &call->operands[images_first];
    const double work = (double)x->shape[2] * (double)x->shape[3] +
                        (double)columns->shape[2] * (double)columns->shape[3] *
                            (double)columns->shape[4] * (double)columns->shape[5];
    call->n_chunks = x->shape[0] * x->shape[1];
    call->work = (double)call->n_chunks * work * call->kernel->cost;
}

#include "../vec/f32.h"
#include "columns.template.h"

#include "../vec/f64.h"
#include "columns.template.h"

void tgc_conv_columns(tgc_table table)
{
    install_columns_f32(table);
    install_columns_f64(table);
}
