/*
 * Walks over lines vector by vector, for one real type (T). A walk goes along one line, whose
 * elements fill the lanes, or across up to VL lines that lie side by side, one to a lane. Vectors
 * are contiguous: lines of other steps are copied before.
 */

/* An operand: vector i starts at p + i * step. */
typedef struct {
    T *p;
    ptrdiff_t step;
} FN(stream);

#ifndef TGC_SOFTMAX_WALK
#define TGC_SOFTMAX_WALK
/* n vectors of `lanes` lanes, but `last` lanes in the last one. `across` is a constant once
 * all is inlined. */
typedef struct {
    ptrdiff_t n;
    ptrdiff_t lanes;
    ptrdiff_t last;
    int across;
} tgc_softmax_walk;

/* Vectors that are added up before their sum is added to the total. */
enum { SUM_BLOCK = 64 };
#endif

/* Vector i; lanes that it lacks are `fill`. */
TGC_INLINE vec FN(get)(tgc_softmax_walk w, FN(stream) s, ptrdiff_t i, T fill)
{
    const ptrdiff_t k = i == w.n - 1 ? w.last : w.lanes;
    const T *p = s.p + i * s.step;
    return k == VL ? vec_load(p) : vec_select(vmask_first(k), vec_loadn(p, k), vec_set1(fill));
}

TGC_INLINE void FN(put)(tgc_softmax_walk w, FN(stream) s, ptrdiff_t i, vec v)
{
    vec_store_first(s.p + i * s.step, v, i == w.n - 1 ? w.last : w.lanes);
}

/* Prefetches what is ahead of vector i along a line. Across lines, something else is read next. */
TGC_INLINE void FN(prefetch)(tgc_softmax_walk w, FN(stream) s, ptrdiff_t i)
{
    if (!w.across) {
        vec_prefetch(s.p + i * s.step);
    }
}

/* The maximum of each line, in its lanes. NaNs are skipped: they show in the sum of the line. */
TGC_INLINE vec FN(line_max)(tgc_softmax_walk w, FN(stream) a)
{
    const T lowest = (T)-INFINITY;
    vec v[4] = {vec_set1(lowest), vec_set1(lowest), vec_set1(lowest), vec_set1(lowest)};
    ptrdiff_t i = 0;
    for (; i + 4 <= w.n; i += 4) {
        TGC_UNROLL for (int k = 0; k < 4; k++)
        {
            FN(prefetch)(w, a, i + k);
            v[k] = vec_larger(FN(get)(w, a, i + k, lowest), v[k]);
        }
    }
    for (; i < w.n; i++) {
        v[0] = vec_larger(FN(get)(w, a, i, lowest), v[0]);
    }
    const vec max = vec_max(vec_max(v[0], v[1]), vec_max(v[2], v[3]));
    return w.across ? max : vec_set1(vec_hmax(max));
}

/* a / b for b >= 1, with r = 1 / b, which all elements of a line share: a * r, corrected once. It
 * differs from a division at most in the last digit. */
TGC_INLINE vec FN(divide)(vec a, vec b, vec r)
{
    const vec quotient = a * r;
    return vec_fma(vec_fnma(quotient, b, a), r, quotient);
}

/* total := the sum of `term`, an expression in i, for each line, in its lanes. */
#define LINE_SUM(w, total, term)                                                             \
    vec total = vec_zero();                                                                  \
    for (ptrdiff_t begin_ = 0; begin_ < (w).n; begin_ += SUM_BLOCK) {                        \
        const ptrdiff_t rest_ = (w).n - begin_, end_ = rest_ < SUM_BLOCK ? rest_ : SUM_BLOCK; \
        vec sum_ = vec_zero();                                                               \
        for (ptrdiff_t i = begin_; i < begin_ + end_; i++) {                                 \
            sum_ += term;                                                                    \
        }                                                                                    \
        total += sum_;                                                                       \
    }                                                                                        \
    total = (w).across ? total : vec_set1(vec_sum(total))
