/* y = activation(y) for a block of y that has just been computed and is still in a cache. */
#include "../vec/math.template.h"

#define ACTIVATE(NAME, EXPRESSION)                                                                \
    static void FN(NAME)(ptrdiff_t rows, ptrdiff_t cols, T *y, ptrdiff_t y_row, ptrdiff_t y_col)  \
    {                                                                                             \
        const ptrdiff_t step = y_col == 1 ? VL : 1;                                               \
        for (ptrdiff_t i = 0; i < rows; i++, y += y_row) {                                        \
            for (ptrdiff_t j = 0; j < cols; j += step) {                                          \
                const ptrdiff_t n = tgc_min(step, cols - j);                                      \
                const vec a = vec_loadn(y + j * y_col, n);                                        \
                vec_storen(y + j * y_col, EXPRESSION, n);                                         \
            }                                                                                     \
        }                                                                                         \
    }

/* The functions of the elementwise kernels, so that the bits are the same. */
ACTIVATE(apply_relu, vec_relu(a))
ACTIVATE(apply_tanh, vec_tanh(a))
ACTIVATE(apply_sigmoid, vec_sigmoid(a))

static void FN(activate)(tgc_matmul_activation activation, ptrdiff_t rows, ptrdiff_t cols, T *y,
                         ptrdiff_t y_row, ptrdiff_t y_col)
{
    if (activation == TGC_MATMUL_IDENTITY) {
        return;
    }
    const int by_columns = y_col != 1;
    (activation == TGC_MATMUL_RELU   ? FN(apply_relu)
     : activation == TGC_MATMUL_TANH ? FN(apply_tanh)
                                     : FN(apply_sigmoid))(
        by_columns ? cols : rows, by_columns ? rows : cols, y, by_columns ? y_col : y_row,
        by_columns ? y_row : y_col);
}

#undef ACTIVATE
