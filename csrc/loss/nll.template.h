/* The chunks of nll.c for one real type (T). */

static inline double FN(weight_of)(const nll *c, ptrdiff_t class)
{
    const T *weight = c->weight ? (const T *)(const void *)c->weight->data : NULL;
    return weight ? (double)weight[class * c->weight->strides[0]] : 1;
}

static void FN(forward)(const tgc_call *call, ptrdiff_t index)
{
    const nll c = unpack(call, 0);
    tgc_lines w;
    ptrdiff_t p = begin(call, index, &w, c.partial ? NULL : c.y);
    double sum = 0, total = 0;
    for (ptrdiff_t n; (n = tgc_lines_left(&w)) > 0; tgc_lines_next(&w, n)) {
        for (ptrdiff_t i = 0; i < n; i++, p++) {
            const int64_t target = *(const int64_t *)(const void *)(w.data[0] + i * w.step[0]);
            const T *x = (const T *)(const void *)(w.data[1] + i * w.step[1]);
            const ptrdiff_t class = tgc_class_at(call, c.classes, target, p);
            const double weight = class < 0 ? 0 : FN(weight_of)(&c, class);
            const double loss = class < 0 ? 0 : -weight * (double)x[class * c.class_stride];
            sum += loss;
            total += weight;
            if (!c.partial) {
                *(T *)(void *)(w.data[2] + i * w.step[2]) = (T)loss;
            }
        }
    }
    if (c.partial) {
        ((double *)(void *)c.partial->data)[2 * index] = sum;
        ((double *)(void *)c.partial->data)[2 * index + 1] = total;
    }
}

/* Adds the chunks' sums, in order. */
static void FN(finish)(const tgc_call *call)
{
    const nll c = unpack(call, 0);
    if (!c.partial) {
        return;
    }
    const double *partial = (const double *)(const void *)c.partial->data;
    double sum = 0, total = 0;
    for (ptrdiff_t k = 0; k < call->n_chunks; k++) {
        sum += partial[2 * k];
        total += partial[2 * k + 1];
    }
    *(double *)(void *)c.total->data = total;
    *(T *)(void *)c.y->data = (T)(c.reduction == TGC_LOSS_MEAN ? sum / total : sum);
}

/* Stores zeros for all classes of n positions that are `step` elements apart. Either the classes of
 * a position lie side by side, or the positions of a class do. */
static void FN(clear)(T *y, ptrdiff_t n, ptrdiff_t step, const nll *c)
{
    const int by_class = c->class_stride > step;
    const ptrdiff_t rows = by_class ? c->classes.n : n, columns = by_class ? n : c->classes.n;
    const ptrdiff_t row = by_class ? c->class_stride : step;
    if (row == columns) {
        memset(y, 0, (size_t)(rows * columns) * sizeof(T));
        return;
    }
    for (ptrdiff_t i = 0; i < rows; i++) {
        memset(y + i * row, 0, (size_t)columns * sizeof(T));
    }
}

static void FN(backward)(const tgc_call *call, ptrdiff_t index)
{
    const nll c = unpack(call, 1);
    const double total = c.total ? *(const double *)(const void *)c.total->data : 1;
    tgc_lines w;
    ptrdiff_t p = begin(call, index, &w, c.y);
    for (ptrdiff_t n; (n = tgc_lines_left(&w)) > 0; tgc_lines_next(&w, n)) {
        T *y = (T *)(void *)w.data[2];
        const ptrdiff_t step = w.ndim > 0 ? w.step[2] / (ptrdiff_t)sizeof(T) : 0;
        FN(clear)(y, n, step, &c);
        for (ptrdiff_t i = 0; i < n; i++, p++) {
            const int64_t target = *(const int64_t *)(const void *)(w.data[0] + i * w.step[0]);
            const T grad = *(const T *)(const void *)(w.data[1] + i * w.step[1]);
            const ptrdiff_t class = tgc_class_at(call, c.classes, target, p);
            if (class >= 0) {
                const double weight = FN(weight_of)(&c, class);
                y[i * step + class * c.class_stride] = (T)(-weight * (double)grad / total);
            }
        }
    }
}
