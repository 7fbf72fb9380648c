/* The sum of squared distances from the mean, for one real type (T) and the vectors of one ISA;
 * after reduce.template.h and moments.template.h. */
#include "columns.template.h"

/* Up to COLUMN_ROWS rows of all columns, into their accumulators. */
static void FN(merge_strip)(tgc_moments *acc, const tgc_reduce_block *b, const T *a, ptrdiff_t rows)
{
    const double n = (double)rows, weight = n / (acc->n + n);
    FN(columns) t;
    FN(sum_columns)(&t, a, b->stride, rows, b->width);
    for (ptrdiff_t j = 0; j < b->width; j++) {
        tgc_moments_add(&acc[j], FN(column_moments)(&t, j, n), weight);
    }
}

static void FN(variance_add)(void *acc, const tgc_reduce_block *b)
{
    const T *a = (const T *)b->a;
    if (b->strips && b->width_stride == 1) {
        for (ptrdiff_t r = 0; r < b->rows; r++) {
            for (ptrdiff_t i = 0; i < b->n; i += COLUMN_ROWS) {
                FN(merge_strip)(acc, b, a + r * b->row_stride + i * b->stride,
                                tgc_min(b->n - i, COLUMN_ROWS));
            }
        }
    } else if (b->strips) {
        FN(add_strip_copies)(acc, b, FN(variance_add));
    } else if (b->stride == 1) {
        for (ptrdiff_t j = 0; j < b->width; j++) {
            for (ptrdiff_t i = 0; i < b->n; i += TGC_REDUCE_RUN) {
                const T *p = a + j * b->width_stride + i;
                const ptrdiff_t n = tgc_min(b->n - i, TGC_REDUCE_RUN);
                tgc_moments_merge((tgc_moments *)acc + j,
                                  FN(moments)(p, b->rows, b->row_stride, n, FN(ahead)(b)));
            }
        }
    } else {
        FN(add_row_copies)(acc, sizeof(tgc_moments), b, FN(variance_add));
    }
}

static void FN(variance_init)(void *acc, ptrdiff_t width)
{
    memset(acc, 0, (size_t)width * sizeof(tgc_moments));
}

static void FN(variance_combine)(void *acc, const void *later, ptrdiff_t width)
{
    for (ptrdiff_t j = 0; j < width; j++) {
        tgc_moments_merge((tgc_moments *)acc + j, ((const tgc_moments *)later)[j]);
    }
}

static void FN(store_squares)(const void *acc, ptrdiff_t width, const tgc_reduce_target *y)
{
    for (ptrdiff_t j = 0; j < width; j++) {
        /* Of equal elements that are large, rounding may leave less than 0. */
        const double squares = ((const tgc_moments *)acc)[j].squares;
        ((T *)y->data[0])[j * y->strides[0]] = (T)(squares < 0 ? 0 : squares);
    }
}

static const tgc_reduce_op *FN(squared_distances)(void)
{
    static const tgc_reduce_op functions = {.init = FN(variance_init),
                                            .add = FN(variance_add),
                                            .combine = FN(variance_combine),
                                            .store = FN(store_squares)};
    return &functions;
}
