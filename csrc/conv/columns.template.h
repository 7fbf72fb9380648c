/* im2col and col2im for one real type. One chunk is one channel of one image. */

/* The columns of one channel: for each tap (k, l), what it reads at every place. */
static void FN(im2col_plane)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_window window = tgc_window_of(call);
    const tgc_operand *const x = &call->operands[0], *const columns = &call->operands[1];
    const ptrdiff_t rows = columns->shape[4], cols = columns->shape[5];
    const T *const image = (const T *)x->data + index / x->shape[1] * x->strides[0] +
                           index % x->shape[1] * x->strides[1];
    T *to = (T *)columns->data + index * window.h.kernel * window.w.kernel * rows * cols;
    for (ptrdiff_t k = 0; k < window.h.kernel; k++) {
        for (ptrdiff_t l = 0; l < window.w.kernel; l++) {
            for (ptrdiff_t i = 0; i < rows; i++, to += cols) {
                const ptrdiff_t h = tgc_window_place(window.h, i, k);
                for (ptrdiff_t j = 0; j < cols; j++) {
                    const ptrdiff_t w = tgc_window_place(window.w, j, l);
                    const int inside = h >= 0 && h < x->shape[2] && w >= 0 && w < x->shape[3];
                    to[j] = inside ? image[h * x->strides[2] + w * x->strides[3]] : 0;
                }
            }
        }
    }
}

static void FN(col2im_plane)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_window window = tgc_window_of(call);
    const tgc_operand *const columns = &call->operands[0], *const x = &call->operands[1];
    const ptrdiff_t rows = columns->shape[4], cols = columns->shape[5];
    const ptrdiff_t *const step = columns->strides;
    const T *const source = (const T *)columns->data + index / x->shape[1] * step[0] +
                            index % x->shape[1] * step[1];
    T *const image = (T *)x->data + index * x->shape[2] * x->shape[3];
    memset(image, 0, (size_t)(x->shape[2] * x->shape[3]) * sizeof(T));
    for (ptrdiff_t k = 0; k < window.h.kernel; k++) {
        for (ptrdiff_t l = 0; l < window.w.kernel; l++) {
            for (ptrdiff_t i = 0; i < rows; i++) {
                const ptrdiff_t h = tgc_window_place(window.h, i, k);
                const T *const from = source + k * step[2] + l * step[3] + i * step[4];
                for (ptrdiff_t j = 0; j < cols && h >= 0 && h < x->shape[2]; j++) {
                    const ptrdiff_t w = tgc_window_place(window.w, j, l);
                    if (w >= 0 && w < x->shape[3]) {
                        image[h * x->shape[3] + w] += from[j * step[5]];
                    }
                }
            }
        }
    }
}

static void FN(install_columns)(tgc_table table)
{
    table[TGC_im2col][TGC_DTYPE] =
        (tgc_kernel){.name = "im2col", .plan = plan_columns, .chunk = FN(im2col_plane), .cost = 1};
    table[TGC_col2im][TGC_DTYPE] =
        (tgc_kernel){.name = "col2im", .plan = plan_columns, .chunk = FN(col2im_plane), .cost = 1};
}
