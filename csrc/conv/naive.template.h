/* The definition of the three products for one real type. One chunk is one plane of the result. */

#define AT(o, i, j, k, l)                                                            \
    ((T *)(o)->data)[(i) * (o)->strides[0] + (j) * (o)->strides[1] +                 \
                     (k) * (o)->strides[2] + (l) * (o)->strides[3]]

static T FN(bias)(const tgc_call *call, ptrdiff_t channel)
{
    const tgc_operand *const bias = &call->operands[2];
    return call->n_operands == 4 ? ((const T *)bias->data)[channel * bias->strides[0]] : 0;
}

static void FN(conv_plane)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_window window = tgc_window_of(call);
    const tgc_operand *const x = &call->operands[0], *const weight = &call->operands[1];
    const tgc_operand *const y = &call->operands[call->n_operands - 1];
    const ptrdiff_t n = index / y->shape[1], o = index % y->shape[1];
    const ptrdiff_t first = o / (y->shape[1] / window.groups) * weight->shape[1];
    for (ptrdiff_t i = 0; i < y->shape[2]; i++) {
        for (ptrdiff_t j = 0; j < y->shape[3]; j++) {
            T sum = FN(bias)(call, o);
            for (ptrdiff_t c = 0; c < weight->shape[1]; c++) {
                for (ptrdiff_t k = 0; k < window.h.kernel; k++) {
                    const ptrdiff_t h = tgc_window_place(window.h, i, k);
                    for (ptrdiff_t l = 0; l < window.w.kernel; l++) {
                        const ptrdiff_t w = tgc_window_place(window.w, j, l);
                        const int inside = h >= 0 && h < x->shape[2] && w >= 0 && w < x->shape[3];
                        sum += (inside ? AT(x, n, first + c, h, w) : 0) * AT(weight, o, c, k, l);
                    }
                }
            }
            AT(y, n, o, i, j) = sum;
        }
    }
}

static void FN(transpose_plane)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_window window = tgc_window_of(call);
    const tgc_operand *const y = &call->operands[0], *const weight = &call->operands[1];
    const tgc_operand *const x = &call->operands[call->n_operands - 1];
    const ptrdiff_t n = index / x->shape[1], channel = index % x->shape[1];
    const ptrdiff_t c = channel % weight->shape[1], per_group = y->shape[1] / window.groups;
    const ptrdiff_t first = channel / weight->shape[1] * per_group;
    for (ptrdiff_t h = 0; h < x->shape[2]; h++) {
        for (ptrdiff_t w = 0; w < x->shape[3]; w++) {
            T sum = FN(bias)(call, channel);
            for (ptrdiff_t o = first; o < first + per_group; o++) {
                for (ptrdiff_t k = 0; k < window.h.kernel; k++) {
                    const ptrdiff_t i = tgc_window_source(window.h, h, k, y->shape[2]);
                    for (ptrdiff_t l = 0; l < window.w.kernel && i >= 0; l++) {
                        const ptrdiff_t j = tgc_window_source(window.w, w, l, y->shape[3]);
                        if (j >= 0) {
                            sum += AT(y, n, o, i, j) * AT(weight, o, c, k, l);
                        }
                    }
                }
            }
            AT(x, n, channel, h, w) = sum;
        }
    }
}

static void FN(weight_plane)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_window window = tgc_window_of(call);
    const tgc_operand *const y = &call->operands[0], *const x = &call->operands[1];
    const tgc_operand *const weight = &call->operands[2];
    const ptrdiff_t o = index / weight->shape[1], c = index % weight->shape[1];
    const ptrdiff_t channel = o / (weight->shape[0] / window.groups) * weight->shape[1] + c;
    for (ptrdiff_t k = 0; k < window.h.kernel; k++) {
        for (ptrdiff_t l = 0; l < window.w.kernel; l++) {
            T sum = 0;
            for (ptrdiff_t n = 0; n < y->shape[0]; n++) {
                for (ptrdiff_t i = 0; i < y->shape[2]; i++) {
                    const ptrdiff_t h = tgc_window_place(window.h, i, k);
                    for (ptrdiff_t j = 0; j < y->shape[3]; j++) {
                        const ptrdiff_t w = tgc_window_place(window.w, j, l);
                        const int inside = h >= 0 && h < x->shape[2] && w >= 0 && w < x->shape[3];
                        sum += AT(y, n, o, i, j) * (inside ? AT(x, n, channel, h, w) : 0);
                    }
                }
            }
            AT(weight, o, c, k, l) = sum;
        }
    }
}

static void FN(install_naive)(tgc_table table)
{
#define ROW(kernel_name, kernel_plan, plane)                                                \
    ((tgc_kernel){.name = kernel_name, .plan = kernel_plan, .chunk = FN(plane), .cost = 1})
    table[TGC_conv_naive][TGC_DTYPE] = ROW("conv_naive", plan_moving, conv_plane);
    table[TGC_conv_transpose_naive][TGC_DTYPE] =
        ROW("conv_transpose_naive", plan_moving, transpose_plane);
    table[TGC_conv_weight_naive][TGC_DTYPE] = ROW("conv_weight_naive", plan_weight, weight_plane);
#undef ROW
}

#undef AT
