/* Mean and squared distances from it, for one real type (T) and the vectors of one ISA. */

#ifndef TGC_PREFETCHED
#define TGC_PREFETCHED
/* Bytes of a line; of longer rows a CPU foresees the lines by itself. */
enum { LINE = 64, FORESEEN = 32768 };
#endif

/* Asks for the lines of a row that is soon to be read or written. Where rows lie apart, each is too
 * short for a CPU to foresee them. */
TGC_INLINE void FN(prefetch_row)(const T *p, ptrdiff_t n)
{
    const ptrdiff_t nbytes = n * (ptrdiff_t)sizeof(T);
    for (ptrdiff_t at = 0; nbytes <= FORESEEN && at < nbytes; at += LINE) {
        __builtin_prefetch((const char *)p + at);
    }
}

/* Of some rows of n elements, `step` apart: in two passes, of which the second finds them in the
 * first-level cache. Meanwhile it asks for as many rows from `ahead` on, which is p where there is
 * nothing to ask for. */
static tgc_moments FN(moments)(const T *a, ptrdiff_t rows, ptrdiff_t step, ptrdiff_t n,
                               const T *ahead)
{
    const double count = (double)rows * (double)n;
    vec even = vec_zero(), odd = vec_zero();
    for (ptrdiff_t row = 0; row < rows; row++) {
        const T *p = a + row * step;
        ptrdiff_t at = 0;
        for (; at + 2 * VL <= n; at += 2 * VL) {
            even += vec_load(p + at);
            odd += vec_load(p + at + VL);
        }
        for (; at < n; at += VL) {
            even += vec_loadn(p + at, n - at < VL ? n - at : VL);
        }
    }
    const double mean = (double)vec_sum(even + odd) / count;
    const vec middle = vec_set1((T)mean);
    vec squares = vec_zero(), others = vec_zero(), rest = vec_zero();
    for (ptrdiff_t row = 0; row < rows; row++) {
        const T *p = a + row * step;
        ptrdiff_t at = 0;
        if (ahead != a) {
            FN(prefetch_row)(ahead + row * step, n);
        }
        for (; at + 2 * VL <= n; at += 2 * VL) {
            const vec d = vec_load(p + at) - middle, e = vec_load(p + at + VL) - middle;
            squares = vec_fma(d, d, squares);
            others = vec_fma(e, e, others);
            rest += d + e;
        }
        for (; at < n; at += VL) {
            const ptrdiff_t left = n - at < VL ? n - at : VL;
            const vec d = vec_select(vmask_first(left), vec_loadn(p + at, left) - middle, vec_zero());
            squares = vec_fma(d, d, squares);
            rest += d;
        }
    }
    /* The distances from the rounded mean do not add up to 0: what is left corrects both. */
    const double off = (double)vec_sum(rest) / count;
    return (tgc_moments){.n = count,
                         .mean = (double)(T)mean + off,
                         .squares = (double)vec_sum(squares + others) - count * off * off};
}
