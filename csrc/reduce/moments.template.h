/* Mean and squared distances from it, for one real type (T) and the vectors of one ISA. */

/* The mean of an eighth of the rows, or of an eighth of the only one: a sum of shares, as that of
 * large numbers may be infinite. */
TGC_INLINE T FN(near_mean)(const T *a, ptrdiff_t rows, ptrdiff_t step, ptrdiff_t n)
{
    const ptrdiff_t some = tgc_ceil_div(rows, 8), m = rows == 1 ? tgc_ceil_div(n, 8) : n;
    const vec share = vec_set1(1 / (T)(some * m));
    vec sum = vec_zero();
    for (ptrdiff_t row = 0; row < some; row++) {
        for (ptrdiff_t at = 0; at < m; at += VL) {
            sum = vec_fma(share, vec_load_first(a + row * step + at, tgc_min(m - at, VL)), sum);
        }
    }
    return vec_sum(sum);
}

/* Of some rows of n elements, `step` apart, in one pass, which asks for what is `ahead` elements
 * further on. Summed are distances from the mean of an eighth: that is within sqrt(8) standard
 * deviations of the mean of all, so that the squares lose at most 4 of their bits. */
static tgc_moments FN(moments)(const T *a, ptrdiff_t rows, ptrdiff_t step, ptrdiff_t n,
                               ptrdiff_t ahead)
{
    const double count = (double)rows * (double)n;
    const T near = FN(near_mean)(a, rows, step, n);
    const vec middle = vec_set1(near);
    vec even = vec_zero(), odd = vec_zero(), squares = vec_zero(), others = vec_zero();
    for (ptrdiff_t row = 0; row < rows; row++) {
        const T *p = a + row * step;
        ptrdiff_t at = 0;
        for (; at + 2 * VL <= n; at += 2 * VL) {
            const vec d = vec_load(p + at) - middle, e = vec_load(p + at + VL) - middle;
            __builtin_prefetch(p + at + ahead);
            __builtin_prefetch(p + at + VL + ahead);
            even += d;
            odd += e;
            squares = vec_fma(d, d, squares);
            others = vec_fma(e, e, others);
        }
        for (; at < n; at += VL) {
            const ptrdiff_t left = tgc_min(n - at, VL);
            const vec v = vec_load_first(p + at, left);
            const vec d = vec_select(vmask_first(left), v - middle, vec_zero());
            even += d;
            squares = vec_fma(d, d, squares);
        }
    }
    const double sum = (double)vec_sum(even + odd), off = sum / count;
    return (tgc_moments){.n = count,
                         .mean = (double)near + off,
                         .squares = (double)vec_sum(squares + others) - sum * off};
}
