/* softmax, log-softmax and their gradients for one real type (T): a function for one line each, and
 * the loops that run it along lines or across them. */
#include "../vec/math.template.h"
#include "line.template.h"
#include "copies.template.h"

/* exp(a - max), also written to y. */
TGC_INLINE vec FN(softmax_term)(tgc_softmax_walk w, FN(stream) a, vec max, FN(stream) y,
                                ptrdiff_t i)
{
    FN(prefetch)(w, y, i);
    const vec term = vec_exp(FN(get)(w, a, i, (T)-INFINITY) - max);
    FN(put)(w, y, i, term);
    return term;
}

TGC_INLINE void FN(softmax_line)(tgc_softmax_walk w, const FN(stream) *s)
{
    const FN(stream) a = s[0], y = s[1];
    const vec max = FN(line_max)(w, a);
    LINE_SUM(w, sum, FN(softmax_term)(w, a, max, y, i));
    const vec reciprocal = 1 / sum;
    for (ptrdiff_t i = 0; i < w.n; i++) {
        FN(put)(w, y, i, FN(divide)(FN(get)(w, y, i, 0), sum, reciprocal));
    }
}

TGC_INLINE void FN(log_softmax_line)(tgc_softmax_walk w, const FN(stream) *s)
{
    const FN(stream) a = s[0], y = s[1];
    const vec max = FN(line_max)(w, a);
    LINE_SUM(w, sum, vec_exp(FN(get)(w, a, i, (T)-INFINITY) - max));
    const vec log_sum = vec_log(sum);
    for (ptrdiff_t i = 0; i < w.n; i++) {
        FN(prefetch)(w, y, i);
        FN(put)(w, y, i, FN(get)(w, a, i, 0) - max - log_sum);
    }
}

TGC_INLINE vec FN(dot_term)(tgc_softmax_walk w, FN(stream) a, FN(stream) b, ptrdiff_t i)
{
    FN(prefetch)(w, a, i);
    FN(prefetch)(w, b, i);
    return FN(get)(w, a, i, 0) * FN(get)(w, b, i, 0);
}

TGC_INLINE void FN(softmax_backward_line)(tgc_softmax_walk w, const FN(stream) *s)
{
    const FN(stream) grad = s[0], y = s[1], grad_a = s[2];
    LINE_SUM(w, sum, FN(dot_term)(w, grad, y, i));
    for (ptrdiff_t i = 0; i < w.n; i++) {
        FN(prefetch)(w, grad_a, i);
        FN(put)(w, grad_a, i, FN(get)(w, y, i, 0) * (FN(get)(w, grad, i, 0) - sum));
    }
}

TGC_INLINE void FN(log_softmax_backward_line)(tgc_softmax_walk w, const FN(stream) *s)
{
    const FN(stream) grad = s[0], y = s[1], grad_a = s[2];
    LINE_SUM(w, sum, FN(get)(w, grad, i, 0));
    for (ptrdiff_t i = 0; i < w.n; i++) {
        FN(prefetch)(w, grad, i);
        FN(prefetch)(w, y, i);
        FN(prefetch)(w, grad_a, i);
        const vec p = vec_exp(FN(get)(w, y, i, 0));
        FN(put)(w, grad_a, i, FN(get)(w, grad, i, 0) - p * sum);
    }
}

typedef void FN(line_function)(tgc_softmax_walk w, const FN(stream) *s);

/* Runs `line` on every line. Inlined, so that `line` is inlined too and sees the constants. */
TGC_INLINE void FN(each_line)(const tgc_softmax_lines *lines, int n_arrays, int across,
                              FN(line_function) *line)
{
    const ptrdiff_t vectors = (lines->n + VL - 1) / VL;
    tgc_softmax_walk w = {.across = across, .n = across ? lines->n : vectors};
    FN(stream) s[3] = {{0}};
    for (ptrdiff_t j = 0; j < lines->lines; j += across ? VL : 1) {
        for (int k = 0; k < n_arrays; k++) {
            s[k].p = (T *)lines->data[k] + j * lines->line_step[k];
            s[k].step = across ? lines->step[k] : VL;
        }
        const ptrdiff_t rest = lines->lines - j;
        w.lanes = across && rest < VL ? rest : VL;
        w.last = across ? w.lanes : lines->n - (vectors - 1) * VL;
        line(w, s);
    }
}

#define LOOP(name, n_arrays, short_lines)                                                    \
    static void FN(name)(const tgc_softmax_lines *lines)                                     \
    {                                                                                        \
        if (!lines->columns && lines->n <= FN(short_lines)) {                                \
            FN(run_short)(lines, n_arrays, FN(name));                                        \
        } else if (!tgc_softmax_are_unit(lines, n_arrays)) {                                 \
            FN(run_copies)(lines, n_arrays, FN(name));                                       \
        } else if (lines->columns) {                                                         \
            FN(each_line)(lines, n_arrays, 1, FN(name##_line));                              \
        } else {                                                                             \
            FN(each_line)(lines, n_arrays, 0, FN(name##_line));                              \
        }                                                                                    \
    }

LOOP(softmax, 2, SHORT)
LOOP(log_softmax, 2, SHORT)
LOOP(softmax_backward, 3, SHORT_BACKWARD)
LOOP(log_softmax_backward, 3, SHORT_BACKWARD)

#undef LOOP

#include "cross_entropy.template.h"

static void FN(install)(tgc_table table)
{
    table[TGC_softmax][TGC_DTYPE] = TGC_SOFTMAX_ROW("softmax", FN(softmax), 0.8);
    table[TGC_log_softmax][TGC_DTYPE] = TGC_SOFTMAX_ROW("log_softmax", FN(log_softmax), 0.8);
    table[TGC_softmax_backward][TGC_DTYPE] =
        TGC_SOFTMAX_ROW("softmax_backward", FN(softmax_backward), 0.3);
    table[TGC_log_softmax_backward][TGC_DTYPE] =
        TGC_SOFTMAX_ROW("log_softmax_backward", FN(log_softmax_backward), 0.6);
    table[TGC_cross_entropy][TGC_DTYPE] = (tgc_kernel){.name = "cross_entropy",
                                                       .plan = tgc_cross_entropy_plan,
                                                       .chunk = FN(cross_entropy),
                                                       .finish = FN(cross_entropy_finish),
                                                       .explain = tgc_cross_entropy_explain,
                                                       .cost = 0.6};
    table[TGC_cross_entropy_total][TGC_DTYPE] =
        (tgc_kernel){.name = "cross_entropy_total",
                     .plan = tgc_cross_entropy_total_plan,
                     .chunk = FN(cross_entropy_total),
                     .explain = tgc_cross_entropy_explain,
                     .cost = 0.5};
    table[TGC_cross_entropy_backward][TGC_DTYPE] =
        (tgc_kernel){.name = "cross_entropy_backward",
                     .plan = tgc_cross_entropy_plan,
                     .chunk = FN(cross_entropy_backward),
                     .explain = tgc_cross_entropy_explain,
                     .cost = 0.6};
}
