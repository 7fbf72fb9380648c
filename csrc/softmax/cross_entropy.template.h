/* Cross entropy and its gradient for one real type (T), row by row, with the walks of
 * line.template.h. */

/* What a chunk copies into workspace if its elements do not lie side by side: a line of each. */
enum { FN(LOGITS), FN(WEIGHTS) };

/* A line of n_classes elements that are `step` apart; a contiguous copy of it if step is not 1. */
static FN(stream) FN(side_by_side)(const tgc_cross_entropy *c, int what, T *line, ptrdiff_t step)
{
    if (step != 1) {
        T *const copy = (T *)tgc_workspace() + what * c->classes.n;
        FN(copy_lines)(copy, 1, 1, line, step, 1, 1, c->classes.n);
        line = copy;
    }
    return (FN(stream)){line, VL};
}

/* Row i of the logits. */
TGC_INLINE FN(stream) FN(logits_row)(const tgc_cross_entropy *c, ptrdiff_t i)
{
    T *const row = (T *)c->logits->data + i * c->logits->strides[0];
    return FN(side_by_side)(c, FN(LOGITS), row, c->logits->strides[1]);
}

TGC_INLINE tgc_softmax_walk FN(row_walk)(const tgc_cross_entropy *c)
{
    const ptrdiff_t n = (c->classes.n + VL - 1) / VL;
    return (tgc_softmax_walk){.n = n, .lanes = VL, .last = c->classes.n - (n - 1) * VL};
}

TGC_INLINE T FN(weight_of)(const tgc_cross_entropy *c, ptrdiff_t class)
{
    return c->weight ? ((const T *)c->weight->data)[class * c->weight->strides[0]] : 1;
}

static double FN(sum_of_weights)(const tgc_cross_entropy *c)
{
    double sum = 0;
    for (ptrdiff_t k = 0; k < c->classes.n; k++) {
        sum += (double)FN(weight_of)(c, k);
    }
    return sum;
}

/* The weights of the classes, or NULL. */
static FN(stream) FN(weights)(const tgc_cross_entropy *c)
{
    return c->weight ? FN(side_by_side)(c, FN(WEIGHTS), (T *)c->weight->data, c->weight->strides[0])
                     : (FN(stream)){NULL, VL};
}

/* sum_c w_c (x_c - max) */
TGC_INLINE double FN(weighted_logits)(tgc_softmax_walk w, FN(stream) weights, FN(stream) x, T max)
{
    if (weights.p) {
        LINE_SUM(w, sum, FN(get)(w, weights, i, 0) * (FN(get)(w, x, i, max) - max));
        return (double)sum[0];
    }
    LINE_SUM(w, sum, FN(get)(w, x, i, max) - max);
    return (double)sum[0];
}

/* The rows of a chunk, with the weights of all classes and, if labels are smoothed, their sum. */
typedef struct {
    ptrdiff_t begin, end;
    FN(stream) weights;
    double weight_sum;
} FN(rows);

static FN(rows) FN(rows_of)(const tgc_cross_entropy *c, ptrdiff_t index)
{
    const ptrdiff_t rows = tgc_cross_entropy_rows(c->classes.n), begin = index * rows;
    return (FN(rows)){.begin = begin,
                      .end = tgc_min(begin + rows, c->n),
                      .weights = FN(weights)(c),
                      .weight_sum = c->smoothing == 0 ? 0 : FN(sum_of_weights)(c)};
}

/* Writes the norm of row i, whose class is `target`, and returns its loss. */
TGC_INLINE double FN(row_loss)(const tgc_cross_entropy *c, ptrdiff_t i, ptrdiff_t target,
                               const FN(rows) *rows)
{
    const tgc_softmax_walk w = FN(row_walk)(c);
    const FN(stream) x = FN(logits_row)(c, i);
    const vec max = FN(line_max)(w, x);
    LINE_SUM(w, sum, vec_exp(FN(get)(w, x, i, (T)-INFINITY) - max));
    const double log_sum = log((double)sum[0]);
    double *const norm = tgc_norm(c, i);
    norm[0] = (double)max[0];
    norm[1] = (double)sum[0];
    const double shifted = (double)(x.p[target] - max[0]);
    const double loss = (double)FN(weight_of)(c, target) * (log_sum - shifted);
    if (c->smoothing == 0) {
        return loss;
    }
    const double smooth =
        rows->weight_sum * log_sum - FN(weighted_logits)(w, rows->weights, x, max[0]);
    return (1 - c->smoothing) * loss + c->smoothing / (double)c->classes.n * smooth;
}

static void FN(cross_entropy)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_cross_entropy c = tgc_cross_entropy_unpack(call);
    const FN(rows) rows = FN(rows_of)(&c, index);
    double loss_sum = 0, total = 0;
    for (ptrdiff_t i = rows.begin; i < rows.end; i++) {
        const ptrdiff_t class = tgc_class_of(call, &c, i);
        double loss = 0;
        if (class >= 0) {
            loss = FN(row_loss)(&c, i, class, &rows);
            loss_sum += loss;
            total += (double)FN(weight_of)(&c, class);
        } else {
            memset(tgc_norm(&c, i), 0, 2 * sizeof(double));
        }
        if (!c.partial) {
            ((T *)c.y->data)[i * c.y->strides[0]] = (T)loss;
        }
    }
    if (c.partial) {
        ((double *)c.partial->data)[2 * index] = loss_sum;
        ((double *)c.partial->data)[2 * index + 1] = total;
    }
}

/* Adds the chunks' sums, in order. */
static void FN(cross_entropy_finish)(const tgc_call *call)
{
    const tgc_cross_entropy c = tgc_cross_entropy_unpack(call);
    if (!c.partial) {
        return;
    }
    const double *partial = (const double *)c.partial->data;
    double loss = 0, total = 0;
    for (ptrdiff_t k = 0; k < call->n_chunks; k++) {
        loss += partial[2 * k];
        total += partial[2 * k + 1];
    }
    *(T *)c.y->data = (T)(c.reduction == TGC_LOSS_MEAN ? loss / total : loss);
}

static void FN(cross_entropy_total)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_cross_entropy c = tgc_cross_entropy_unpack(call);
    double sum = 0;
    for (ptrdiff_t i = 0; i < c.n; i++) {
        const ptrdiff_t class = tgc_class_of(call, &c, i);
        sum += class >= 0 ? (double)FN(weight_of)(&c, class) : 0;
    }
    *(double *)c.y->data = sum;
    (void)index;
}

/* grad_x = p (s + u sum w) - u w - s [c = t], with p the probabilities, s and u the factors of
 * the two terms of the loss. */
TGC_INLINE void FN(row_grad)(const tgc_cross_entropy *c, ptrdiff_t i, ptrdiff_t target,
                             const FN(rows) *rows, double scale)
{
    const tgc_softmax_walk w = FN(row_walk)(c);
    const FN(stream) x = FN(logits_row)(c, i), weights = rows->weights;
    const FN(stream) grad = {(T *)c->y->data + i * c->y->strides[0], VL};
    const double *const norm = tgc_norm(c, i);
    const T max = (T)norm[0];
    const double s = scale * (1 - c->smoothing) * (double)FN(weight_of)(c, target);
    const double u = scale * c->smoothing / (double)c->classes.n;
    const T factor = (T)((s + u * rows->weight_sum) / norm[1]), offset = (T)u;
    for (ptrdiff_t k = 0; k < w.n; k++) {
        FN(prefetch)(w, x, k);
        FN(prefetch)(w, grad, k);
        const vec e = vec_exp(FN(get)(w, x, k, 0) - max);
        const vec smooth = weights.p ? offset * FN(get)(w, weights, k, 0) : vec_set1(offset);
        FN(put)(w, grad, k, e * factor - smooth);
    }
    grad.p[target] -= (T)s;
}

static void FN(cross_entropy_backward)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_cross_entropy c = tgc_cross_entropy_unpack(call);
    const FN(rows) rows = FN(rows_of)(&c, index);
    const ptrdiff_t step = c.reduction == TGC_LOSS_NONE ? c.grad->strides[0] : 0;
    const double total = c.total ? *(const double *)c.total->data : 1;
    for (ptrdiff_t i = rows.begin; i < rows.end; i++) {
        const ptrdiff_t class = tgc_class_of(call, &c, i);
        if (class >= 0) {
            const double grad = (double)((const T *)c.grad->data)[i * step];
            FN(row_grad)(&c, i, class, &rows, grad / total);
        } else {
            memset((T *)c.y->data + i * c.y->strides[0], 0, (size_t)c.classes.n * sizeof(T));
        }
    }
}
