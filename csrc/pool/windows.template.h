/* What max and average pooling have in common, for one real type (T). */

#ifndef TAKE_LARGER
/* In lanes where v is larger than best, or NaN: best = v and at = tap. */
#define TAKE_LARGER(best, at, v, tap)                                                        \
    do {                                                                                     \
        const vmask take_ = vmask_or(vec_gt(v, best), vec_isnan(v));                         \
        best = vec_select(take_, v, best);                                                   \
        at = vec_select(take_, tap, at);                                                     \
    } while (0)
#endif

/* Elements 0, stride, 2 stride, ... of a line that has room for whole vectors; n lanes matter. */
TGC_INLINE vec FN(load_every)(const T *p, ptrdiff_t stride, ptrdiff_t n)
{
    if (stride == 1) {
        return vec_load(p);
    }
    if (stride == 2) {
        return vec_even(vec_load(p), vec_load(p + VL));
    }
    return vec_gather(p, stride, n);
}
