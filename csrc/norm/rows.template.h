/* Sums over rows of channels that lie side by side, (n, channels, 1), for one real type (T). */
#include "../reduce/columns.template.h"

/* The moments of an area, COLUMN_ROWS rows of COLUMN_TILE channels at a time. */
static void FN(row_moments)(const tgc_norm *norm, tgc_norm_area area)
{
    const ptrdiff_t step = norm->x->strides[0];
    FN(columns) t;
    for (ptrdiff_t c = 0; c < area.channels; c += COLUMN_TILE) {
        const T *x = (const T *)(const void *)norm->x->data + area.first + c;
        const ptrdiff_t channels = tgc_min(area.channels - c, COLUMN_TILE);
        for (ptrdiff_t row = area.begin; row < area.end; row += COLUMN_ROWS) {
            const ptrdiff_t rows = tgc_min(COLUMN_ROWS, area.end - row);
            const double n = (double)rows, before = (double)(row - area.begin);
            FN(sum_columns)(&t, x + row * step, step, rows, channels);
            for (ptrdiff_t j = 0; j < channels; j++) {
                double *const mean = area.one + c + j, *const squares = area.two + c + j;
                tgc_moments all = {before, *mean, *squares};
                tgc_moments_add(&all, FN(column_moments)(&t, j, n), n / (before + n));
                *mean = all.mean;
                *squares = all.squares;
            }
        }
    }
}

/* Adds `rows` rows: of grad, and of grad * (x - base). */
TGC_INLINE void FN(add_products)(const tgc_norm *norm, const T *grad, const T *x, int rows,
                                 FN(columns) *t, ptrdiff_t at, ptrdiff_t n)
{
    const vec base = vec_load(t->base + at);
    vec sum = vec_load(t->sum + at), product = vec_load(t->product + at);
    EACH_ROW(r, rows)
    {
        const vec g = vec_load_first(grad + r * norm->grad->strides[0] + at, n);
        sum += g;
        product = vec_fma(g, vec_load_first(x + r * norm->x->strides[0] + at, n) - base, product);
    }
    vec_store(t->sum + at, sum);
    vec_store(t->product + at, product);
}

TGC_INLINE void FN(add_pairs)(const tgc_norm *norm, const T *grad, const T *x, int rows,
                              FN(columns) *t, ptrdiff_t channels)
{
    ptrdiff_t at = 0;
    for (; at + VL <= channels; at += VL) {
        FN(add_products)(norm, grad, x, rows, t, at, VL);
    }
    if (at < channels) {
        FN(add_products)(norm, grad, x, rows, t, at, channels - at);
    }
}

/* The sums of an area: of grad, and of grad * (x - mean). */
static void FN(row_products)(const tgc_norm *norm, tgc_norm_area area)
{
    const ptrdiff_t g_step = norm->grad->strides[0], x_step = norm->x->strides[0];
    enum { GROUP = COLUMN_GROUP / 2 };
    FN(columns) t;
    for (ptrdiff_t c = 0; c < area.channels; c += COLUMN_TILE) {
        const T *grad = (const T *)(const void *)norm->grad->data + area.first + c;
        const T *x = (const T *)(const void *)norm->x->data + area.first + c;
        const ptrdiff_t channels = tgc_min(area.channels - c, COLUMN_TILE);
        memset(t.base, 0, sizeof t.base);
        for (ptrdiff_t j = 0; j < channels; j++) {
            t.base[j] = (T)tgc_norm_get(norm->stats, area.first + c + j);
        }
        for (ptrdiff_t row = area.begin; row < area.end; row += COLUMN_ROWS) {
            memset(t.sum, 0, sizeof t.sum);
            memset(t.product, 0, sizeof t.product);
            const ptrdiff_t last = tgc_min(row + COLUMN_ROWS, area.end);
            ptrdiff_t r = row;
            for (; r + GROUP <= last; r += GROUP) {
                FN(add_pairs)(norm, grad + r * g_step, x + r * x_step, GROUP, &t, channels);
            }
            for (; r < last; r++) {
                FN(add_pairs)(norm, grad + r * g_step, x + r * x_step, 1, &t, channels);
            }
            for (ptrdiff_t j = 0; j < channels; j++) {
                area.one[c + j] += (double)t.sum[j];
                area.two[c + j] += (double)t.product[j];
            }
        }
    }
}
