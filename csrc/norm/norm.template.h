/* Batch normalisation of (n, channels, length) and its gradients, for one real type (T): the
 * chunks. Their sums are in rows.template.h if the length is 1, else in planes.template.h. */
#include "../reduce/moments.template.h"
#include "rows.template.h"
#include "planes.template.h"

static void FN(batch_norm_statistics)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_norm norm = tgc_norm_statistics_unpack(call);
    const tgc_norm_area area = tgc_norm_clear_area(call, &norm, index);
    if (norm.length == 1) {
        FN(row_moments)(&norm, area);
    } else {
        FN(plane_moments)(&norm, area);
    }
}

static void FN(batch_norm_backward_sums)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_norm norm = tgc_norm_sums_unpack(call);
    const tgc_norm_area area = tgc_norm_clear_area(call, &norm, index);
    if (norm.length == 1) {
        FN(row_products)(&norm, area);
    } else {
        FN(plane_products)(&norm, area);
    }
}

/* The kernels below go line by line. Where the length is 1, a line is a row of channels, and every
 * lane has a factor of its own; else it is a plane, and all lanes have the same factor. The k-th
 * factor of a line is at factors + k * channels. */
TGC_INLINE vec FN(factor)(const T *factors, ptrdiff_t i, ptrdiff_t n, int in_rows)
{
    return in_rows ? vec_load_first(factors + i, n) : vec_set1(*factors);
}

/* y = (x - mean) * scale + bias of n <= VL elements. */
TGC_INLINE void FN(apply_lanes)(const T *x, T *y, const T *factors, ptrdiff_t channels, ptrdiff_t i,
                                ptrdiff_t n, int in_rows)
{
    const vec d = vec_load_first(x + i, n) - FN(factor)(factors, i, n, in_rows);
    const vec scale = FN(factor)(factors + channels, i, n, in_rows);
    vec_store_first(y + i, vec_fma(d, scale, FN(factor)(factors + 2 * channels, i, n, in_rows)), n);
}

TGC_INLINE void FN(apply_line)(const T *x, T *y, ptrdiff_t length, const T *factors,
                               ptrdiff_t channels, int in_rows)
{
    ptrdiff_t i = 0;
    for (; i + VL <= length; i += VL) {
        vec_prefetch(x + i);
        vec_prefetch(y + i);
        FN(apply_lanes)(x, y, factors, channels, i, VL, in_rows);
    }
    if (i < length) {
        FN(apply_lanes)(x, y, factors, channels, i, length - i, in_rows);
    }
}

/* Operands: x, factors, y. */
static void FN(batch_norm_apply)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_operand *x = &call->operands[0], *y = &call->operands[2];
    const T *factors = (const T *)(const void *)call->operands[1].data;
    const ptrdiff_t channels = x->shape[1], length = x->shape[2];
    const tgc_norm_lines lines = tgc_norm_find_lines(call, index);
    for (ptrdiff_t line = lines.begin; line < lines.end; line++) {
        const ptrdiff_t i = tgc_div(line, lines.of_row), c = line - i * lines.of_row;
        const T *from = (const T *)(const void *)x->data + i * x->strides[0] + c * x->strides[1];
        T *to = (T *)(void *)y->data + i * y->strides[0] + c * y->strides[1];
        if (length == 1) {
            FN(apply_line)(from, to, channels, factors, channels, 1);
        } else {
            FN(apply_line)(from, to, length, factors + c, channels, 0);
        }
    }
}

/* y = grad * scale - (x - mean) * slope - shift of n <= VL elements. In evaluation x is not read,
 * so that it does not matter even where it is not finite. */
TGC_INLINE void FN(backward_lanes)(const T *grad, const T *x, T *y, const T *factors,
                                   ptrdiff_t channels, ptrdiff_t i, ptrdiff_t n, int in_rows,
                                   int training)
{
    const vec scale = FN(factor)(factors + channels, i, n, in_rows);
    const vec shift = FN(factor)(factors + 3 * channels, i, n, in_rows);
    vec v = vec_fma(vec_load_first(grad + i, n), scale, -shift);
    if (training) {
        const vec d = vec_load_first(x + i, n) - FN(factor)(factors, i, n, in_rows);
        v = vec_fnma(d, FN(factor)(factors + 2 * channels, i, n, in_rows), v);
    }
    vec_store_first(y + i, v, n);
}

TGC_INLINE void FN(backward_line)(const T *grad, const T *x, T *y, ptrdiff_t length,
                                  const T *factors, ptrdiff_t channels, int in_rows, int training)
{
    ptrdiff_t i = 0;
    for (; i + VL <= length; i += VL) {
        vec_prefetch(grad + i);
        if (training) {
            vec_prefetch(x + i);
        }
        vec_prefetch(y + i);
        FN(backward_lanes)(grad, x, y, factors, channels, i, VL, in_rows, training);
    }
    if (i < length) {
        FN(backward_lanes)(grad, x, y, factors, channels, i, length - i, in_rows, training);
    }
}

/* Operands: grad, x, factors, grad_x. */
TGC_INLINE void FN(backward_lines)(const tgc_call *call, tgc_norm_lines lines, int in_rows,
                                   int training)
{
    const tgc_operand *grad = &call->operands[0], *x = &call->operands[1], *y = &call->operands[3];
    const T *factors = (const T *)(const void *)call->operands[2].data;
    const ptrdiff_t channels = x->shape[1], length = in_rows ? channels : x->shape[2];
    for (ptrdiff_t line = lines.begin; line < lines.end; line++) {
        const ptrdiff_t i = tgc_div(line, lines.of_row), c = line - i * lines.of_row;
        const T *g = (const T *)(const void *)grad->data + i * grad->strides[0] +
                     c * grad->strides[1];
        const T *from = (const T *)(const void *)x->data + i * x->strides[0] + c * x->strides[1];
        T *to = (T *)(void *)y->data + i * y->strides[0] + c * y->strides[1];
        FN(backward_line)(g, from, to, length, factors + c, channels, in_rows, training);
    }
}

static void FN(batch_norm_backward_apply)(const tgc_call *call, ptrdiff_t index)
{
    const int in_rows = call->operands[0].shape[2] == 1;
    const int training = (call->sizes[TGC_NORM_HAS] & TGC_NORM_TRAINING) != 0;
    const tgc_norm_lines lines = tgc_norm_find_lines(call, index);
    if (in_rows && training) {
        FN(backward_lines)(call, lines, 1, 1);
    } else if (in_rows) {
        FN(backward_lines)(call, lines, 1, 0);
    } else if (training) {
        FN(backward_lines)(call, lines, 0, 1);
    } else {
        FN(backward_lines)(call, lines, 0, 0);
    }
}

static void FN(install)(tgc_table table)
{
    table[TGC_batch_norm_statistics][TGC_DTYPE] = (tgc_kernel){.name = "batch_norm_statistics",
                                                               .plan = tgc_norm_statistics_plan,
                                                               .chunk = FN(batch_norm_statistics),
                                                               .finish = tgc_norm_statistics_finish,
                                                               .cost = 0.2};
    table[TGC_batch_norm_apply][TGC_DTYPE] = (tgc_kernel){.name = "batch_norm_apply",
                                                          .plan = tgc_norm_apply_plan,
                                                          .chunk = FN(batch_norm_apply),
                                                          .cost = 0.2};
    table[TGC_batch_norm_backward_sums][TGC_DTYPE] =
        (tgc_kernel){.name = "batch_norm_backward_sums",
                     .plan = tgc_norm_sums_plan,
                     .chunk = FN(batch_norm_backward_sums),
                     .finish = tgc_norm_sums_finish,
                     .cost = 0.3};
    table[TGC_batch_norm_backward_apply][TGC_DTYPE] =
        (tgc_kernel){.name = "batch_norm_backward_apply",
                     .plan = tgc_norm_apply_plan,
                     .chunk = FN(batch_norm_backward_apply),
                     .cost = 0.3};
}
