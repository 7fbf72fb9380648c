/* Sums over rows of channels that lie side by side, (n, channels, 1), for one real type (T). */

#ifndef TGC_NORM_ROWS
#define TGC_NORM_ROWS
/* Rows whose sums are taken in T, rows that are read side by side, channels of which all sums
 * stay in the first-level cache. */
enum { ROWS = 128, GROUP = 8, TILE = 1024 };
#define EACH_ROW(r, rows) TGC_UNROLL for (ptrdiff_t r = 0; r < (rows); r++)
#endif

/* Sums over rows for each channel of a tile: of x - base and of its square; of grad and of
 * grad * (x - base). */
typedef struct {
    T base[TILE], sum[TILE], product[TILE];
} FN(tile);

/* Adds `rows` rows, `step` apart, of n channels. Where n < VL, base is 0 in the lanes beyond. */
TGC_INLINE void FN(add_moments)(const T *x, ptrdiff_t step, int rows, FN(tile) *t, ptrdiff_t at,
                                ptrdiff_t n)
{
    const vec base = vec_load(t->base + at);
    vec sum = vec_load(t->sum + at), squares = vec_load(t->product + at);
    EACH_ROW(r, rows)
    {
        const vec d = vec_load_first(x + r * step + at, n) - base;
        sum += d;
        squares = vec_fma(d, d, squares);
    }
    vec_store(t->sum + at, sum);
    vec_store(t->product + at, squares);
}

TGC_INLINE void FN(add_group)(const T *x, ptrdiff_t step, int rows, FN(tile) *t, ptrdiff_t channels)
{
    ptrdiff_t at = 0;
    for (; at + VL <= channels; at += VL) {
        FN(add_moments)(x, step, rows, t, at, VL);
    }
    if (at < channels) {
        FN(add_moments)(x, step, rows, t, at, channels - at);
    }
}

/* The moments of `rows` rows, merged with those of the `before` rows in means and squares. */
static void FN(merge_block)(const T *x, ptrdiff_t step, ptrdiff_t rows, FN(tile) *t,
                            ptrdiff_t channels, double before, double *means, double *squares)
{
    const ptrdiff_t first = tgc_min(rows, GROUP);
    const double n = (double)rows, weight = n / (before + n);
    for (ptrdiff_t at = 0; at < channels; at += VL) {
        const ptrdiff_t lanes = tgc_min(channels - at, VL);
        vec base = vec_zero();
        for (ptrdiff_t r = 0; r < first; r++) {
            base += vec_loadn(x + r * step + at, lanes);
        }
        vec_store(t->base + at, base / (T)first);
        vec_store(t->sum + at, vec_zero());
        vec_store(t->product + at, vec_zero());
    }
    ptrdiff_t r = 0;
    for (; r + GROUP <= rows; r += GROUP) {
        FN(add_group)(x + r * step, step, GROUP, t, channels);
    }
    for (; r < rows; r++) {
        FN(add_group)(x + r * step, step, 1, t, channels);
    }
    for (ptrdiff_t c = 0; c < channels; c++) {
        const double off = (double)t->sum[c] / n;
        tgc_moments all = {before, means[c], squares[c]};
        tgc_moments_add(&all, (tgc_moments){n, (double)t->base[c] + off,
                                            (double)t->product[c] - n * off * off}, weight);
        means[c] = all.mean;
        squares[c] = all.squares;
    }
}

/* The moments of an area, ROWS rows of TILE channels at a time: those of x less the mean of their
 * first GROUP, which is within sqrt(ROWS / GROUP) standard deviations of the mean of all. */
static void FN(row_moments)(const tgc_norm *norm, tgc_norm_area area)
{
    const ptrdiff_t step = norm->x->strides[0];
    FN(tile) t;
    for (ptrdiff_t c = 0; c < area.channels; c += TILE) {
        const T *x = (const T *)(const void *)norm->x->data + area.first + c;
        const ptrdiff_t channels = tgc_min(area.channels - c, TILE);
        for (ptrdiff_t row = area.begin; row < area.end; row += ROWS) {
            FN(merge_block)(x + row * step, step, tgc_min(ROWS, area.end - row), &t, channels,
                            (double)(row - area.begin), area.one + c, area.two + c);
        }
    }
}

/* Adds `rows` rows of grad and x. */
TGC_INLINE void FN(add_products)(const tgc_norm *norm, const T *grad, const T *x, int rows,
                                 FN(tile) *t, ptrdiff_t at, ptrdiff_t n)
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
                              FN(tile) *t, ptrdiff_t channels)
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
    FN(tile) t;
    for (ptrdiff_t c = 0; c < area.channels; c += TILE) {
        const T *grad = (const T *)(const void *)norm->grad->data + area.first + c;
        const T *x = (const T *)(const void *)norm->x->data + area.first + c;
        const ptrdiff_t channels = tgc_min(area.channels - c, TILE);
        memset(t.base, 0, sizeof t.base);
        for (ptrdiff_t j = 0; j < channels; j++) {
            t.base[j] = (T)tgc_norm_get(norm->stats, area.first + c + j);
        }
        for (ptrdiff_t row = area.begin; row < area.end; row += ROWS) {
            memset(t.sum, 0, sizeof t.sum);
            memset(t.product, 0, sizeof t.product);
            const ptrdiff_t last = tgc_min(row + ROWS, area.end);
            ptrdiff_t r = row;
            for (; r + GROUP / 2 <= last; r += GROUP / 2) {
                FN(add_pairs)(norm, grad + r * g_step, x + r * x_step, GROUP / 2, &t, channels);
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
