/* What windows of all kinds are made of, for one real type (T). */

#ifndef TAKE_LARGER
/* v where it is larger than best, or NaN; tap numbers of both come along. */
#define TAKE_LARGER(best, at, v, tap)                                                        \
    do {                                                                                     \
        const vmask take_ = vmask_or(vec_gt(v, best), vec_isnan(v));                         \
        best = vec_select(take_, v, best);                                                   \
        at = vec_select(take_, tap, at);                                                     \
    } while (0)
#endif

/* Lanes 0, stride, 2 stride, ... of a line with room for whole vectors; n of them count. */
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
