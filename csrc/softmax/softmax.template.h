/* softmax, log-softmax and their gradients for one real type (T). */

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

/* Runs `line` on every line; inlined, so that `line` is and sees the constants. */
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

/* Line after line, copied to where its elements lie side by side, and back. */
static void FN(run_copies)(const tgc_softmax_lines *lines, int n_arrays, tgc_softmax_loop *loop)
{
    const int last = n_arrays - 1;
    const ptrdiff_t n = lines->n;
    T *const copies = tgc_workspace();
    tgc_softmax_lines copied = {.n = n, .lines = 1};
    for (int k = 0; k < n_arrays; k++) {
        copied.data[k] = (char *)(copies + k * n);
        copied.step[k] = 1;
    }
    for (ptrdiff_t i = 0; i < lines->lines; i++) {
        for (int k = 0; k < last; k++) {
            const T *const from = (const T *)lines->data[k] + i * lines->line_step[k];
            FN(copy_line)(copies + k * n, 1, from, lines->step[k], n);
        }
        loop(&copied);
        T *const to = (T *)lines->data[last] + i * lines->line_step[last];
        FN(copy_line)(to, lines->step[last], copies + last * n, 1, n);
    }
}

/* Short lines go VL at a time: transposed into lines that lie side by side, and back. Along a line
 * they would leave lanes empty, and each step would wait for the one before. */
enum { FN(SHORT) = 4 * VL };

/* to[j][i] = from[i][j] for j < n, i < VL; of the `lines` lines the last one is repeated. */
static void FN(from_lines)(T *to, const T *from, ptrdiff_t line_step, ptrdiff_t lines, ptrdiff_t n)
{
    for (; n > 0; n -= VL, from += VL, to += VL * VL) {
        vec v[VL];
        TGC_UNROLL for (int i = 0; i < VL; i++)
        {
            v[i] = vec_load_first(from + (i < lines ? i : lines - 1) * line_step, n < VL ? n : VL);
        }
        FN(transpose)(v);
        TGC_UNROLL for (int j = 0; j < VL; j++)
        {
            vec_store(to + j * VL, v[j]);
        }
    }
}

/* to[i][j] = from[j][i] for j < n, i < lines. */
static void FN(to_lines)(T *to, ptrdiff_t line_step, ptrdiff_t lines, const T *from, ptrdiff_t n)
{
    for (; n > 0; n -= VL, to += VL, from += VL * VL) {
        vec v[VL];
        TGC_UNROLL for (int j = 0; j < VL; j++)
        {
            v[j] = vec_load(from + j * VL);
        }
        FN(transpose)(v);
        TGC_UNROLL for (int i = 0; i < VL; i++)
        {
            if (i < lines) {
                vec_store_first(to + i * line_step, v[i], n < VL ? n : VL);
            }
        }
    }
}

static void FN(run_short)(const tgc_softmax_lines *lines, int n_arrays, tgc_softmax_loop *loop)
{
    T copies[3][FN(SHORT) * VL];
    const int last = n_arrays - 1;
    tgc_softmax_lines side_by_side = {.n = lines->n, .columns = 1};
    for (int k = 0; k < n_arrays; k++) {
        side_by_side.data[k] = (char *)copies[k];
        side_by_side.step[k] = VL;
        side_by_side.line_step[k] = 1;
    }
    for (ptrdiff_t i = 0; i < lines->lines; i += VL) {
        const ptrdiff_t rest = lines->lines - i;
        side_by_side.lines = rest < VL ? rest : VL;
        for (int k = 0; k < last; k++) {
            FN(from_lines)(copies[k], (const T *)lines->data[k] + i * lines->line_step[k],
                           lines->line_step[k], side_by_side.lines, lines->n);
        }
        loop(&side_by_side);
        FN(to_lines)((T *)lines->data[last] + i * lines->line_step[last], lines->line_step[last],
                     side_by_side.lines, copies[last], lines->n);
    }
}

#define LOOP(name, n_arrays)                                                                 \
    static void FN(name)(const tgc_softmax_lines *lines)                                     \
    {                                                                                        \
        if (!tgc_softmax_is_unit(lines, n_arrays)) {                                         \
            FN(run_copies)(lines, n_arrays, FN(name));                                       \
        } else if (lines->columns) {                                                         \
            FN(each_line)(lines, n_arrays, 1, FN(name##_line));                              \
        } else if (lines->lines > 1 && lines->n <= FN(SHORT)) {                              \
            FN(run_short)(lines, n_arrays, FN(name));                                        \
        } else {                                                                             \
            FN(each_line)(lines, n_arrays, 0, FN(name##_line));                              \
        }                                                                                    \
    }

LOOP(softmax, 2)
LOOP(log_softmax, 2)
LOOP(softmax_backward, 3)
LOOP(log_softmax_backward, 3)

#undef LOOP

static void FN(install_softmax)(tgc_table table)
{
    table[TGC_softmax][TGC_DTYPE] = TGC_SOFTMAX_ROW("softmax", FN(softmax), 0.8);
    table[TGC_log_softmax][TGC_DTYPE] = TGC_SOFTMAX_ROW("log_softmax", FN(log_softmax), 0.8);
    table[TGC_softmax_backward][TGC_DTYPE] =
        TGC_SOFTMAX_ROW("softmax_backward", FN(softmax_backward), 0.3);
    table[TGC_log_softmax_backward][TGC_DTYPE] =
        TGC_SOFTMAX_ROW("log_softmax_backward", FN(log_softmax_backward), 0.6);
}
