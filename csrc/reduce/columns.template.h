/* Moments of columns that lie side by side, for one real type (T) and the vectors of one ISA. */

#ifndef TGC_COLUMNS
#define TGC_COLUMNS
enum {
    /* Rows whose sums are taken in T; more are added up in double. */
    COLUMN_ROWS = 128,
    /* Rows that are read side by side; the base is the mean of the first so many. */
    COLUMN_GROUP = 8,
    /* Columns whose sums all stay in the first-level cache. */
    COLUMN_TILE = TGC_REDUCE_WIDTH
};
#define EACH_ROW(r, rows) TGC_UNROLL for (ptrdiff_t r = 0; r < (rows); r++)
#endif

/* Sums over rows for each column of a tile: of x - base and of its square, or of a gradient and of
 * its product with x - base. */
typedef struct {
    T base[COLUMN_TILE], sum[COLUMN_TILE], product[COLUMN_TILE];
} FN(columns);

/* Adds `rows` rows, `step` apart, of n <= VL columns from `at` on; the base of others is 0. */
TGC_INLINE void FN(add_distances)(const T *x, ptrdiff_t step, int rows, FN(columns) *t,
                                  ptrdiff_t at, ptrdiff_t n)
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

TGC_INLINE void FN(add_group)(const T *x, ptrdiff_t step, int rows, FN(columns) *t, ptrdiff_t n)
{
    ptrdiff_t at = 0;
    for (; at + VL <= n; at += VL) {
        FN(add_distances)(x, step, rows, t, at, VL);
    }
    if (at < n) {
        FN(add_distances)(x, step, rows, t, at, n - at);
    }
}

/* Sums of at most COLUMN_ROWS rows of n columns: of distances from the mean of the first few rows,
 * which is within sqrt(COLUMN_ROWS / COLUMN_GROUP) standard deviations of the mean of all, so that
 * the squares lose at most 4 of their bits. */
static void FN(sum_columns)(FN(columns) *t, const T *x, ptrdiff_t step, ptrdiff_t rows, ptrdiff_t n)
{
    const ptrdiff_t first = tgc_min(rows, COLUMN_GROUP);
    const vec share = vec_set1(1 / (T)first);
    for (ptrdiff_t at = 0; at < n; at += VL) {
        vec base = vec_zero();
        for (ptrdiff_t r = 0; r < first; r++) {
            base = vec_fma(share, vec_load_first(x + r * step + at, tgc_min(n - at, VL)), base);
        }
        vec_store(t->base + at, base);
        vec_store(t->sum + at, vec_zero());
        vec_store(t->product + at, vec_zero());
    }
    ptrdiff_t r = 0;
    for (; r + COLUMN_GROUP <= rows; r += COLUMN_GROUP) {
        FN(add_group)(x + r * step, step, COLUMN_GROUP, t, n);
    }
    for (; r < rows; r++) {
        FN(add_group)(x + r * step, step, 1, t, n);
    }
}

/* The moments of column j, of n rows. */
TGC_INLINE tgc_moments FN(column_moments)(const FN(columns) *t, ptrdiff_t j, double n)
{
    const double sum = (double)t->sum[j], off = sum / n;
    return (tgc_moments){n, (double)t->base[j] + off, (double)t->product[j] - sum * off};
}
